"""What travels about a contribution, checked before: one wrong type would cost everybody the whole catalogue."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, Final

from sfumato.catalogue import ContributionCard, Needs
from sfumato.parameters import ParameterSpec

_CARD_TEXTS: Final = ("id", "kind", "label", "description", "capability")
_SPEC_TEXTS: Final = ("id", "kind", "label", "help", "group", "unit", "depends_on", "renamed_from")
_SPEC_NUMBERS: Final = ("minimum", "maximum", "display_minimum", "display_maximum", "step")
_WIDEST_INT: Final = 2**63


def problem_with(card: ContributionCard) -> str | None:
    """What no host could be told, in words; None for a sound card."""
    texts = _wrong_text(card, _CARD_TEXTS)
    specs = (f"parameter {spec.id!r}: {said}" for spec in card.parameters if (said := _wrong_spec(spec)))
    return texts or _wrong_needs(card.needs) or next(specs, None) or _wrong_names(card.parameters)


def _wrong_text(owner: object, names: Iterable[str]) -> str | None:
    for name in names:
        if not _is_text(value := getattr(owner, name)):
            return f"{name} is {value!r:.80}, expected text"
    return None


def _wrong_needs(needs: Any) -> str | None:
    if not isinstance(needs, Needs):
        return f"needs is {needs!r:.80}, expected sfumato.plugin.Needs"
    if not isinstance(needs.families, tuple) or not all(map(_is_text, needs.families)):
        return f"needs.families is {needs.families!r:.80}, expected a tuple of ids"
    if not all(isinstance(flag, bool) for flag in (needs.init, needs.mask, needs.network)):
        return "needs.init, needs.mask and needs.network have to be true or false"
    fits = isinstance(needs.memory_bytes, int) and 0 <= needs.memory_bytes < _WIDEST_INT
    return None if fits else f"needs.memory_bytes is {needs.memory_bytes!r:.80}, expected bytes, 0 or more"


def _wrong_spec(spec: ParameterSpec) -> str | None:
    if said := _wrong_text(spec, _SPEC_TEXTS):
        return said
    for name in _SPEC_NUMBERS:
        value = getattr(spec, name)
        if value is not None and not _is_number(value):
            return f"{name} is {value!r:.80}, expected a finite number"
    if not all(_is_text(choice.value) and _is_text(choice.label) for choice in spec.choices):
        return "choices have to be texts"
    return _wrong_default(spec)


def _wrong_default(spec: ParameterSpec) -> str | None:
    value: Any = spec.default
    if not (_is_text(value) or _is_number(value) or isinstance(value, bool)):
        return f"its default is {value!r:.80}, expected text, a number, true or false"
    if isinstance(value, int) and abs(value) >= _WIDEST_INT:
        return f"its default is {value}, expected less than 2^63"
    problem = spec.problem(value)
    return f"its default: {problem}" if problem else None


def _wrong_names(specs: Iterable[ParameterSpec]) -> str | None:
    """A reference to a parameter that there is not, or an old name that is in use again."""
    known = [spec.id for spec in specs]
    old = [spec.renamed_from for spec in specs if spec.renamed_from]
    for spec in specs:
        if spec.depends_on and spec.depends_on not in known:
            return f"parameter {spec.id!r} depends on {spec.depends_on!r}, which is no parameter of it"
        if spec.renamed_from and (spec.renamed_from in known or old.count(spec.renamed_from) > 1):
            return f"parameter {spec.id!r} was renamed from {spec.renamed_from!r}, which another one is called as well"
    return None


def _is_text(value: object) -> bool:
    """Whether it is text that UTF-8 can hold."""
    return isinstance(value, str) and not any("\ud800" <= character <= "\udfff" for character in value)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
