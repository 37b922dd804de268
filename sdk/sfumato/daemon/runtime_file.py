"""daemon.json: where the running daemon is and the token that it asks for. Whoever can read it may use the daemon."""

from __future__ import annotations

import contextlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from sfumato.daemon.durable_files import write_whole
from sfumato.places import ANNOUNCEMENT_FILE


@dataclass(frozen=True, slots=True, kw_only=True)
class RuntimeFile:
    """What daemon.json holds. `address` is a gRPC target such as `unix:/run/...` or `127.0.0.1:50051`.

    `plugins_dir` is empty where the daemon has no folder of one-file plugins.
    """

    pid: int
    address: str
    token: str
    version: str
    plugins_dir: str = ""

    def write(self, folder: Path) -> None:
        """Announce the daemon; only the owner can read it."""
        write_whole(folder / ANNOUNCEMENT_FILE, json.dumps(asdict(self)).encode(), synced=False)


def remove_from(folder: Path) -> None:
    """Take the announcement back."""
    with contextlib.suppress(FileNotFoundError):
        (folder / ANNOUNCEMENT_FILE).unlink()
