"""What a picture file says about itself: the text that other tools read, and the recipe that makes it again."""

from __future__ import annotations

import json
from typing import Any, Final

from sfumato.catalogue import Catalogue
from sfumato.images import PARAMETERS_KEY, RECIPE_KEY
from sfumato.parameters import Value
from sfumato.recipe import Recipe, Selection

#: The version of the JSON under `RECIPE_KEY`.
VERSION: Final = 1

_QUOTED: Final = frozenset(',:"\n')
#: Other tools' word for the schedule that a model was trained with.
_AUTOMATIC: Final = {"sfumato.model-default": "Automatic"}


def picture_texts(recipe: Recipe, catalogue: Catalogue, *, software: str) -> dict[str, str]:
    """The text chunks of the one picture that `recipe` makes. The same recipe gives the same text: no dates."""
    return {
        PARAMETERS_KEY: parameters_text(recipe, catalogue, software=software),
        RECIPE_KEY: json.dumps(_document(recipe, catalogue, software), sort_keys=True, separators=(",", ":")),
    }


def parameters_text(recipe: Recipe, catalogue: Catalogue, *, software: str) -> str:
    """The recipe in the widespread form: prompt, negative prompt, then `Steps: 20, Sampler: Euler, ...`."""
    facts = _facts(recipe, catalogue) | {"Version": software}
    lines = [recipe.prompt]
    if recipe.negative_prompt:
        lines.append(f"Negative prompt: {recipe.negative_prompt}")
    lines.append(", ".join(f"{name}: {_quoted(value)}" for name, value in facts.items()))
    return "\n".join(lines)


def _facts(recipe: Recipe, catalogue: Catalogue) -> dict[str, Value]:
    facts: dict[str, Value] = {
        "Steps": recipe.steps,
        "Sampler": _label("sampler", recipe.sampler, catalogue),
        "Schedule type": _AUTOMATIC.get(recipe.schedule.id) or _label("schedule", recipe.schedule, catalogue),
    }
    scale = _param("guider", recipe.guider, "scale", catalogue)
    if scale is not None:
        facts["CFG scale"] = scale
    facts |= {"Seed": recipe.seed, "Size": f"{recipe.width_px}x{recipe.height_px}", "Model": recipe.model}
    if recipe.init:
        facts["Denoising strength"] = recipe.strength
    if recipe.tile:
        facts["Tiling"] = recipe.tile
    return facts


def _document(recipe: Recipe, catalogue: Catalogue, software: str) -> dict[str, Any]:
    plugins = {}
    for _, kinds, selection in recipe.selections():
        card = catalogue.contribution_of(kinds, selection.id)
        if card:
            plugins[card.id] = f"{card.plugin} {card.plugin_version}".strip()
    return {
        "version": VERSION,
        "recipe": recipe.to_json(),
        "digest": recipe.digest,
        "software": software,
        "plugins": plugins,
    }


def _label(kind: str, selection: Selection, catalogue: Catalogue) -> str:
    card = catalogue.contribution(kind, selection.id)
    return card.label if card else selection.id


def _param(kind: str, selection: Selection, name: str, catalogue: Catalogue) -> Value | None:
    if name in selection.params:
        return selection.params[name]
    card = catalogue.contribution(kind, selection.id)
    return next((spec.default for spec in card.parameters if spec.id == name), None) if card else None


def _quoted(value: Value) -> str:
    text = str(value)
    return json.dumps(text, ensure_ascii=False) if _QUOTED.intersection(text) else text
