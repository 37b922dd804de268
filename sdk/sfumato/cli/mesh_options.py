"""What the options of `sfumato texture-mesh` may be: wrong ones are named before anything is unwrapped or drawn."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from sfumato.catalogue import nearest
from sfumato.errors import InvalidRecipe

if TYPE_CHECKING:
    from sfumato.catalogue import ModelCard
    from sfumato.client import Studio

#: Smaller views show too little of a mesh, whatever the model was trained on.
_LEAST_VIEW_PX: Final = 512


def check_state(state: Path | None, output: Path) -> None:
    """Raise BadParameter where nothing could be kept, which else would show after the first view."""
    if not state:
        return
    if not state.parent.is_dir():
        raise click.BadParameter(f"there is no folder {state.parent}", param_hint="--state")
    if not os.access(state.parent, os.W_OK):
        raise click.BadParameter(f"the folder {state.parent} cannot be written to", param_hint="--state")
    if state.resolve() == output.resolve():
        raise click.BadParameter(f"got {state}, which is the output; expected another file", param_hint="--state")


def check_depth_options(folder: str, strength: float | None) -> None:
    """Raise BadParameter where they contradict each other, or this machine's daemon would find no network."""
    if folder and strength == 0:
        said = "got 0 beside --depth-model, expected more, or no --depth-model"
        raise click.BadParameter(said, param_hint="--depth-strength")
    if folder and not os.environ.get("SFUMATO_ADDRESS") and not Path(folder, "config.json").is_file():
        said = f"{folder} holds no config.json, expected the folder of a ControlNet of diffusers"
        raise click.BadParameter(said, param_hint="--depth-model")


def model_card(studio: Studio, model: str) -> ModelCard:
    """The model with this id. Raises InvalidRecipe."""
    known = studio.models()
    card = next((each for each in known if each.id == model), None)
    if not card:
        raise InvalidRecipe.of("model", f"no model {model!r}{nearest(model, [each.id for each in known])}")
    return card


def view_size(given_px: int | None, card: ModelCard) -> int:
    """The size of each view in pixels, the model's own where none is given. Raises BadParameter."""
    size_px = given_px or max(card.native_size_px, _LEAST_VIEW_PX)
    excess_px = size_px % card.size_multiple_px
    if given_px and excess_px:
        near = f"{size_px - excess_px} or {size_px - excess_px + card.size_multiple_px}"
        raise click.BadParameter(
            f"got {given_px}, expected a multiple of {card.size_multiple_px}, such as {near}", param_hint="--view-size"
        )
    return size_px - excess_px


def for_daemon(folder: str) -> str:
    """A folder of this machine by its whole path, for the daemon works in another; what is not here as it was given."""
    return str(Path(folder).resolve()) if folder and Path(folder).is_dir() else folder


def check_depth(studio: Studio, card: ModelCard, depth_model: str, depth_strength: float | None) -> None:
    """Raise BadParameter where depth was asked for and nothing takes it."""
    from sfumato.texturing.control import depth_control

    control = depth_control(studio.catalogue(), card.id, network=depth_model, strength=depth_strength)
    if control or not (depth_model or depth_strength):
        return
    if depth_model:
        raise click.BadParameter(
            f"got {depth_model}, but no conditioner takes it for this model", param_hint="--depth-model"
        )
    raise click.BadParameter(
        "this model brings no network for depth, expected --depth-model as well", param_hint="--depth-strength"
    )
