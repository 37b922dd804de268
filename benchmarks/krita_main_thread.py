"""What the adapter takes of the main thread of a real Krita, event by event, while an artist works with Ground.

`make hosts` builds the Krita. Turns that capture or place are among them by name: those are Krita's own work.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from benchmarks import report
from tests.hosts.krita.session import run_trial
from tests.hosts.program_root import ProgramRoot, hosts_folder


def main() -> None:
    """One session; needs root, for the folder that Krita is in."""
    root = hosts_folder() / "trixie"
    if not (root / ".complete").exists():
        sys.exit(f"no real programs in {root}: `make hosts` builds them")
    with tempfile.TemporaryDirectory() as home:
        told = run_trial(ProgramRoot(root=root, home=Path(home)), "turns")
    report.write("krita_main_thread", {name: told[name] for name in ("turns", "large", "pixels")})


if __name__ == "__main__":
    main()
