"""A real Krita with the adapter in it, run for one trial of `inside/`."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

from tests.hosts.display import on_a_display
from tests.hosts.program_root import CHECKOUT, ProgramRoot

ADAPTERS = CHECKOUT / "host_adapters"
INSIDE = Path(__file__).parent / "inside"
#: A shell adds it to the number of the signal that ended its child.
_FIRST_SIGNAL = 128


def install_adapter(home: Path, python: str) -> None:
    """The adapter as `sfumato hosts install` leaves it: package, core, and where our Python is."""
    resources = home / ".local/share/krita"
    package = resources / "pykrita/sfumato"
    shutil.copytree(ADAPTERS / "krita/sfumato", package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ADAPTERS / "core", package / "core", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ADAPTERS / "krita/sfumato.desktop", package.parent)
    (resources / "actions").mkdir()
    shutil.copy(ADAPTERS / "krita/sfumato.action", resources / "actions")
    (package / "sfumato.json").write_text(json.dumps({"python": python}))


def install_trials(home: Path) -> None:
    """The plugin of the tests, and a Krita that loads both."""
    plugins = home / ".local/share/krita/pykrita"
    shutil.copytree(INSIDE, plugins / "sfumato_trials", ignore=shutil.ignore_patterns("__pycache__"))
    (plugins / "sfumato_trials.desktop").write_text(
        "[Desktop Entry]\nType=Service\nServiceTypes=Krita/PythonPlugin\nX-KDE-Library=sfumato_trials\n"
        "X-Python-2-Compatible=false\nX-Krita-Manual=none\nName=Trials\n"
    )
    (home / ".config").mkdir()
    (home / ".config/kritarc").write_text(
        "[python]\nenable_sfumato=true\nenable_sfumato_trials=true\n[theme]\nTheme=Krita dark\n"
    )


def run_trial(programs: ProgramRoot, trial: str, **options: Any) -> dict[str, Any]:
    """Run `inside/TRIAL.py` in a Krita of its own; its report. Fails with Krita's own words where there is none.

    Krita itself crashes now and then while it opens a document, with none of our code on its stack: it gets one more
    try after a signal, and none after anything else.
    """
    for number in (1, 2):
        home = programs.home / f"try-{number}"
        home.mkdir()
        ended, report = _attempt(replace(programs, home=home), trial, **options)
        if report.exists():
            return _sound(trial, json.loads(report.read_bytes()), ended.stdout)
        if ended.returncode < _FIRST_SIGNAL:
            break
        print(f"Krita was ended by signal {ended.returncode - _FIRST_SIGNAL} in try {number} of {trial}")
    pytest.fail(f"Krita ended with {ended.returncode} and without a report; it said:\n{ended.stdout}")


def _attempt(
    programs: ProgramRoot,
    trial: str,
    env: Mapping[str, str] | None = None,
    python: str = sys.executable,
    timeout_s: float = 1800,
    furnish: Callable[[Path], object] = lambda home: None,
) -> tuple[CompletedProcess[str], Path]:
    """How Krita ended, and where its report is if it wrote one. `furnish` puts what a trial needs into its home."""
    report = programs.home / f"{trial}.json"
    install_adapter(programs.home, python)
    install_trials(programs.home)
    furnish(programs.home)
    given = {
        "SFUMATO_TRIAL": trial,
        "SFUMATO_TRIAL_REPORT": str(report),
        "SFUMATO_DATA_DIR": str(programs.home / "data"),
        "SFUMATO_RUNTIME_DIR": str(programs.home / "run"),
        "OMP_NUM_THREADS": "1",
    } | dict(env or {})
    return programs.run(on_a_display(["krita", "--nosplash"], managed=False), given, timeout_s), report


def _sound(trial: str, told: dict[str, Any], said: str) -> dict[str, Any]:
    wrong = [*told["uncaught"], *([told["error"]] if "error" in told else [])]
    if wrong:
        pytest.fail(f"the trial {trial} failed:\n{''.join(wrong)}\nKrita said:\n{said}")
    return told
