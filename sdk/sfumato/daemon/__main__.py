"""`python -m sfumato.daemon`: what `sfumato serve` runs."""

from __future__ import annotations

import argparse
import asyncio
import gc
import logging
import os
import shlex
import sys
from collections.abc import Sequence
from logging.handlers import RotatingFileHandler
from pathlib import Path

from sfumato import places
from sfumato.daemon.config import Config
from sfumato.errors import StartRefused


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until told to stop; the exit status, 2 when the daemon must not start like this, 3 when another runs."""
    config = _config(arguments)
    os.umask(0o077)
    try:
        _write_log(config.data_dir / "logs")
        asyncio.run(_serve(config))
    except (StartRefused, OSError) as error:
        print(f"sfumato: {error}", file=sys.stderr)
        in_use = isinstance(error, StartRefused) and "holder" in error.metadata
        return places.IN_USE_STATUS if in_use else 2
    return 0


async def _serve(config: Config) -> None:
    # Modules are never garbage: looking for some among them costs a tenth of the start, and later each collection.
    gc.disable()
    from sfumato.daemon.server import serve  # a wrong option is told before gRPC is imported

    gc.freeze()
    gc.enable()
    await serve(config)


def _config(arguments: Sequence[str] | None) -> Config:
    given = vars(_parser().parse_args(arguments))
    if command := given.pop("worker_command"):
        given["worker_command"] = tuple(shlex.split(command, posix=os.name != "nt"))
    return Config(**given)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="sfumato serve",
        description="Serve on an owner-only UNIX socket, or on a loopback port where there are none.",
    )
    add = parser.add_argument
    add("--data-dir", type=_place, default=places.data_dir(), help="journal, assets and logs (default: %(default)s)")
    add("--runtime-dir", type=_place, default=places.runtime_dir(), help="daemon.json (default: %(default)s)")
    add("--plugins-dir", type=_place, default=places.plugins_dir(), help="folder of one-file plugins")
    add("--socket", type=_place, help="path of the UNIX socket")
    add("--host", default="", help="address to listen on; one that is not loopback needs TLS")
    add("--port", type=int, default=0, help="TCP port to listen on")
    add("--tls-cert", type=Path, help="certificate chain (PEM) for connections from other machines")
    add("--tls-key", type=Path, help="its private key (PEM)")
    add("--idle-exit-s", type=float, default=0.0, help="end after so many seconds without a job or a request")
    add("--worker-command", help=argparse.SUPPRESS)
    return parser


def _place(path: str) -> Path:
    """Clients work in other folders than this one."""
    return Path(path).absolute()


def _write_log(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = RotatingFileHandler(folder / "front.log", maxBytes=4 * 2**20, backupCount=2, encoding="utf-8")
    logging.basicConfig(
        level=logging.INFO,
        format="%(asctime)s %(levelname)s %(message)s",
        handlers=[file, logging.StreamHandler()],
    )


if __name__ == "__main__":
    sys.exit(main())
