"""Each trial runs once for all tests that judge its report: Krita takes its time to start."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest

from tests.hosts.krita.session import run_trial
from tests.hosts.program_root import ProgramRoot, hosts_folder


@pytest.fixture(scope="package")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., dict[str, Any]]:
    """The report of a trial by its name; skipped where the programs were not built."""
    root = hosts_folder() / "trixie"
    if not (root / ".complete").exists():
        pytest.skip(f"no real programs in {root}: `make hosts` builds them")
    if os.geteuid() != 0:
        pytest.skip(f"chroot into {root} needs root")
    made: dict[str, dict[str, Any]] = {}

    def report(trial: str, **options: Any) -> dict[str, Any]:
        if trial not in made:
            programs = ProgramRoot(root=root, home=tmp_path_factory.mktemp(f"krita-{trial}"))
            made[trial] = run_trial(programs, trial, **options)
        return made[trial]

    return report
