"""`sfumato status`: what the daemon is doing."""

from __future__ import annotations

import click

from sfumato import client


@click.command(short_help="Say what the daemon is doing.")
def command() -> None:
    """Say whether the daemon runs, on what device, and how many jobs it has.

    Ends with 1 where no daemon runs; it never starts one.
    """
    with client.connect(start=False) as studio:
        info = studio.info()
    worker = info.worker
    click.echo(f"daemon  {info.version}, process {info.pid}")
    click.echo(f"worker  {worker.state}{f' on {worker.device}' if worker.device else ''}{_crashes(worker.crash_count)}")
    click.echo(f"jobs    {info.active_job_count} waiting or running")


def _crashes(count: int) -> str:
    return f", died {count} times since the daemon started" if count else ""
