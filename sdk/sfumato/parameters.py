"""ParameterSpec: the typed description of one parameter, from which every host builds its own widget."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Final

#: A parameter's value as it travels: plain JSON scalars. Colours are "#rrggbb", images and masks sha256 ids,
#: preprocessors the ids of contributions.
type_names: Final = (
    "bool", "int", "float", "text", "choice", "colour", "seed", "image", "mask", "model", "preprocessor",
)  # fmt: skip
Value = bool | int | float | str

_COLOUR: Final = re.compile(r"#[0-9a-fA-F]{6}")
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
SEED_MAX: Final = 2**63 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One option of a choice parameter: the string that is stored, and the words that are shown."""

    value: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ParameterSpec:
    """One parameter of a contribution.

    `minimum` and `maximum` are hard limits; `display_minimum` and `display_maximum` are the range of a slider.
    `kind` is one of `type_names`; a host that meets another shows the default read-only.
    """

    id: str
    kind: str
    default: Value
    label: str = ""
    help: str = ""
    group: str = ""
    unit: str = ""
    minimum: float | None = None
    maximum: float | None = None
    display_minimum: float | None = None
    display_maximum: float | None = None
    step: float | None = None
    choices: tuple[Choice, ...] = ()
    multi_line: bool = False
    depends_on: str = ""
    renamed_from: str = ""

    def problem(self, value: object) -> str | None:
        """What is wrong with `value`, in words that name what came and what is expected; None when it fits."""
        check = _CHECKS.get(self.kind)
        return check(self, value) if check else None

    def to_json(self) -> dict[str, Any]:
        """Plain data without the fields that are at their defaults."""
        bare = {f.name: f.default for f in fields(self)}
        return {key: value for key, value in asdict(self).items() if key in _ALWAYS or value != bare[key]}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> ParameterSpec:
        """The inverse of `to_json`."""
        choices = tuple(Choice(**row) for row in data.get("choices", ()))
        return cls(**{**data, "choices": choices})


_ALWAYS: Final = frozenset({"id", "kind", "default"})


def _number(spec: ParameterSpec, value: object) -> str | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return f"got {value!r}, expected a number"
    if isinstance(value, float) and not math.isfinite(value):
        return f"got {value}, expected a finite number"
    if spec.minimum is not None and value < spec.minimum:
        return f"got {value}, expected at least {spec.minimum:g}"
    if spec.maximum is not None and value > spec.maximum:
        return f"got {value}, expected at most {spec.maximum:g}"
    return None


def _integer(spec: ParameterSpec, value: object) -> str | None:
    if isinstance(value, bool) or not isinstance(value, int):
        return f"got {value!r}, expected a whole number"
    return _number(spec, value)


def _seed(_: ParameterSpec, value: object) -> str | None:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= SEED_MAX:
        return f"got {value!r}, expected a whole number from 0 to {SEED_MAX}"
    return None


def _bool(_: ParameterSpec, value: object) -> str | None:
    return None if isinstance(value, bool) else f"got {value!r}, expected true or false"


def _text(_: ParameterSpec, value: object) -> str | None:
    return None if isinstance(value, str) else f"got {value!r}, expected text"


def _choice(spec: ParameterSpec, value: object) -> str | None:
    known = [choice.value for choice in spec.choices]
    return None if value in known else f"got {value!r}, expected one of {', '.join(known)}"


def _colour(_: ParameterSpec, value: object) -> str | None:
    fits = isinstance(value, str) and _COLOUR.fullmatch(value)
    return None if fits else f"got {value!r}, expected a colour such as #a0522d"


def _asset(_: ParameterSpec, value: object) -> str | None:
    fits = isinstance(value, str) and (not value or _SHA256.fullmatch(value))
    return None if fits else f"got {value!r}, expected the sha256 of an asset, or nothing"


_CHECKS: Final = {
    "bool": _bool,
    "int": _integer,
    "float": _number,
    "text": _text,
    "choice": _choice,
    "colour": _colour,
    "seed": _seed,
    "image": _asset,
    "mask": _asset,
    "model": _text,
    "preprocessor": _text,
}
