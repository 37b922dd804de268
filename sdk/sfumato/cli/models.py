"""`sfumato models`: the models that jobs may name."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from sfumato import client
from sfumato.cli.columns import print_columns
from sfumato.cli.download_bar import download_bar

if TYPE_CHECKING:
    from sfumato.catalogue import ModelCard


@click.group(
    short_help="Add, list, inspect and remove models.",
    epilog="""\b
Examples:
  sfumato models add ~/models/dreamshaper_8.safetensors
  sfumato models add ~/models/stable-diffusion-2-1 --id sd21
  sfumato models add stabilityai/sd-turbo
  sfumato generate "a stone bridge" --model sd21""",
)
def command() -> None:
    """Manage the models that jobs may name.

    Sfumato reads Stable Diffusion 1.x and 2.x, as a diffusers folder or as one safetensors file.
    """


@command.command("list")
def list_models() -> None:
    """List all models."""
    with client.connect() as studio:
        cards = studio.models()
    rows = [(card.id, card.title, card.architecture, f"{card.native_size_px} px") for card in cards]
    print_columns(("ID", "TITLE", "ARCHITECTURE", "SIZE"), rows)


@command.command()
@click.argument("source")
def inspect(source: str) -> None:
    """Say what SOURCE is, a folder, a file or owner/name on the hub, without adding it."""
    with client.connect() as studio, download_bar(source) as told:
        card = studio.inspect_model(_absolute(source), told)
    _describe(card)


@command.command()
@click.argument("source")
@click.option("--id", "model_id", default="", metavar="ID", help="Id to give it. [default: made of the name]")
def add(source: str, model_id: str) -> None:
    """Add SOURCE as a model: a folder, a file, or owner/name on the Hugging Face hub.

    A folder or file stays where it is and is not copied. What comes from the hub, at its present revision or that of
    owner/name@revision, is kept in its cache; Ctrl-C ends the download, and the next one goes on from there.
    """
    with client.connect() as studio, download_bar(source) as told:
        card = studio.add_model(_absolute(source), model_id, told)
    click.echo(f"added {card.id}")
    _describe(card)


@command.command()
@click.argument("model_id", metavar="ID")
def remove(model_id: str) -> None:
    """Forget the model ID. Its files stay."""
    with client.connect() as studio:
        studio.remove_model(model_id)
    click.echo(f"removed {model_id}")


def _absolute(source: str) -> str:
    """The daemon has a working folder of its own; what reads as owner/name, and is not here, stays as it is."""
    path = Path(source)
    may_be_on_the_hub = path.as_posix().count("/") == 1 and not source.startswith((".", "/"))
    return source if may_be_on_the_hub and not path.exists() else str(path.absolute())


def _describe(card: ModelCard) -> None:
    facts = {
        "title": card.title,
        "architecture": f"{card.architecture}, {card.prediction_type}",
        "size": f"{card.native_size_px} px, multiples of {card.size_multiple_px} up to {card.max_size_px}",
        "parameters": f"{card.parameter_count / 1e6:.0f} million",
        "defaults": f"{card.default_steps} steps, {card.default_sampler.id}, {card.default_schedule.id}, "
        f"{card.default_guider.id}",
        "licence": card.licence or "unknown",
    }
    for name, fact in facts.items():
        click.echo(f"  {name:<13}{fact}")
