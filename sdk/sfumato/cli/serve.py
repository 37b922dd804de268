"""`sfumato serve`: the daemon in this terminal."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import click

_PATH: Final = click.Path(path_type=Path)


@click.command(
    short_help="Run the daemon in this terminal.",
    epilog="""\b
Examples:
  sfumato serve
  sfumato serve --host 0.0.0.0 --port 7600 --tls-cert chain.pem --tls-key key.pem""",
)
@click.option(
    "--data-dir", type=_PATH, metavar="DIR", help="Jobs, pictures and logs. [default: the user's data folder]"
)
@click.option("--runtime-dir", type=_PATH, metavar="DIR", help="Where clients find the daemon.")
@click.option("--plugins-dir", type=_PATH, metavar="DIR", help="Folder of one-file plugins. [default: none]")
@click.option("--socket", type=_PATH, metavar="FILE", help="UNIX socket to listen on. [default: in the runtime folder]")
@click.option("--host", metavar="ADDRESS", help="Address to listen on; one that is not loopback needs TLS.")
@click.option("--port", type=int, metavar="N", help="TCP port to listen on. [default: a free one]")
@click.option("--tls-cert", type=_PATH, metavar="FILE", help="Certificate chain (PEM) for other machines.")
@click.option("--tls-key", type=_PATH, metavar="FILE", help="Its private key (PEM).")
@click.option(
    "--idle-exit-s",
    type=click.IntRange(min=1),
    metavar="S",
    help="End after so many seconds without work. [default: never]",
)
def command(**options: Any) -> None:
    """Run the daemon in this terminal, until Ctrl-C.

    Other commands start it in the background where none runs, so this is for services, for other machines and for
    seeing its log. Jobs that were running when it stopped go on when it starts again.
    """
    given = [(f"--{name.replace('_', '-')}", str(value)) for name, value in options.items() if value is not None]
    daemon = [sys.executable, "-P", "-m", "sfumato.daemon", *(word for pair in given for word in pair)]
    if sys.platform == "win32":
        sys.exit(subprocess.call(daemon))
    os.execv(daemon[0], daemon)
