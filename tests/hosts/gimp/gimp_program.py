"""A real GIMP with the adapter installed, and scripts that run inside it and report."""

from __future__ import annotations

import json
import shutil
import sys
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.hosts.display import on_a_display
from tests.hosts.program_root import CHECKOUT, ProgramRoot
from tests.hosts.report import Report

INSIDE = Path(__file__).with_name("inside")
#: The processes that run our code, as GLib names them in its warnings.
_OURS = ("(sfumato", "(python-eval")
#: GIMP goes before its batch interpreter does.
_AT_THE_END = "gimp_flush(): error: Broken pipe"


@dataclass(frozen=True, slots=True, kw_only=True)
class GimpProgram:
    """One home of a user of GIMP: a profile with the adapter, and a daemon's folders."""

    programs: ProgramRoot
    python: str = sys.executable
    more: dict[str, str] = field(default_factory=dict)

    @property
    def home(self) -> Path:
        return self.programs.home

    @property
    def plug_in(self) -> Path:
        return self.home / "profile" / "plug-ins" / "sfumato"

    @property
    def env(self) -> dict[str, str]:
        return {
            "GIMP3_DIRECTORY": str(self.home / "profile"),
            "SFUMATO_DATA_DIR": str(self.home / "data"),
            "SFUMATO_RUNTIME_DIR": str(self.home / "run"),
            "OMP_NUM_THREADS": "2",
            "PYTHONDONTWRITEBYTECODE": "1",
            "NO_AT_BRIDGE": "1",
        } | self.more

    def install(self) -> None:
        """What `sfumato hosts install gimp` does: the adapter, the core beside it, and where Sfumato's Python is."""
        adapters = CHECKOUT / "host_adapters"
        shutil.copytree(adapters / "gimp" / "sfumato", self.plug_in, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copytree(adapters / "core", self.plug_in / "core", ignore=shutil.ignore_patterns("__pycache__"))
        (self.plug_in / "sfumato.json").write_text(json.dumps({"python": self.python}))
        (self.plug_in / "sfumato.py").chmod(0o755)

    def run(self, script: str, *, window: bool = False, timeout_s: float = 1800, **settings: Any) -> GimpReport:
        """Run a script of `inside` in GIMP's Python; what it reported, and what GIMP said."""
        report = self.home / f"{script}-{uuid.uuid4().hex[:6]}.json"
        env = self.env | {"SFUMATO_REPORT": str(report), "SFUMATO_SETTINGS": json.dumps(settings)}
        path = [str(INSIDE), str(self.plug_in)]
        source = f"compile(open({str(INSIDE / script)!r}).read(), {script!r}, 'exec')"
        code = f"import sys; sys.path[:0] = {path}; exec({source}, {{'__name__': 'inside'}})"
        done = self.programs.run(self._command(code, window), env, timeout_s)
        if not report.exists():
            raise AssertionError(f"GIMP ended with {done.returncode} and no report; it said:\n{done.stdout[-6000:]}")
        return GimpReport(program="GIMP", checks=json.loads(report.read_text()), said=done.stdout)

    def batch(self, *commands: str, interpreter: str = "plug-in-script-fu-eval", timeout_s: float = 1800) -> str:
        """Run commands of an artist's batch; what GIMP said."""
        words = [word for command in commands for word in ("-b", command)]
        line = [*_CONSOLE, f"--batch-interpreter={interpreter}", *words, "--quit"]
        return self.programs.run(line, self.env, timeout_s).stdout

    def _command(self, code: str, window: bool) -> list[str]:
        batch = ["--batch-interpreter=python-fu-eval", "-b", code, "--quit"]
        if not window:
            return [*_CONSOLE, *batch]
        return on_a_display(["gimp-3.0", "--no-splash", "--no-data", *batch], managed=True)


_CONSOLE = ["gimp-console-3.0", "--no-interface", "--no-data", "--no-fonts"]


class GimpReport(Report):
    """GIMP's, with what it says about our processes."""

    __slots__ = ()

    def _complains(self, line: str) -> bool:
        ours = any(name in line for name in _OURS) and ("WARNING" in line or "CRITICAL" in line)
        return (ours and _AT_THE_END not in line) or "Traceback" in line or "crashed" in line
