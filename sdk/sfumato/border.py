"""The border: a request that leaves things to the defaults becomes a complete Recipe, or a list of violations."""

from __future__ import annotations

import math
import re
import secrets
from collections.abc import Iterator, Mapping
from typing import Any, Final

from sfumato.adjustments import Adjustment, Remarks
from sfumato.catalogue import Catalogue, ContributionCard, ModelCard, nearest
from sfumato.errors import InvalidRecipe, Violation
from sfumato.parameters import SEED_MAX
from sfumato.recipe import CHAINS, SELECTIONS, Margins, Recipe, Selection

MIN_SIZE_PX: Final = 64
MAX_STEPS: Final = 1000
MAX_COUNT: Final = 64
MAX_PROMPT_CHARACTERS: Final = 32_768
MAX_CHAIN: Final = 16
DEFAULT_MODEL: Final = "ground"

_FIELDS: Final = frozenset(Recipe.__dataclass_fields__)


def complete(
    request: Mapping[str, Any],
    catalogue: Catalogue,
    *,
    canvas: tuple[int, int] | None = None,
    adjustments: list[Adjustment] | None = None,
) -> Recipe:
    """The complete recipe of `request`, a recipe's JSON in which everything but the prompt may be absent.

    `canvas` is the size (width, height) of the initial image, where there is one; with it an absent size is
    that of the image, grown by the outpainting margins. What is changed for the client is added to `adjustments`.
    Raises InvalidRecipe with every violation found.
    """
    remarks = Remarks(adjustments=[] if adjustments is None else adjustments)
    problems = remarks.problems
    given = _typed(request, problems)
    model = catalogue.model(given.get("model") or DEFAULT_MODEL)
    if model is None:
        known = [card.id for card in catalogue.models]
        raise InvalidRecipe(
            [
                *problems,
                Violation(field="model", description=_no_such("model", given.get("model") or DEFAULT_MODEL, known)),
            ]
        )
    selections: dict[str, Any] = {name: _select(name, given, model, catalogue, remarks) for name in SELECTIONS}
    chains: dict[str, Any] = {name: _chain(name, given, model, catalogue, remarks) for name in CHAINS}
    margins = _margins(given)
    native = (model.native_size_px, model.native_size_px)
    width_px, height_px = _size(given, _grown(canvas or native, margins))
    if not (given.get("strength") == 0 and _only_finished(given)):  # what is not drawn may be of any size
        problems.extend(_sizes(width_px, height_px, model))
    if canvas:
        problems.extend(_misfits(given, _grown(canvas, margins)))
    problems.extend(_numbers(given))
    problems.extend(_pictures(given, margins))
    if problems:
        raise InvalidRecipe(problems)
    return Recipe(
        model=model.id,
        prompt=given["prompt"],
        negative_prompt=given.get("negative_prompt", ""),
        width_px=width_px,
        height_px=height_px,
        count=given.get("count", 1),
        seed=given.get("seed", secrets.randbelow(2**32)),
        steps=given.get("steps", model.default_steps),
        tile=given.get("tile", ""),
        init=given.get("init", ""),
        mask=given.get("mask", ""),
        strength=_strength(given),
        outpaint=margins,
        **selections,
        **chains,
    )


def check_drawable(recipe: Recipe, model: ModelCard) -> None:
    """Raise InvalidRecipe for what the model cannot draw, however small. For recipes that a plugin made, no client."""
    given = recipe.to_json()
    sizes = _sizes(recipe.width_px, recipe.height_px, model, model.size_multiple_px)
    if problems := [*sizes, *_numbers(given), *_pictures(given, recipe.outpaint)]:
        raise InvalidRecipe(problems)


_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_SIDES: Final = frozenset(Margins.__dataclass_fields__)


def _typed(request: Mapping[str, Any], problems: list[Violation]) -> dict[str, Any]:
    """The fields that are there and of the right type; the others become violations."""
    fields = {name: value for name, value in request.items() if value is not None}
    if "prompt" not in fields:
        problems.append(Violation(field="prompt", description="got nothing, expected text"))
    wrong = {name: said for name, value in fields.items() if (said := _mistyped(name, value))}
    problems.extend(Violation(field=name, description=said) for name, said in wrong.items())
    return {name: value for name, value in fields.items() if name not in wrong}


def _mistyped(name: str, value: Any) -> str | None:
    if name not in _FIELDS:
        return f"no such field{nearest(name, _FIELDS)}"
    if name in SELECTIONS:
        return None if _is_selection(value) else f"got {value!r}, expected an id and parameters"
    if name in CHAINS:
        return _wrong_chain(value)
    if name == "outpaint":
        return _wrong_margins(value)
    if name in ("init", "mask"):
        fits = value == "" or (isinstance(value, str) and _SHA256.fullmatch(value))
        return None if fits else f"got {value!r}, expected the sha256 of an asset"
    if name in _TEXTS and not isinstance(value, str):
        return f"got {value!r}, expected text"
    if name in ("prompt", "negative_prompt") and len(value) > MAX_PROMPT_CHARACTERS:
        return f"got {len(value)} characters, expected at most {MAX_PROMPT_CHARACTERS}"
    return None


