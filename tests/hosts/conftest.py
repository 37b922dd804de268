"""The fixture of everything that runs in a real program."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.hosts.program_root import ProgramRoot, hosts_folder


@pytest.fixture
def programs(tmp_path: Path) -> ProgramRoot:
    """The Debian root with Krita, GIMP and Blender, and a fresh home; skipped where it was not built."""
    root = hosts_folder() / "trixie"
    if not (root / ".complete").exists():
        pytest.skip(f"no real programs in {root}: `make hosts` builds them")
    if os.geteuid() != 0:
        pytest.skip(f"chroot into {root} needs root")
    return ProgramRoot(root=root, home=tmp_path)
