"""The daemon of this machine and user: found by the file in which it announces itself, started where none runs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import grpc

from sfumato.client.endpoint import Endpoint, Stubs, open_channel
from sfumato.errors import DaemonUnavailable
from sfumato.places import ANNOUNCEMENT_FILE, IN_USE_STATUS, environment, runtime_dir
from sfumato.v1 import server_pb2

LOG: Final = "daemon.log"

#: Nobody answers at once where no daemon is; one that is busy, or has been swapped out, may take its time.
_ANSWER_S: Final = 10.0
_START_S: Final = 60.0
#: How long another daemon, which made ours give way, may take to announce itself, or to end.
_GIVEN_WAY_S: Final = 15.0
_FIRST_PAUSE_S: Final = 0.02
_LONGEST_PAUSE_S: Final = 0.25
_LOG_TAIL_LINES: Final = 12
#: A daemon that was started for somebody ends when nobody has needed it for so long.
IDLE_EXIT_S: Final = 1800
_LOG_BYTES: Final = 2**20

#: Looks where the daemon is now; None where there is none.
Locate = Callable[[], Endpoint | None]


def announced(directory: Path) -> Endpoint | None:
    """The daemon that the announcement names; it may be long dead."""
    try:
        found = json.loads((directory / ANNOUNCEMENT_FILE).read_text(encoding="utf-8"))
        return Endpoint(address=str(found["address"]), token=str(found["token"]))
    except (OSError, ValueError, LookupError, TypeError):
        return None


def answers(endpoint: Endpoint) -> bool:
    """Whether the daemon that was announced answers; one with another token has taken its place meanwhile."""
    with open_channel(endpoint) as channel:
        try:
            request = server_pb2.GetServerInfoRequest()
            Stubs(channel).server.GetServerInfo(request, timeout=_ANSWER_S, metadata=endpoint.metadata)
        except grpc.RpcError:
            return False
    return True


def rendezvous(address: str | None, token: str | None, *, start: bool) -> tuple[Endpoint, Locate]:
    """The daemon to talk to, and how to look for it again.

    That is the one at `address` ($SFUMATO_ADDRESS, $SFUMATO_TOKEN where nothing is given), else this user's own,
    started if `start`. Raises DaemonUnavailable.
    """
    address = address or os.environ.get("SFUMATO_ADDRESS")
    if address:
        remote = Endpoint(address=address, token=token or os.environ.get("SFUMATO_TOKEN", ""))
        return remote, lambda: remote
    endpoint = find_or_start() if start else find()
    if not endpoint:
        raise DaemonUnavailable("no daemon is running; `sfumato serve` starts one")
    return endpoint, find


def find() -> Endpoint | None:
    """The running daemon, if there is one."""
    endpoint = announced(runtime_dir())
    return endpoint if endpoint and answers(endpoint) else None


def find_or_start() -> Endpoint:
    """The running daemon, or a new one. Raises DaemonUnavailable, with the end of its log, if it does not start.

    Two clients may call this at once: of the daemons that they start, all but one give way.
    """
    return find() or _start(runtime_dir())


def _start(directory: Path) -> Endpoint:
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    told_before = _log_bytes(directory / LOG)
    deadline = time.monotonic() + _START_S
    process, pause_s = _spawn(directory), _FIRST_PAUSE_S
    while time.monotonic() < deadline and process.poll() in (None, IN_USE_STATUS):
        endpoint = announced(directory)
        if endpoint and answers(endpoint):
            return endpoint
        if process.poll() is not None:
            deadline = min(deadline, time.monotonic() + _GIVEN_WAY_S)
            if pause_s == _LONGEST_PAUSE_S:  # the other one may have been about to end
                process, pause_s = _spawn(directory), _FIRST_PAUSE_S
        time.sleep(pause_s)
        pause_s = min(pause_s * 1.5, _LONGEST_PAUSE_S)
    raise DaemonUnavailable(_failure(directory / LOG, told_before, process.returncode))


def _spawn(directory: Path) -> subprocess.Popen[bytes]:
    """Start a daemon that outlives us: a session of its own, no terminal, no folder of ours held."""
    detached: dict[str, Any] = {"start_new_session": True}
    if sys.platform == "win32":
        detached = {"creationflags": subprocess.DETACHED_PROCESS | subprocess.CREATE_NEW_PROCESS_GROUP}
    with (directory / LOG).open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "sfumato.daemon", "--idle-exit-s", str(IDLE_EXIT_S)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=directory,
            env=os.environ | environment(),
            **detached,
        )
    # Reaps the daemon should it end before us, and keeps its Popen from complaining that it still runs.
    threading.Thread(target=process.wait, daemon=True).start()
    return process


def _log_bytes(log: Path) -> int:
    """How long the log is, once a long one has been emptied."""
    size = log.stat().st_size if log.exists() else 0
    if size <= _LOG_BYTES:
        return size
    os.truncate(log, 0)
    return 0


def _failure(log: Path, told_before: int, exit_status: int | None) -> str:
    """What the daemon said behind the first `told_before` bytes of the log, which are of earlier ones."""
    told = log.read_bytes()[told_before:]
    tail = told.decode(errors="replace").splitlines()[-_LOG_TAIL_LINES:]
    ending = "is not ready" if exit_status is None else f"ended with status {exit_status}"
    said = "\n".join(tail) or "(it wrote nothing)"
    return f"the daemon {ending}; `sfumato doctor` may know why. The end of {log}:\n{said}"
