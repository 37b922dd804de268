"""What a daemon is asked for, so that it draws a view: words, the depth, and what is painted already."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

import numpy as np

from sfumato.recipe import Selection
from sfumato.texturing.arrays import Bytes
from sfumato.texturing.control import DepthControl
from sfumato.texturing.views import View

#: Every view has a seed of its own, or each would show the same picture; this far apart, that those of two paintings
#: with neighbouring seeds differ.
_SEED_STEP: Final = 7919


def asked(
    view: View,
    options: Mapping[str, Any],
    *,
    seed: int,
    control: DepthControl | None,
    stand: Callable[[str, Bytes], Any],
) -> dict[str, Any]:
    """The options of `Studio.generate` for a view; `stand` gives what stands for its pictures, by their names.

    The first view is drawn from words alone, the others as inpainting of what is new. With a `control` every view
    follows its depth; where the options have that conditioner already, it gets the depth and keeps its settings.
    """
    found: dict[str, Any] = {**options, "seed": seed + view.number * _SEED_STEP}
    if control:
        found["conditioners"] = _with_depth(options, control, stand("depth", view.depth))
    if view.new.all():
        return found | {"size": (view.camera.width_px, view.camera.height_px)}
    mask = np.where(view.new, 255, 0).astype(np.uint8)
    return found | {"init": stand("init", view.painted), "mask": stand("mask", mask)}


def _with_depth(options: Mapping[str, Any], control: DepthControl, depth: Any) -> list[Selection]:
    given = [Selection(id=each) if isinstance(each, str) else each for each in options.get("conditioners") or ()]
    own = control.selection(depth)
    if all(each.id != own.id for each in given):
        return [*given, own]
    return [replace(each, params={**own.params, **each.params, control.image: depth}) if each.id == own.id else each
            for each in given]  # fmt: skip