_TEXTS: Final = ("model", "prompt", "negative_prompt", "tile")


def _is_selection(value: Any) -> bool:
    if not isinstance(value, Mapping) or not isinstance(value.get("params", {}), Mapping):
        return False
    return isinstance(value.get("id", ""), str) and value.keys() <= {"id", "params"}


def _wrong_chain(value: Any) -> str | None:
    if not isinstance(value, list | tuple) or not all(map(_is_selection, value)):
        return f"got {value!r}, expected a list of ids and parameters"
    return f"got {len(value)} entries, expected at most {MAX_CHAIN}" if len(value) > MAX_CHAIN else None


def _wrong_margins(value: Any) -> str | None:
    if not isinstance(value, Mapping):
        return f"got {value!r}, expected margins in pixels by side"
    for side, margin_px in value.items():
        if side not in _SIDES:
            return f"no side {side!r}{nearest(str(side), _SIDES)}"
        if not _whole(margin_px) or margin_px < 0 or margin_px % 8:
            return f"got {side}={margin_px!r}, expected a multiple of 8 pixels, 0 or more"
    return None


def _strength(given: Mapping[str, Any]) -> float:
    """An edit without a mask keeps half of the picture; everything else starts from pure noise."""
    plain_edit = given.get("init") and not given.get("mask") and not given.get("outpaint")
    return float(given.get("strength", 0.5 if plain_edit else 1.0))


def _no_such(kind: str, name: str, known: list[str]) -> str:
    return f"no {kind} {name!r}{nearest(name, known)}"


def _no_contribution(kind: str, name: str, catalogue: Catalogue) -> str:
    """That there is none of this kind and name, and which plugins might have had it if they worked."""
    known = [card.id for each in CHAINS.get(kind, (kind,)) for card in catalogue.of_kind(each)]
    idle = [f"{plugin.name} ({plugin.state})" for plugin in catalogue.plugins if plugin.state != "working"]
    word = CHAINS[kind][0] if kind in CHAINS else kind
    hint = f"; not at work: {', '.join(idle)}; `sfumato plugins doctor` says why" if idle else ""
    return _no_such(word, name, known) + hint


def _select(name: str, given: Mapping[str, Any], model: ModelCard, catalogue: Catalogue, remarks: Remarks) -> Selection:
    """The request's selection, checked against its card; the model's default where the request is silent."""
    default: Selection = getattr(model, f"default_{name}")
    if name not in given:
        return default
    wanted = Selection(id=given[name].get("id") or default.id, params=given[name].get("params", {}))
    card = catalogue.contribution(SELECTIONS[name], wanted.id)
    if card is None:
        said = _no_contribution(SELECTIONS[name], wanted.id, catalogue)
        remarks.problems.append(Violation(field=f"{name}.id", description=said))
        return default
    inherited = Remarks().renamed(name, card, default.params) if card.id == default.id else {}
    params = remarks.renamed(name, card, wanted.params)
    remarks.problems.extend(_params(name, card, params, catalogue))
    remarks.problems.extend(_unmet(name, card, given, model))
    return Selection(id=card.id, params={**inherited, **params})


def _chain(
    name: str, given: Mapping[str, Any], model: ModelCard, catalogue: Catalogue, remarks: Remarks
) -> tuple[Selection, ...]:
    """The request's list of contributions, each checked against its card."""
    chain = []
    for place, row in enumerate(given.get(name, ())):
        path, wanted = f"{name}.{place}", Selection(id=row.get("id", ""), params=row.get("params", {}))
        card = catalogue.contribution_of(CHAINS[name], wanted.id)
        if card is None:
            said = _no_contribution(name, wanted.id, catalogue)
            remarks.problems.append(Violation(field=f"{path}.id", description=said))
            continue
        params = remarks.renamed(path, card, wanted.params)
        remarks.problems.extend(_params(path, card, params, catalogue))
        remarks.problems.extend(_unmet(path, card, given, model))
        chain.append(Selection(id=card.id, params=params))
    return tuple(chain)


def _unmet(path: str, card: ContributionCard, given: Mapping[str, Any], model: ModelCard) -> Iterator[Violation]:
    """What a contribution needs and the request does not have."""
    for field, said in (("init", "an initial image in `init`"), ("mask", "a mask in `mask`")):
        if getattr(card.needs, field) and not given.get(field):
            yield Violation(field=path, description=f"{card.id} needs {said}")
    if card.needs.families and model.family not in card.needs.families:
        families = ", ".join(card.needs.families)
        said = f"{card.id} works with {families}; model {model.id} is of {model.family}"
        yield Violation(field=path, description=said)


