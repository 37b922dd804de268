"""The Debian root with the real programs, and commands run inside it beside this checkout.

`make hosts` builds it. What runs inside sees the checkout, the Python of the tests and its own folder at the same
paths as out here, so that an adapter in there starts the very bridge and daemon that are under test.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]


def hosts_folder() -> Path:
    """Where `make hosts` builds: $SFUMATO_HOSTS_DIR, else the user's cache."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Path(os.environ.get("SFUMATO_HOSTS_DIR") or cache / "sfumato-hosts")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramRoot:
    """The root, and a folder of the test at hand, which is the home of everything that is run."""

    root: Path
    home: Path

    def popen(
        self, command: Sequence[str], env: Mapping[str, str] | None = None, **options: object
    ) -> subprocess.Popen[bytes]:
        """Start a command inside. It lives in a mount and process namespace of its own: ending it ends its children."""
        arguments = [
            "unshare",
            "--mount",
            "--pid",
            "--fork",
            "--kill-child",
            "sh",
            "-ec",
            self._script(command, env or {}),
        ]
        return subprocess.Popen(arguments, **options)  # type: ignore[call-overload,no-any-return]

    def run(
        self, command: Sequence[str], env: Mapping[str, str] | None = None, timeout_s: float = 900
    ) -> subprocess.CompletedProcess[str]:
        """Run a command inside to its end; its output is text, and its errors are in it."""
        child = self.popen(command, env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        try:
            said, _ = child.communicate(timeout=timeout_s)
        except subprocess.TimeoutExpired:
            child.kill()
            said, _ = child.communicate()
            pytest.fail(f"{shlex.join(command)} ran over {timeout_s} s; it said:\n{said.decode(errors='replace')}")
        finally:
            child.kill()  # whoever interrupts the tests leaves no program behind
        return subprocess.CompletedProcess(command, child.returncode, said.decode(errors="replace"))

    def _script(self, command: Sequence[str], env: Mapping[str, str]) -> str:
        shared = {CHECKOUT, Path(sys.prefix), Path(sys.base_prefix), self.home}
        binds = [f"mkdir -p {inside} && mount --rbind {outside} {inside}" for outside, inside in self._shares(shared)]
        given = {
            "HOME": str(self.home),
            "PATH": "/usr/bin:/bin",
            "LC_ALL": "C.UTF-8",
            "LIBGL_ALWAYS_SOFTWARE": "1",
        } | dict(env)
        words = [f"{name}={value}" for name, value in given.items()]
        devices = [
            f"mount -t proc proc {self.root}/proc",
            f"mount -t tmpfs tmpfs {self.root}/tmp",
            f"mount --rbind /dev {self.root}/dev",
        ]
        enter = "exec " + shlex.join(["chroot", str(self.root), "env", "-i", *words, *command])
        return "\n".join([*devices, *binds, enter])

    def _shares(self, folders: set[Path]) -> list[tuple[str, str]]:
        """Outside and inside path of each folder, parents first."""
        return [(shlex.quote(str(folder)), shlex.quote(f"{self.root}{folder}")) for folder in sorted(folders)]
