"""Params: one pydantic class per contribution, and the ParameterSpecs that every host reads from it."""

from __future__ import annotations

import typing
from collections.abc import Mapping
from typing import Any, Final

import annotated_types
import pydantic
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails, PydanticCustomError, PydanticUndefined

from sfumato.errors import InvalidRecipe, Violation
from sfumato.parameters import Choice, ParameterSpec, Value

#: The type of an error whose words are those of `ParameterSpec.problem`.
_UNFIT: Final = "unfit"
#: The kinds whose annotation, `str` or `int`, lets through what is none of them.
_NARROWER: Final = ("choice", "colour", "seed")


class Params(pydantic.BaseModel):
    """Base of every contribution's parameters. Unknown ones are refused; values cannot change afterwards."""

    model_config = pydantic.ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    @pydantic.field_validator("*")
    @classmethod
    def _fits(cls, value: Any, info: pydantic.ValidationInfo) -> Any:
        spec = next(spec for spec in specs_of(cls) if spec.id == info.field_name)
        if spec.kind in _NARROWER and (problem := spec.problem(value)):
            raise PydanticCustomError(_UNFIT, "{problem}", {"problem": problem})
        return value


def Field(  # noqa: N802 - the name that pydantic taught everybody
    default: Value,
    *,
    ge: float | None = None,
    le: float | None = None,
    display: tuple[float, float] | None = None,
    step: float | None = None,
    label: str = "",
    help: str = "",
    unit: str = "",
    group: str = "",
    kind: str = "",
    choices: Mapping[str, str] | None = None,
    multi_line: bool = False,
    depends_on: str = "",
    renamed_from: str = "",
) -> Any:
    """One parameter: hard range `ge`..`le`, slider range `display`, `step`, `unit`, `group`, `help`.

    `kind` overrides what the annotation says where it cannot (colour, seed, image, mask, model, preprocessor).
    `choices` maps the stored strings to their labels; a `Literal` annotation alone does too, with the strings as
    labels. `depends_on` names a parameter without which this one has no effect.
    """
    shown: Any = {
        "display": display, "step": step, "unit": unit, "group": group, "kind": kind, "multi_line": multi_line,
        "choices": dict(choices or {}), "depends_on": depends_on, "renamed_from": renamed_from,
    }  # fmt: skip
    return pydantic.Field(default, ge=ge, le=le, title=label or None, description=help or None, json_schema_extra=shown)


def specs_of(params: type[Params]) -> tuple[ParameterSpec, ...]:
    """The ParameterSpecs of a Params class, in the order of its fields."""
    hints = typing.get_type_hints(params)
    return tuple(_spec(name, info, hints[name]) for name, info in params.model_fields.items())


def build(params: type[Params], values: Mapping[str, Value], *, field: str) -> Params:
    """The validated parameters. Raises InvalidRecipe with paths below `field` (`sampler.params.eta`)."""
    renamed = {spec.renamed_from: spec.id for spec in specs_of(params) if spec.renamed_from}
    try:
        return params(**{renamed.get(key, key): value for key, value in values.items()})
    except pydantic.ValidationError as error:
        rows = [(".".join([field, *map(str, e["loc"])]), _said(e)) for e in error.errors()]
        raise InvalidRecipe([Violation(field=path, description=said) for path, said in rows]) from error


def _said(error: ErrorDetails) -> str:
    if error["type"] == "extra_forbidden":
        return "no such parameter"
    if error["type"] == "value_error":  # by a validator of the plugin's, in words that need none of ours
        return str(error["ctx"]["error"])
    return error["msg"] if error["type"] == _UNFIT else f"got {error['input']!r}: {error['msg']}"


def _spec(name: str, info: FieldInfo, annotation: Any) -> ParameterSpec:
    if info.default is PydanticUndefined:
        raise TypeError(f"parameter {name!r} has no default; every parameter needs one")
    extra = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
    choices = _choices(annotation, typing.cast("dict[str, str]", extra.get("choices") or {}))
    display: Any = extra.get("display") or (None, None)
    return ParameterSpec(
        id=name,
        kind=str(extra.get("kind") or ("choice" if choices else _kind(name, annotation))),
        default=info.default,
        label=info.title or name.replace("_", " ").capitalize(),
        help=info.description or "",
        group=str(extra.get("group") or ""),
        unit=str(extra.get("unit") or ""),
        minimum=_bound(info, annotated_types.Ge, "ge"),
        maximum=_bound(info, annotated_types.Le, "le"),
        display_minimum=display[0],
        display_maximum=display[1],
        step=typing.cast("float | None", extra.get("step")),
        choices=choices,
        multi_line=bool(extra.get("multi_line")),
        depends_on=str(extra.get("depends_on") or ""),
        renamed_from=str(extra.get("renamed_from") or ""),
    )


_KINDS: dict[Any, str] = {bool: "bool", int: "int", float: "float", str: "text"}


def _kind(name: str, annotation: Any) -> str:
    if annotation not in _KINDS:
        raise TypeError(f"parameter {name!r} is annotated {annotation}; expected bool, int, float, str or Literal")
    return _KINDS[annotation]


def _choices(annotation: Any, labels: Mapping[str, str]) -> tuple[Choice, ...]:
    values = typing.get_args(annotation) if typing.get_origin(annotation) is typing.Literal else tuple(labels)
    return tuple(Choice(value=value, label=labels.get(value, value)) for value in values)


def _bound(info: FieldInfo, kind: type, attribute: str) -> float | None:
    return next((float(getattr(item, attribute)) for item in info.metadata if isinstance(item, kind)), None)