def _params(name: str, card: ContributionCard, params: Mapping[str, Any], catalogue: Catalogue) -> Iterator[Violation]:
    specs = {spec.id: spec for spec in card.parameters}
    for key, value in params.items():
        path = f"{name}.params.{key}"
        if key not in specs:
            yield Violation(field=path, description=f"{card.id} has no parameter {key!r}{nearest(key, specs)}")
        elif problem := specs[key].problem(value):
            yield Violation(field=path, description=problem)
        elif specs[key].kind == "preprocessor" and value not in _preprocessors(catalogue):
            yield Violation(field=path, description=_no_contribution("preprocessor", str(value), catalogue))


def _preprocessors(catalogue: Catalogue) -> set[str]:
    """What a parameter of the kind preprocessor may be: an id, or nothing."""
    return {"", *(card.id for card in catalogue.of_kind("preprocessor"))}


def _margins(given: Mapping[str, Any]) -> Margins | None:
    margins = Margins(**given.get("outpaint", {}))
    return None if margins == Margins() else margins


def _grown(size: tuple[int, int], margins: Margins | None) -> tuple[int, int]:
    if margins is None:
        return size
    return size[0] + margins.left_px + margins.right_px, size[1] + margins.top_px + margins.bottom_px


def _size(given: Mapping[str, Any], default: tuple[int, int]) -> tuple[Any, Any]:
    return given.get("width_px", default[0]), given.get("height_px", default[1])


def _misfits(given: Mapping[str, Any], canvas: tuple[int, int]) -> Iterator[Violation]:
    """A size that is asked for beside an initial image must be that image's, grown by the margins."""
    for name, value, fits in zip(("width_px", "height_px"), _size(given, canvas), canvas, strict=True):
        if value != fits:
            said = f"got {value!r}, but the initial image with its margins is {fits} pixels; leave it out or resize"
            yield Violation(field=name, description=said)


def _sizes(width_px: Any, height_px: Any, model: ModelCard, smallest: int = MIN_SIZE_PX) -> Iterator[Violation]:
    for name, value in (("width_px", width_px), ("height_px", height_px)):
        multiple = model.size_multiple_px
        if not _whole(value) or not smallest <= value <= model.max_size_px or value % multiple:
            said = f"got {value!r}, expected a multiple of {multiple} from {smallest} to {model.max_size_px}"
            yield Violation(field=name, description=said)


def _numbers(given: Mapping[str, Any]) -> Iterator[Violation]:
    for name, lowest, highest in (("steps", 1, MAX_STEPS), ("count", 1, MAX_COUNT), ("seed", 0, SEED_MAX)):
        value = given.get(name)
        if value is not None and (not _whole(value) or not lowest <= value <= highest):
            yield Violation(field=name, description=f"got {value!r}, expected a whole number {lowest} to {highest}")
    yield from _last_seed(given.get("seed", 0), given.get("count", 1))
    value = given.get("strength", 1.0)
    if not (_real(value) and 0 <= value <= 1):
        yield Violation(field="strength", description=f"got {value!r}, expected a number over 0, at most 1")
    elif value == 0 and not _only_finished(given):
        said = "got 0, at which nothing is redrawn; expected over 0, or post-processors and neither mask nor outpaint"
        yield Violation(field="strength", description=said)


def _last_seed(seed: Any, count: Any) -> Iterator[Violation]:
    """Image i is drawn with `seed + i`, which must be a seed too."""
    if _whole(seed) and _whole(count) and seed <= SEED_MAX < seed + count - 1 and count <= MAX_COUNT:
        said = f"got {seed} for the first of {count} images, expected at most {SEED_MAX - count + 1}"
        yield Violation(field="seed", description=said)


def _only_finished(given: Mapping[str, Any]) -> bool:
    """Whether post-processors have something to do where nothing is drawn."""
    processed = given.get("init") and given.get("post_processors")
    return bool(processed) and not given.get("mask") and not given.get("outpaint")


def _pictures(given: Mapping[str, Any], margins: Margins | None) -> Iterator[Violation]:
    if given.get("tile", "") not in ("", "x", "y", "xy"):
        yield Violation(field="tile", description=f"got {given['tile']!r}, expected x, y or xy")
    if given.get("mask") and not given.get("init"):
        yield Violation(field="mask", description="a mask needs an initial image in `init`")
    if margins and not given.get("init"):
        yield Violation(field="outpaint", description="outpainting needs an initial image in `init`")
    if given.get("strength", 1.0) != 1.0 and not given.get("init"):
        yield Violation(field="strength", description="a strength needs an initial image in `init`")


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _real(value: Any) -> bool:
    return _whole(value) or (isinstance(value, float) and math.isfinite(value))
