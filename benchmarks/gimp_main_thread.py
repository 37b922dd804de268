"""What the window of Sfumato takes of its main thread in a real GIMP, event by event, while an artist works.

`make hosts` builds the GIMP. The window is a process of its own: GIMP itself waits for calls alone. Drawing on the
canvas (placing, previews, capturing) is GIMP's own work and left out.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from benchmarks import report
from tests.hosts.gimp.gimp_program import GimpProgram
from tests.hosts.program_root import ProgramRoot, hosts_folder


def main() -> None:
    """The checks of the window, which work as an artist does; needs root, for the folder that GIMP is in."""
    root = hosts_folder() / "trixie"
    if not (root / ".complete").exists():
        sys.exit(f"no real programs in {root}: `make hosts` builds them")
    with tempfile.TemporaryDirectory() as home:
        program = GimpProgram(programs=ProgramRoot(root=root, home=Path(home)))
        program.install()
        found = program.run("window_checks.py", window=True, timeout_s=700)
        report.write("gimp_main_thread", found["main thread"])


if __name__ == "__main__":
    main()
