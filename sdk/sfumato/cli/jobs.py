"""`sfumato jobs`: what was submitted, by anybody."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from sfumato import client
from sfumato.cli.columns import print_columns
from sfumato.client import events

if TYPE_CHECKING:
    from sfumato.client import Job

_PROMPT_CHARACTERS = 48


@click.group(short_help="List, watch, cancel and show jobs.")
def command() -> None:
    """List, watch, cancel and show jobs.

    A job goes on when nobody watches it; it ends by itself or by `sfumato jobs cancel`.
    """


@command.command("list")
def list_jobs() -> None:
    """List jobs, newest first."""
    with client.connect() as studio:
        jobs = studio.jobs()
    rows = [(job.id, job.state, _time(job), str(job.recipe.count), _shortened(job.recipe.prompt)) for job in jobs]
    print_columns(("ID", "STATE", "SUBMITTED", "IMAGES", "PROMPT"), rows)


@command.command()
@click.argument("job_id", metavar="ID")
def watch(job_id: str) -> None:
    """Show the progress of the job ID until it has ended. Ctrl-C leaves it running."""
    from sfumato.cli.progress import JobDisplay

    with client.connect() as studio:
        job = studio.job(job_id)
        with JobDisplay(job.recipe.count, job.recipe.steps) as display:
            for event in job.watch(previews=display.shows_previews):
                display.show(event)
    if isinstance(event, events.Finished):
        click.echo(f"{event.state} after {event.engine_elapsed_s:.1f} s")
        if event.error:
            raise event.error


@command.command()
@click.argument("job_id", metavar="ID")
def cancel(job_id: str) -> None:
    """Cancel the job ID. Computing stops within one evaluation of the network."""
    with client.connect() as studio:
        state = studio.job(job_id).cancel().state
    ended_before = state in ("succeeded", "failed")
    click.echo(f"job {job_id} had already {state}" if ended_before else f"cancelled {job_id}")


@command.command()
@click.argument("job_id", metavar="ID")
def show(job_id: str) -> None:
    """Show everything about the job ID as JSON: state, recipe, images, error."""
    with client.connect() as studio:
        job = studio.job(job_id).info()
    click.echo(json.dumps(_facts(job), indent=2, ensure_ascii=False))


def _facts(job: Job) -> dict[str, object]:
    return {
        "id": job.id,
        "state": job.state,
        "priority": job.priority,
        "created": job.create_time.isoformat(),
        "ended": job.end_time.isoformat() if job.end_time else None,
        "recipe": job.recipe.to_json(),
        "recipe_digest": job.recipe_digest,
        "images": [{"seed": row.seed, "sha256": row.sha256, "size_bytes": row.size_bytes} for row in job.artifacts],
        "error": job.error.to_json() if job.error else None,
        "worker_crashes": job.crash_count,
    }


def _time(job: Job) -> str:
    return f"{job.create_time.astimezone():%Y-%m-%d %H:%M:%S}"


def _shortened(prompt: str) -> str:
    line = " ".join(prompt.split())
    return line if len(line) <= _PROMPT_CHARACTERS else line[: _PROMPT_CHARACTERS - 1] + "…"
