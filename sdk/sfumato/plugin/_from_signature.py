"""Params from a signature: what somebody else's sampler takes becomes typed parameters that every host can show."""

from __future__ import annotations

import inspect
import math
import typing
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, Literal

import pydantic
from pydantic.fields import FieldInfo

from sfumato.plugin._params import Field, Params

#: What everybody calls these, and means by them; a signature tells no range.
_KNOWN: Final[Mapping[str, Mapping[str, Any]]] = {
    "eta": {"ge": 0, "le": 1, "step": 0.05, "help": "How much fresh noise each step adds; 0 is none."},
    "s_churn": {"ge": 0, "le": 1000, "display": (0, 100), "label": "Churn", "group": "Churn",
        "help": "How much noise is added and removed again over all steps; 0 is none."},
    "s_tmin": {"ge": 0, "le": 1e6, "display": (0, 10), "label": "Churn from sigma", "group": "Churn",
        "help": "No churn below this noise level."},
    "s_tmax": {"ge": 0, "le": 1e6, "display": (0, 100), "label": "Churn up to sigma", "group": "Churn",
        "help": "No churn above this noise level."},
    "s_noise": {"ge": 0, "le": 10, "display": (0.9, 1.1), "label": "Noise scale",
        "help": "Standard deviation of the added noise."},
    "order": {"ge": 1, "le": 4, "help": "How many predictions a step is made from."},
    "solver_order": {"ge": 1, "le": 3, "help": "How many predictions a step is made from."},
    "predictor_order": {"ge": 1, "le": 4, "help": "How many predictions the predictor is made from."},
    "corrector_order": {"ge": 1, "le": 4, "help": "How many predictions the corrector is made from."},
    "r": {"ge": 0.05, "le": 1, "step": 0.05, "label": "Midpoint",
        "help": "Where in the step the second evaluation is, as a share of its log-sigma length."},
    "rtol": {"ge": 1e-6, "le": 1, "label": "Relative tolerance", "help": "Which error of a step is accepted."},
    "atol": {"ge": 1e-6, "le": 1, "label": "Absolute tolerance", "help": "Which error of a step is accepted."},
    "h_init": {"ge": 1e-4, "le": 10, "label": "First step", "help": "Length of the first step in log-sigma."},
    "accept_safety": {"ge": 0.1, "le": 1, "help": "How careful the step size is."},
    "dynamic_thresholding_ratio": {"ge": 0.5, "le": 1, "step": 0.005, "depends_on": "thresholding"},
    "sample_max_value": {"ge": 1, "le": 100, "depends_on": "thresholding"},
    "clip_sample_range": {"ge": 0.1, "le": 100, "depends_on": "clip_sample"},
}  # fmt: skip
#: In the place of infinity, which neither a slider nor JSON can hold; beyond every noise level.
_ENDLESS: Final = 1e6


def signature_of(function: Callable[..., Any]) -> Mapping[str, inspect.Parameter]:
    """The parameters by name, with annotations that can be looked at where their names can be found.

    Raises TypeError for what has no signature.
    """
    try:
        return inspect.signature(function, eval_str=True).parameters
    except NameError:
        return inspect.signature(function).parameters
    except (TypeError, ValueError) as error:
        raise TypeError(f"got {function!r}, expected a function or class whose signature can be read") from error


def readable(parameter: inspect.Parameter) -> bool:
    """Whether a parameter has a default that is a number, a text or a choice."""
    return isinstance(parameter.default, bool | int | float | str) and parameter.default != -math.inf


def params_of(
    parameters: Iterable[inspect.Parameter],
    fields: Mapping[str, Any] | None = None,
    defaults: Mapping[str, Any] | None = None,
) -> type[Params]:
    """A Params class with one field for each parameter, or the `sf.Field` that `fields` has for it.

    `defaults` are those that differ from the signature's. Raises TypeError for a field that is no parameter.
    """
    found = {each.name: each for each in parameters}
    given = dict(fields or {})
    if unknown := given.keys() - found.keys():
        raise TypeError(f"fields has {sorted(unknown)}, expected some of {sorted(found)}")
    hints = {name: _hinted(each, given.get(name), (defaults or {}).get(name)) for name, each in found.items()}
    model: type[Params] = pydantic.create_model("Params", __base__=Params, **typing.cast("Any", hints))
    return model


def _hinted(parameter: inspect.Parameter, given: FieldInfo | None, default: Any) -> tuple[Any, FieldInfo]:
    """What pydantic takes as a field: its annotation, and what is known of it."""
    default = parameter.default if default is None else default
    choices = _choices(parameter)
    if given is not None:
        extra = given.json_schema_extra if isinstance(given.json_schema_extra, dict) else {}
        choices = tuple(typing.cast("Mapping[str, str]", extra.get("choices") or {})) or choices
        return _annotation(given.default, choices), given
    shown = Field(_ENDLESS if default == math.inf else default, **_KNOWN.get(parameter.name, {}))
    return _annotation(default, choices), shown


def _annotation(default: Any, choices: tuple[str, ...]) -> Any:
    return Literal[choices] if default in choices else type(default)


def _choices(parameter: inspect.Parameter) -> tuple[str, ...]:
    """The texts of a Literal annotation, without those that would need another network than there is."""
    if typing.get_origin(parameter.annotation) is not Literal:
        return ()
    texts = typing.get_args(parameter.annotation)
    return tuple(text for text in texts if isinstance(text, str) and not text.startswith("learned"))
