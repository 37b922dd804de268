"""`--set contribution.param=value`: from what was typed to the selections of a request."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from sfumato.catalogue import Catalogue, ContributionCard, nearest
from sfumato.cli.shapes import Setting
from sfumato.errors import InvalidRecipe
from sfumato.parameters import ParameterSpec, Value
from sfumato.recipe import CHAINS, SELECTIONS, Recipe, Selection

#: The words for a recipe's selections on the command line.
_WORDS: Final = {"sampler": "sampler", "schedule": "schedule", "guidance": "guider", "guider": "guider"}
_BOOLS: Final = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}


def selections(
    settings: Iterable[Setting], chosen: Mapping[str, Any], base: Recipe | None, catalogue: Catalogue, model: str
) -> dict[str, Any]:
    """The selections that the settings change, by the recipe's field.

    `chosen` are the ids that the command line names, `base` is the recipe that is made again, and what neither
    says is the default of `model`. Raises InvalidRecipe for a contribution or parameter that does not exist.
    """
    found: dict[str, Any] = {}
    chains = {name: _chain(name, chosen, base, catalogue) for name in CHAINS}
    for setting in settings:
        if _set_in_chain(setting, chains, catalogue):
            continue
        field, card = _owner(setting, catalogue)
        current = found.get(field) or _current(field, chosen, base, catalogue, model)
        if card and card.id != current.id:
            word = "guidance" if field == "guider" else field
            said = f"the picture is made with {current.id}; add --{word} {card.id}"
            raise InvalidRecipe.of(str(setting), said)
        card = card or catalogue.contribution(SELECTIONS[field], current.id)
        value = _value(setting, card) if card else setting.text
        found[field] = Selection(id=current.id, params={**current.params, setting.param: value})
    return found | {name: chain for name, chain in chains.items() if chain}


def _chain(name: str, chosen: Mapping[str, Any], base: Recipe | None, catalogue: Catalogue) -> list[Selection]:
    """The conditioners or post-processors that the command line names, else those of the recipe made again."""
    ids = chosen.get(name)
    if not ids:
        return list(getattr(base, name)) if base else []
    cards = [catalogue.contribution_of(CHAINS[name], each) for each in ids]
    return [Selection(id=card.id if card else each) for card, each in zip(cards, ids, strict=True)]


def _set_in_chain(setting: Setting, chains: dict[str, list[Selection]], catalogue: Catalogue) -> bool:
    """Set the parameter of every entry of that id; whether there was one."""
    known = False
    for name, chain in chains.items():
        card = catalogue.contribution_of(CHAINS[name], setting.owner)
        places = [place for place, selection in enumerate(chain) if card and selection.id == card.id]
        for place in places:
            assert card is not None
            value = _value(setting, card)
            chain[place] = Selection(id=card.id, params={**chain[place].params, setting.param: value})
        if card and not places:
            option = "--with" if name == "conditioners" else "--then"
            raise InvalidRecipe.of(str(setting), f"the picture is made without {card.id}; add {option} {card.id}")
        known = known or bool(places)
    return known


def _owner(setting: Setting, catalogue: Catalogue) -> tuple[str, ContributionCard | None]:
    """The recipe's field that the setting is about, and the card where it names one."""
    if setting.owner in _WORDS:
        return _WORDS[setting.owner], None
    for field, kind in SELECTIONS.items():
        card = catalogue.contribution(kind, setting.owner)
        if card:
            return field, card
    known = [*_WORDS, *(card.id for card in catalogue.contributions)]
    raise InvalidRecipe.of(str(setting), f"no contribution {setting.owner!r}{nearest(setting.owner, known)}")


def _current(field: str, chosen: Mapping[str, str], base: Recipe | None, catalogue: Catalogue, model: str) -> Selection:
    card = catalogue.model(model)
    default: Selection | None = getattr(base, field) if base else getattr(card, f"default_{field}", None)
    if not chosen.get(field):
        return default or Selection(id="")
    contribution = catalogue.contribution(SELECTIONS[field], chosen[field])
    selection = Selection(id=contribution.id if contribution else chosen[field])
    return default if default and default.id == selection.id else selection


def _value(setting: Setting, card: ContributionCard) -> Any:
    spec = next((spec for spec in card.parameters if setting.param in (spec.id, spec.renamed_from)), None)
    if not spec:
        known = [spec.id for spec in card.parameters]
        said = f"{card.id} has no parameter {setting.param!r}{nearest(setting.param, known)}"
        raise InvalidRecipe.of(str(setting), said)
    if spec.kind in ("image", "mask") and spec.problem(setting.text):
        return Path(setting.text)
    value = _typed(setting.text, spec)
    problem = spec.problem(value)
    if problem:
        raise InvalidRecipe.of(str(setting), problem)
    return value


def _typed(text: str, spec: ParameterSpec) -> Value:
    """The text as the parameter's type; text that is not one stays text, for the spec to say what it expected."""
    convert: Any = {"int": int, "seed": int, "float": float, "bool": lambda word: _BOOLS[word.lower()]}.get(spec.kind)
    try:
        return convert(text) if convert else text
    except (KeyError, ValueError):
        return text
