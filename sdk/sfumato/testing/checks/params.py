"""Checks of parameters: they travel unharmed, their bounds hold, and nothing that anybody sends makes them crash."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from typing import Any, Final

from sfumato import wire
from sfumato.catalogue import nearest
from sfumato.errors import InvalidRecipe
from sfumato.parameters import SEED_MAX, ParameterSpec, Value, type_names
from sfumato.plugin._params import build
from sfumato.testing.check import EVERY, check
from sfumato.testing.outcome import Failed, Skipped, Warned, require
from sfumato.testing.subject import Subject
from sfumato.v1 import parameters_pb2

_FUZZED: Final = 300
#: What hosts, scripts and files of other versions send.
_JUNK: Final[tuple[Any, ...]] = (
    None, True, False, 0, -1, 1, 2**63, -(2**63), 2**200, 0.0, -0.0, 1e308, -1e308, 5e-324, float("nan"),
    float("inf"), "", " ", "0", "nan", "\x00", "\ud7ff", "a" * 10_000, "#ffffff", [], [1], {}, {"a": 1}, b"",
)  # fmt: skip


@check(EVERY)
def parameters_travel(subject: Subject) -> None:
    """Parameter descriptions are of known kinds and come through JSON and the wire as they were; defaults fit."""
    for spec in subject.specs:
        said = f"parameter {spec.id} is of the kind {spec.kind!r}, for which no host has a widget"
        require(spec.kind in type_names, said + nearest(spec.kind, type_names))
        told = ParameterSpec.from_json(json.loads(json.dumps(spec.to_json())))
        require(told == spec, f"parameter {spec.id} came through JSON as {told}, expected {spec}")
        sent = parameters_pb2.ParameterSpec.FromString(wire.spec_to_message(spec).SerializeToString())
        require(wire.spec_from_message(sent) == spec, f"parameter {spec.id} came through the wire as another")
        problem = spec.problem(spec.default)
        require(problem is None, f"parameter {spec.id} has a default that does not fit: {problem}")
    plain = {spec.id: spec.default for spec in subject.specs}
    given = build(subject.contribution.Params, plain, field="params").model_dump()
    require(given == plain, f"made {given} of its own defaults, expected {plain}")


@check(EVERY)
def bounds_hold(subject: Subject) -> None:
    """A value at a bound is taken, one beyond is refused by name, and so is a parameter that is not there."""
    loose = []
    for spec in subject.specs:
        if spec.choices:
            _refuses(subject, spec.id, "no such choice")
            for choice in spec.choices:
                _takes(subject, spec.id, choice.value)
        elif spec.kind in ("int", "float"):
            loose += [spec.id] if _bounded(subject, spec) else []
    _refuses(subject, "no_such_parameter", 1)
    if loose:
        raise Warned(
            f"no bounds for {', '.join(loose)}; a host can show a slider only between sf.Field(ge=..., le=...)"
        )


def _bounded(subject: Subject, spec: ParameterSpec) -> bool:
    """Check one number's bounds; whether one is missing."""
    whole = int if spec.kind == "int" else float
    for bound, away in ((spec.minimum, -1), (spec.maximum, 1)):
        if bound is not None:
            _takes(subject, spec.id, whole(bound))
            _refuses(subject, spec.id, whole(bound + away * max(1.0, abs(bound) * 0.01)))
    for shown in (spec.display_minimum, spec.display_maximum):
        if shown is not None:
            problem = spec.problem(whole(shown))
            require(problem is None, f"parameter {spec.id} has a slider that ends outside its range: {problem}")
    return spec.minimum is None or spec.maximum is None


def _takes(subject: Subject, name: str, value: Value) -> None:
    try:
        build(subject.contribution.Params, {name: value}, field="params")
    except InvalidRecipe as error:
        raise Failed(f"refused {name} = {value!r}, which its description allows: {error}") from error


def _refuses(subject: Subject, name: str, value: Value) -> None:
    try:
        build(subject.contribution.Params, {name: value}, field="params")
    except InvalidRecipe as error:
        fields = [violation.field for violation in error.violations]
        require(any(name in field for field in fields), f"refused {name} = {value!r}, but blamed {fields}")
    else:
        raise Failed(f"took {name} = {value!r}, which its description rules out")


@check(EVERY)
def junk_is_refused_cleanly(subject: Subject) -> None:
    """Whatever is sent for a parameter is either taken or refused by name; what its description allows is taken."""
    if not subject.specs:
        raise Skipped("has no parameters")
    random_ = subject.random("junk")
    for _ in range(_FUZZED):
        spec = random_.choice(subject.specs)
        value = random_.choice((random_.choice(_JUNK), fitting(spec, random_)))
        _answers(subject.contribution.Params, spec, value)


def _answers(params: Any, spec: ParameterSpec, value: Any) -> None:
    try:
        build(params, {spec.id: value}, field="params")
    except InvalidRecipe as error:
        fits = spec.problem(value) is None and spec.kind not in ("text", "model", "preprocessor", "image", "mask")
        require(not fits, f"refused {spec.id} = {value!r:.60}, which its description allows: {error}")
    except Exception as error:
        said = f"{type(error).__name__} for {spec.id} = {value!r:.60}, expected it to be taken or refused: {error}"
        raise Failed(f"raised {said}") from error


def fitting(spec: ParameterSpec, random_: random.Random) -> Value:
    """A value that the description allows; often one of its limits."""
    match spec.kind:
        case "bool":
            return random_.random() < 0.5
        case "choice":
            return random_.choice(spec.choices).value
        case "int":
            low, high = _span(spec, random_)
            return random_.choice((int(low), int(high), random_.randint(int(low), int(high))))
        case "float":
            low, high = _span(spec, random_)
            return random_.choice((low, high, random_.uniform(low, high)))
        case "seed":
            return random_.choice((0, SEED_MAX, random_.randrange(SEED_MAX)))
        case "colour":
            return f"#{random_.randrange(2**24):06x}"
        case "text":
            return random_.choice(("", "moss", "wet stone, ünder ~ moss", "(brick:1.3) wall\nold", str(spec.default)))
        case _:
            return spec.default


def _span(spec: ParameterSpec, random_: random.Random) -> tuple[float, float]:
    """The hard range, or now and then the slider's."""
    shown = spec.display_minimum, spec.display_maximum
    hard = spec.minimum, spec.maximum
    low, high = shown if None not in shown and random_.random() < 0.5 else hard
    default = float(spec.default) if not isinstance(spec.default, str) else 0.0
    low = default - 100 if low is None else low
    return float(low), float(max(default, low) + 100 if high is None else high)


def fitting_values(subject: Subject, random_: random.Random) -> Mapping[str, Value]:
    """Some of the parameters, with values that fit."""
    chosen = [spec for spec in subject.specs if random_.random() < 0.7 and spec.kind not in ("image", "mask")]
    return {spec.id: fitting(spec, random_) for spec in chosen}
