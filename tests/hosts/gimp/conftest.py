"""One installed adapter for each module: GIMP takes long to start, so a run makes many checks."""

from __future__ import annotations

import os

import pytest

from tests.hosts.gimp.gimp_program import GimpProgram
from tests.hosts.program_root import ProgramRoot, hosts_folder


@pytest.fixture(scope="module")
def gimp(tmp_path_factory: pytest.TempPathFactory) -> GimpProgram:
    root = hosts_folder() / "trixie"
    if not (root / ".complete").exists():
        pytest.skip(f"no real GIMP in {root}: `make hosts` builds it")
    if os.geteuid() != 0:
        pytest.skip(f"chroot into {root} needs root")
    program = GimpProgram(programs=ProgramRoot(root=root, home=tmp_path_factory.mktemp("gimp")))
    program.install()
    return program
