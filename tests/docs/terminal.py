"""A terminal as the docs assume it: a folder, an environment of its own, and nothing fetched from anywhere."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import sysconfig
import time
import venv
from pathlib import Path

PATIENCE_S = 300.0
_SFUMATO = "import sys; from sfumato.cli import main; sys.argv[0] = 'sfumato'; main()"
#: pip takes its options from the environment as well: what the packages need is beneath this environment already.
_PIP = {
    "PIP_NO_INDEX": "1", "PIP_NO_DEPS": "1", "PIP_NO_BUILD_ISOLATION": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    "PIP_ROOT_USER_ACTION": "ignore",
}  # fmt: skip


def environment(folder: Path) -> str:
    """The Python of a fresh environment, on top of the one that runs these tests."""
    venv.create(folder, with_pip=False)
    site = sysconfig.get_path("purelib", vars={"base": str(folder), "platbase": str(folder)})
    beneath = f"import site; site.addsitedir({sysconfig.get_path('purelib')!r})\n"
    Path(site, "beneath.pth").write_text(beneath, encoding="utf-8")
    return str(folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python"))


class Terminal:
    """Runs one command after the other. `sfumato serve` goes on until the terminal is closed."""

    def __init__(self, folder: Path, home: Path, python: str = sys.executable) -> None:
        self.folder, self.python = folder, python
        self._runtime = home / "run"
        self.variables = {
            "SFUMATO_DATA_DIR": str(home / "data"),
            "SFUMATO_RUNTIME_DIR": str(self._runtime),
            "OMP_NUM_THREADS": "2",
            "COLUMNS": "200",
        }
        self._front: subprocess.Popen[bytes] | None = None

    def run(self, line: str, *, fails: bool = False) -> str:
        """What a command printed, complaints included where it is to fail. Fails where it ends otherwise."""
        words = shlex.split(line)
        if words[0] == "cp":
            shutil.copy(self.folder / words[1], self.folder / words[2])
            return ""
        if words[0] == "rm":
            (self.folder / words[1]).unlink()
            return ""
        if words[:2] == ["sfumato", "serve"]:
            return self._serve(words)
        ended = subprocess.run(
            self._program(words), cwd=self.folder, env=self._environment(), capture_output=True, text=True,
            timeout=PATIENCE_S,
        )  # fmt: skip
        assert (ended.returncode != 0) == fails, f"$ {line}\n{ended.stdout[-3000:]}{ended.stderr[-3000:]}"
        return ended.stdout + ended.stderr if fails else ended.stdout

    def close(self) -> None:
        """End the daemon, whoever started it."""
        announced = self._runtime / "daemon.json"
        if announced.exists():
            with contextlib.suppress(ProcessLookupError):
                os.kill(json.loads(announced.read_bytes())["pid"], signal.SIGTERM)
            _wait_until(lambda: not announced.exists())
        if self._front:
            self._front.wait(PATIENCE_S)

    def _serve(self, words: list[str]) -> str:
        self._front = subprocess.Popen(
            self._program(words), cwd=self.folder, env=self._environment(), stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        _wait_until((self._runtime / "daemon.json").exists)
        return ""

    def _program(self, words: list[str]) -> list[str]:
        """The command, with the programs of this environment, and pictures no larger than a test needs."""
        program, rest = words[0], words[1:]
        if program == "sfumato":
            return [self.python, "-c", _SFUMATO, *rest, *_quickly(rest)]
        return [self.python, "-m", program, *rest] if program in ("pip", "pytest") else [self.python, *rest]

    def _environment(self) -> dict[str, str]:
        return os.environ | _PIP | self.variables


def _quickly(words: list[str]) -> list[str]:
    if words[0] != "generate" or "--from-image" in words or "--help" in words:
        return []
    return ["--steps", "3"] if "--init" in words else ["--steps", "3", "--size", "64x64"]


def _wait_until(holds: object) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not holds():  # type: ignore[operator]
        assert time.monotonic() < deadline
        time.sleep(0.05)


def matches(shown: str, printed: str) -> bool:
    """Whether what was printed is what is shown, where `...` stands for anything and spaces do not count."""
    parts = [r"\s+".join(map(re.escape, part.split())) for part in shown.split("...")]
    return re.fullmatch(r"\s*" + r"\s*.*\s*".join(parts) + r"\s*", printed, re.DOTALL) is not None
