"""Three real Blenders with the built zip, and scripts that run inside them and report."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.hosts.display import on_a_display
from tests.hosts.program_root import CHECKOUT, ProgramRoot, hosts_folder
from tests.hosts.report import Report

CLI = (sys.executable, "-c", "from sfumato.cli import main; main()")
INSIDE = Path(__file__).with_name("inside")
BPY = hosts_folder() / "bpy"
#: Of the `bpy` module: the tool by which Blender builds and checks extensions, in plain Python.
EXTENSION_TOOL = Path("5.0/scripts/addons_core/bl_pkg/cli/blender_ext.py")


def package(folder: Path, *options: str) -> Path:
    """The zip as `sfumato hosts package` builds it."""
    subprocess.run([*CLI, "hosts", "package", "blender", "-o", str(folder), *options], check=True, capture_output=True)
    return next(folder.glob("sfumato-*.zip"))


@dataclass(frozen=True, slots=True, kw_only=True)
class BlenderProgram:
    """One home of a user of Blender: `kind` is bpy, debian, older, or window, which is debian with a display."""

    kind: str
    home: Path
    archive: Path
    more: dict[str, str] = field(default_factory=dict)

    @property
    def daemon_folders(self) -> dict[str, str]:
        return {"SFUMATO_DATA_DIR": str(self.home / "data"), "SFUMATO_RUNTIME_DIR": str(self.home / "run")}

    def run(self, script: str, *, timeout_s: float = 1800, **settings: Any) -> BlenderReport:
        """Run a script of `inside` in Blender's Python; what it reported, and what Blender said."""
        report = self.home / f"{script}-{uuid.uuid4().hex[:6]}.json"
        env = self.daemon_folders | {
            "BLENDER_USER_RESOURCES": str(self.home / "blender"),
            "SFUMATO_REPORT": str(report),
            "SFUMATO_SETTINGS": json.dumps({"archive": str(self.archive), "home": str(self.home), **settings}),
            "OMP_NUM_THREADS": "2",
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        status, said = self._start(INSIDE / script, env | self.more, timeout_s)
        if not report.exists():
            raise AssertionError(f"Blender ended with {status} and no report; it said:\n{said[-6000:]}")
        return BlenderReport(program="Blender", checks=json.loads(report.read_text()), said=said)

    def _start(self, script: Path, env: dict[str, str], timeout_s: float) -> tuple[int, str]:
        if self.kind == "bpy":
            done = subprocess.run(
                [str(BPY / "bin/python"), str(script)], env=os.environ | env, timeout=timeout_s,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            )  # fmt: skip
            return done.returncode, done.stdout
        blender = ["blender", "--factory-startup", "--python-exit-code", "3", "--python", str(script)]
        if self.kind != "window":
            blender.insert(1, "--background")
        root = ProgramRoot(root=_root_of(self.kind), home=self.home)
        command = on_a_display(blender, managed=True) if self.kind == "window" else blender
        ended = root.run(command, env, timeout_s)
        return ended.returncode, ended.stdout

    def stop_daemon(self) -> None:
        """End the daemon that the add-on has started; in Debian's namespace it has ended with Blender."""
        if self.kind == "bpy":
            subprocess.run([*CLI, "stop"], env=os.environ | self.daemon_folders, capture_output=True, timeout=600)


def require(kind: str) -> None:
    """Skip where this Blender was not built."""
    root = _root_of(kind)
    if not (root / ".complete").exists():
        pytest.skip(f"no real Blender in {root}: `make hosts` builds it")
    if kind != "bpy" and os.geteuid() != 0:
        pytest.skip(f"chroot into {root} needs root")


def _root_of(kind: str) -> Path:
    return BPY if kind == "bpy" else hosts_folder() / ("bookworm" if kind == "older" else "trixie")


class BlenderReport(Report):
    """Blender's, with what it says of its context."""

    __slots__ = ()

    def _complains(self, line: str) -> bool:
        return "Traceback" in line or "PyContext" in line


__all__ = ["BPY", "CHECKOUT", "EXTENSION_TOOL", "BlenderProgram", "package", "require"]
