"""`sfumato generate`: from a prompt, or a picture made before, to picture files."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from sfumato import client
from sfumato.border import DEFAULT_MODEL
from sfumato.cli import files
from sfumato.cli.complaint import about_a_file, complaint_about, is_broken_pipe
from sfumato.cli.settings import selections
from sfumato.cli.shapes import SettingType, Sides, Size
from sfumato.client import events
from sfumato.errors import ImageRefused, SfumatoError
from sfumato.recipe import CHAINS

if TYPE_CHECKING:
    from sfumato.cli.shapes import Setting
    from sfumato.client import JobHandle, Studio
    from sfumato.recipe import Recipe

_FILE: Final = click.Path(exists=True, dir_okay=False, path_type=Path)
_SELECTIONS: Final = ("sampler", "schedule", "guider")

#: Prints the line about one picture that was saved.
Tell = Callable[[dict[str, Any]], None]


@click.command(
    short_help="Make a picture from words.",
    epilog="""\b
Examples:
  sfumato generate "mossy red brick wall" --tile xy
  sfumato generate "wet cobblestone" -o street.png --size 512x512 --seed 7 --count 4
  sfumato generate "rusty metal" --init sketch.png --strength 0.6
  sfumato generate "ivy" --init wall.png --mask hole.png --set guidance.scale=5
  sfumato generate --from-image wall.png --steps 40 -o wall-40.png""",
)
@click.argument("prompt", required=False)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="PNG file, or a folder; several images are numbered. [default: prompt and seed]",
)
@click.option("--model", metavar="ID", help="Model to draw with; see `sfumato models list`. [default: ground]")
@click.option("--negative", "negative_prompt", metavar="TEXT", help="What to stay away from.")
@click.option("--size", type=Size(), metavar="WxH", help="Width and height in pixels. [default: the model's]")
@click.option("--steps", type=int, metavar="N", help="Steps of the schedule. [default: the model's]")
@click.option("--seed", type=int, metavar="N", help="Seed of the first image. [default: a random one]")
@click.option("--count", type=int, metavar="N", help="Images to make, with seeds that follow. [default: 1]")
@click.option("--sampler", metavar="ID", help="Sampler; see `sfumato catalog sampler`. [default: the model's]")
@click.option("--schedule", metavar="ID", help="Schedule of noise levels. [default: the model's]")
@click.option("--guidance", "guider", metavar="ID", help="How the prompt guides the picture. [default: the model's]")
@click.option("--tile", type=click.Choice(["x", "y", "xy"]), help="Make it tile seamlessly on these axes.")
@click.option("--init", type=_FILE, metavar="FILE", help="Picture to start from.")
@click.option("--strength", type=float, metavar="S", help="How much of --init is redrawn, over 0 to 1. [default: 0.5]")
@click.option("--mask", type=_FILE, metavar="FILE", help="Where --init is repainted: white is, black stays.")
@click.option("--with", "conditioners", multiple=True, metavar="ID", help="Conditioner to draw with; may be repeated.")
@click.option(
    "--then",
    "post_processors",
    multiple=True,
    metavar="ID",
    help="Post-processor for the finished picture; may be repeated. With --init and --strength 0, for --init itself.",
)
@click.option("--outpaint", type=Sides(), help="Pixels to add around --init, multiples of 8.")
@click.option(
    "--set",
    "settings",
    type=SettingType(),
    multiple=True,
    metavar="CONTRIBUTION.PARAM=VALUE",
    help="Parameter of a contribution, such as sampler.eta=0.5 or sfumato.cfg.scale=5; may be repeated.",
)
@click.option(
    "--from-image",
    type=_FILE,
    metavar="FILE",
    help="Make the picture in FILE again, byte for byte; other options change its recipe.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one line of JSON for each picture, or for the error.")
@click.pass_context
def command(
    ctx: click.Context,
    /,
    prompt: str | None,
    output: Path | None,
    settings: tuple[Setting, ...],
    from_image: Path | None,
    *,
    as_json: bool,
    **options: Any,
) -> None:
    """Make a picture from PROMPT.

    The prompt takes the common emphasis: (red:1.2), (more), [less], BREAK. The file carries its recipe, from which
    --from-image makes the same picture again. Ctrl-C cancels the job.
    """
    if prompt is None and from_image is None:
        raise click.UsageError("missing PROMPT; give one, or a picture with --from-image")
    problem = files.problem_with(output)
    if problem:
        raise click.BadParameter(problem, param_hint="-o")
    base = _recipe_in(from_image) if from_image else None
    tell = _tell_json if as_json else _tell
    try:
        with client.connect() as studio:
            options |= _selections(settings, options, base, studio)
            _draw(studio, base or prompt or "", {**options, "prompt": prompt}, output, tell)
    except (SfumatoError, OSError) as failure:
        if not as_json or is_broken_pipe(failure):
            raise
        error = failure if isinstance(failure, SfumatoError) else about_a_file(failure)
        click.echo(json.dumps({"error": error.to_json()}))
        ctx.exit(complaint_about(error).exit_code)


def _recipe_in(path: Path) -> Recipe:
    try:
        return client.Picture(path.read_bytes()).recipe
    except (ImageRefused, KeyError, TypeError) as error:
        raise click.BadParameter(f"{path}: {error}", param_hint="--from-image") from error


def _selections(
    settings: tuple[Setting, ...], options: dict[str, Any], base: Recipe | None, studio: Studio
) -> dict[str, Any]:
    """What `--set` changes; without it the daemon is not asked for its catalogue."""
    chains: dict[str, Any] = {name: list(options[name]) or None for name in CHAINS}
    if not settings:
        return chains
    chosen = {name: options[name] for name in _SELECTIONS} | chains
    model = options["model"] or (base.model if base else DEFAULT_MODEL)
    return chains | selections(settings, chosen, base, studio.catalogue(), model)


def _draw(studio: Studio, what: str | Recipe, options: dict[str, Any], output: Path | None, tell: Tell) -> None:
    """Submit the job, show how it goes, and save each image as soon as it is done."""
    from sfumato.cli.progress import JobDisplay

    job = studio.submit(what, **options)
    try:
        for adjustment in job.adjustments:
            click.secho(f"{adjustment.field}: {adjustment.description}", fg="yellow", err=True)
        with JobDisplay(job.recipe.count, job.recipe.steps) as display:
            for event in job.watch(previews=display.shows_previews):
                display.show(event)
                if isinstance(event, events.ImageReady):
                    line = _save(job, event.artifact, output)
                    with display.aside():
                        tell(line)
                if isinstance(event, events.Finished):
                    event.require_success()
    except KeyboardInterrupt:
        _cancel(job)
        raise


def _save(job: JobHandle, artifact: events.Artifact, output: Path | None) -> dict[str, Any]:
    picture = job.picture(artifact)
    recipe = picture.recipe
    path = files.picture_path(
        output, prompt=recipe.prompt, seed=recipe.seed, image_index=artifact.image_index, count=job.recipe.count
    )
    if artifact.layer_index:
        path = path.with_name(f"{path.stem}.{files.slug(artifact.layer)}.png")
    try:
        picture.save(path)
    except OSError:  # nor could those that follow it be saved
        job.cancel()
        raise
    size = {"width_px": artifact.width_px, "height_px": artifact.height_px}
    return {"file": str(path), "job": job.id, "seed": recipe.seed, **size, "recipe": recipe.to_json()}


def _cancel(job: JobHandle) -> None:
    """Cancel the job and wait until computing has stopped."""
    job.cancel()
    for _ in job.watch(previews=False):
        pass
    click.secho(f"cancelled job {job.id}", fg="yellow", err=True)


def _tell(line: dict[str, Any]) -> None:
    click.echo(line["file"])


def _tell_json(line: dict[str, Any]) -> None:
    click.echo(json.dumps(line))
