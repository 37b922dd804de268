"""A home with a real daemon, a real worker and a tiny model, in which the command line is run."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from sfumato.cli import main

SFUMATO = Path(sys.executable).with_name("sfumato")
PATIENCE_S = 300.0


class Home:
    """Folders of their own for a daemon, and the environment that points to them."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.environment = {
            "SFUMATO_DATA_DIR": str(root / "data"),
            "SFUMATO_RUNTIME_DIR": str(root / "run"),
            "OMP_NUM_THREADS": "1",
        }

    def run(self, *arguments: object, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
        """`sfumato ARGUMENTS` in a process of its own."""
        with self.begin(*arguments, folder=folder) as process:
            out, err = process.communicate(timeout=PATIENCE_S)
        return subprocess.CompletedProcess(arguments, process.returncode, out, err)

    def begin(self, *arguments: object, folder: Path | None = None) -> subprocess.Popen[str]:
        """The same, without waiting for its end."""
        return subprocess.Popen(
            [SFUMATO, *map(str, arguments)],
            env=os.environ | self.environment,
            cwd=folder or self.root,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def invoke(self, *arguments: object) -> Result:
        """`sfumato ARGUMENTS` in this process: quicker, for what prints and ends."""
        return CliRunner(env=self.environment).invoke(main, list(map(str, arguments)), prog_name="sfumato")

    def announced(self) -> dict[str, Any] | None:
        try:
            return json.loads((self.root / "run" / "daemon.json").read_bytes())
        except FileNotFoundError:
            return None

    def end_daemon(self) -> None:
        announced = self.announced()
        if not announced:
            return
        with contextlib.suppress(ProcessLookupError):
            os.kill(announced["pid"], signal.SIGTERM)
            deadline = time.monotonic() + PATIENCE_S
            while self.announced() and time.monotonic() < deadline:
                time.sleep(0.05)


@pytest.fixture
def empty_home(tmp_path):
    """A home in which no daemon runs yet; one that a test starts is ended after it."""
    home = Home(tmp_path)
    yield home
    home.end_daemon()


@pytest.fixture(scope="session")
def home(tmp_path_factory):
    """A home whose daemon knows the model `tiny`."""
    from sfumato.testing.tiny_models import tiny_folder

    home = Home(tmp_path_factory.mktemp("home"))
    folder = tiny_folder(home.root / "tiny-sd")
    try:
        added = home.run("models", "add", folder, "--id", "tiny")
        assert added.returncode == 0, added.stderr
        yield home
    finally:
        home.end_daemon()
