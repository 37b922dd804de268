"""`sfumato stop`: end the daemon in good order."""

from __future__ import annotations

import time
from typing import Final

import click

from sfumato import client
from sfumato.cli.complaint import Complaint
from sfumato.errors import DaemonUnavailable

_PATIENCE_S: Final = 60.0


@click.command(short_help="Stop the daemon.")
def command() -> None:
    """Stop the daemon. Running jobs are written down and go on at its next start."""
    try:
        with client.connect(start=False) as studio:
            studio.shut_down()
    except DaemonUnavailable:
        click.echo("no daemon is running")
        return
    _wait_until_gone()
    click.echo("stopped")


def _wait_until_gone() -> None:
    from sfumato.client.local import find

    deadline = time.monotonic() + _PATIENCE_S
    while find():
        if time.monotonic() > deadline:
            raise Complaint(f"the daemon still runs after {_PATIENCE_S:.0f} s; it may be writing down a job")
        time.sleep(0.1)
