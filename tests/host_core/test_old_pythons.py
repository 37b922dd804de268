"""The core walks through a session in every Python that hosts embed and this machine has."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", ["python3.8", "python3.10", "python3.13"])
def test_the_core_walks_in_it(name, home):
    python = shutil.which(name)
    if not python or subprocess.run([python, "--version"], capture_output=True).returncode:
        pytest.skip(f"no {name} here")
    environment = os.environ | home.environment | {"SFUMATO_PYTHON": sys.executable, "PYTHONPATH": str(CHECKOUT)}
    walk = [python, "-W", "error", str(CHECKOUT / "tests" / "hosts" / "core_walk.py")]

    walked = subprocess.run(walk, env=environment, capture_output=True, text=True, timeout=240)

    assert walked.returncode == 0, walked.stderr
    assert walked.stdout.split()[-1] == name.removeprefix("python")
