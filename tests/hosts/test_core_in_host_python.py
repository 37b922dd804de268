"""The core in the hosts' own Python: everything that it does without a window, beside the bridge of this checkout."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from tests.hosts.program_root import CHECKOUT

WALK = Path(__file__).with_name("core_walk.py")


def test_the_core_walks_through_a_session_in_the_hosts_python(programs):
    """Connect to a daemon that is started for it, fill a selection, apply, persist, come back."""
    told = {
        "PYTHONPATH": str(CHECKOUT),
        "SFUMATO_PYTHON": sys.executable,
        "SFUMATO_DATA_DIR": str(programs.home / "data"),
        "SFUMATO_RUNTIME_DIR": str(programs.home / "run"),
        "OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS", "1"),
    }

    walked = programs.run(["/usr/bin/python3", "-W", "error", str(WALK)], told)

    assert walked.returncode == 0, walked.stdout
    assert walked.stdout.splitlines()[-1] == "walked with Python 3.13"
