"""What a daemon is told when it starts."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Where a daemon keeps its things, where it listens, and how patient it is.

    Without `socket`, `host` and `port` it listens on an owner-only UNIX socket in `runtime_dir`, or on a free
    loopback port where there are no UNIX sockets. A `host` that is not loopback is listened on in addition, and
    only with `tls_cert` and `tls_key`. `plugins_dir` holds one-file plugins. `idle_exit_s` of 0 never ends an idle
    daemon. What a plugin's hook may take: see `overseer.Limits`.
    """

    data_dir: Path
    runtime_dir: Path
    plugins_dir: Path | None = None
    socket: Path | None = None
    host: str = ""
    port: int = 0
    tls_cert: Path | None = None
    tls_key: Path | None = None
    idle_exit_s: float = 0.0
    worker_command: tuple[str, ...] = (sys.executable, "-P", "-m", "sfumato.worker")
    max_queued_jobs: int = 1000
    hang_floor_s: float = 1200.0
    hook_s: float = 30.0
    lengthy_hook_s: float = 600.0
    hook_memory_bytes: int = 0
