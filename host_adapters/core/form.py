"""Forms: ParameterSpecs as abstract widgets, for whatever toolkit a host has."""

import math
import re
from typing import Any, Callable, Dict, List, Mapping, NamedTuple, Optional, Sequence, Tuple, Union

Value = Union[bool, int, float, str]

SEED_MAX = 2**63 - 1
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_SHA256 = re.compile(r"[0-9a-f]{64}")


class Choice(NamedTuple):
    """One option: what is stored, and the words that are shown."""

    value: str
    label: str


class Widget(NamedTuple):
    """One parameter as a widget.

    `kind` is switch, int_slider, int_field, float_slider, float_field, text, text_area, choice, colour, seed, image,
    mask, model or display; a display shows `default` and cannot be changed. `minimum` and `maximum` are what may be
    typed, `display_minimum` and `display_maximum` the ends of a slider. A picture's value is "", a sha256, or
    `{"layer": key}`. `source_kind` is the parameter's kind as the plugin says it.
    """

    id: str
    kind: str
    source_kind: str
    label: str
    help: str
    group: str
    unit: str
    default: Value
    minimum: Optional[float] = None
    maximum: Optional[float] = None
    display_minimum: Optional[float] = None
    display_maximum: Optional[float] = None
    step: Optional[float] = None
    decimals: int = 0
    choices: Tuple[Choice, ...] = ()
    enabled_by: str = ""
    renamed_from: str = ""

    def cleaned(self, value: Any) -> Any:
        """The value as it may be sent: brought into its range; the default where it is of another kind."""
        return _CLEANERS.get(self.kind, _default)(self, value)


class Form(NamedTuple):
    """The widgets of one contribution, in the order of the form."""

    widgets: Tuple[Widget, ...] = ()

    @classmethod
    def of(cls, specs: Sequence[Any], preprocessors: Sequence[Choice] = ()) -> "Form":
        """The form of a contribution's ParameterSpecs as JSON; a row without an id is left out.

        A parameter that names a preprocessor offers these `preprocessors`, its default, and none.
        """
        rows = [spec for spec in specs if isinstance(spec, dict) and spec.get("id")]
        return cls(tuple(_offering(_widget(row), preprocessors) for row in rows))

    def widget(self, parameter: str) -> Optional[Widget]:
        """The widget of a parameter."""
        return next((widget for widget in self.widgets if widget.id == parameter), None)

    def groups(self) -> List[Tuple[str, List[Widget]]]:
        """The widgets by group, in the order in which groups first come."""
        found: Dict[str, List[Widget]] = {}
        for widget in self.widgets:
            found.setdefault(widget.group, []).append(widget)
        return list(found.items())

    def values(self, saved: Mapping[str, Any]) -> Dict[str, Any]:
        """A value for every widget: what was saved, under an old name too and cleaned, else the default."""
        return {widget.id: widget.cleaned(_saved(widget, saved)) for widget in self.widgets}

    def params(self, saved: Mapping[str, Any]) -> Dict[str, Any]:
        """What a recipe must say: the values that differ from the defaults. Displays are never sent."""
        values = self.values(saved)
        told = (widget for widget in self.widgets if widget.kind != "display")
        return {widget.id: values[widget.id] for widget in told if values[widget.id] != widget.default}

    def preset(self, params: Mapping[str, Any]) -> "Form":
        """The same form with other defaults: what a model draws with where nobody says otherwise."""
        values = self.values(params)
        return Form(tuple(widget._replace(default=values[widget.id]) for widget in self.widgets))

    def enabled(self, parameter: str, values: Mapping[str, Any]) -> bool:
        """Whether a parameter has an effect: all that it depends on are on, not 0 and not empty."""
        widget, seen = self.widget(parameter), {parameter}
        while widget and widget.enabled_by and widget.enabled_by not in seen:
            seen.add(widget.enabled_by)
            if not values.get(widget.enabled_by):
                return False
            widget = self.widget(widget.enabled_by)
        return True


def _widget(spec: Mapping[str, Any]) -> Widget:
    kind, default = str(spec.get("kind", "")), spec.get("default")
    minimum, maximum = _number(spec.get("minimum")), _number(spec.get("maximum"))
    display_minimum, display_maximum = _number(spec.get("display_minimum")), _number(spec.get("display_maximum"))
    low = minimum if display_minimum is None else display_minimum
    high = maximum if display_maximum is None else display_maximum
    if low is not None and high is not None and low >= high:
        low = high = None
    step = _number(spec.get("step"))
    widget = Widget(
        id=str(spec["id"]),
        kind=_kind(kind, default, bool(spec.get("multi_line")), low is not None and high is not None),
        source_kind=kind,
        label=str(spec.get("label") or spec["id"]),
        help=str(spec.get("help", "")),
        group=str(spec.get("group", "")),
        unit=str(spec.get("unit", "")),
        default=default if isinstance(default, (bool, int, float, str)) else "",
        minimum=minimum,
        maximum=maximum,
        display_minimum=low,
        display_maximum=high,
        step=step if step and step > 0 else None,
        choices=_choices(spec.get("choices")),
        enabled_by=str(spec.get("depends_on", "")),
        renamed_from=str(spec.get("renamed_from", "")),
    )
    return widget._replace(decimals=_decimals(widget)) if kind == "float" else widget


def _offering(widget: Widget, preprocessors: Sequence[Choice]) -> Widget:
    if widget.kind == "display" or widget.source_kind != "preprocessor":
        return widget
    default = Choice(str(widget.default), str(widget.default))
    known = {choice.value: choice for choice in (default, *preprocessors, Choice("", "None"))}
    return widget._replace(choices=tuple(sorted(known.values(), key=lambda each: (each.value != "", each.label))))


#: The type of the default of each kind of parameter, and the widget that it becomes.
_KINDS: Dict[str, Tuple[Any, str]] = {
    "bool": (bool, "switch"),
    "int": (int, "int"),
    "float": ((int, float), "float"),
    "text": (str, "text"),
    "choice": (str, "choice"),
    "colour": (str, "colour"),
    "seed": (int, "seed"),
    "image": (str, "image"),
    "mask": (str, "mask"),
    "model": (str, "model"),
    "preprocessor": (str, "choice"),
}


def _kind(kind: str, default: Any, multi_line: bool, ranged: bool) -> str:
    """The widget of a parameter; a display where the kind is unknown, or its default is not of its kind."""
    expected, name = _KINDS.get(kind, (None, ""))
    if expected is None or not isinstance(default, expected) or (isinstance(default, bool) and kind != "bool"):
        return "display"
    if kind in ("int", "float"):
        return f"{name}_slider" if ranged else f"{name}_field"
    return "text_area" if kind == "text" and multi_line else name


def _choices(rows: Any) -> Tuple[Choice, ...]:
    listed = (
        [row for row in rows if isinstance(row, dict) and "value" in row] if isinstance(rows, (list, tuple)) else []
    )
    return tuple(Choice(str(row["value"]), str(row.get("label") or row["value"])) for row in listed)


def _decimals(widget: Widget) -> int:
    """How many digits a number needs so that its step, or a hundredth of its range, can be seen."""
    low, high = widget.display_minimum, widget.display_maximum
    span = widget.step or ((high - low) / 100 if low is not None and high is not None else 0.01)
    return min(6, max(1, math.ceil(-math.log10(span) - 1e-9)))


def _saved(widget: Widget, saved: Mapping[str, Any]) -> Any:
    if widget.id in saved:
        return saved[widget.id]
    return saved.get(widget.renamed_from) if widget.renamed_from else None


def _number(value: Any) -> Optional[float]:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return value if isinstance(value, int) or math.isfinite(value) else None


def _default(widget: Widget, _: Any) -> Any:
    return widget.default


def _switch(widget: Widget, value: Any) -> Any:
    return value if isinstance(value, bool) else widget.default


def _real(widget: Widget, value: Any) -> Any:
    number = _number(value)
    return widget.default if number is None else _within(widget, float(number))


def _whole(widget: Widget, value: Any) -> Any:
    number = _number(value)
    if number is None:
        return widget.default
    return int(_within(widget, number if isinstance(number, int) else math.floor(number + 0.5)))


def _within(widget: Widget, number: float) -> float:
    if widget.minimum is not None:
        number = max(number, widget.minimum)
    return number if widget.maximum is None else min(number, widget.maximum)


def _seed(widget: Widget, value: Any) -> Any:
    fits = isinstance(value, int) and not isinstance(value, bool)
    return min(max(value, 0), SEED_MAX) if fits else widget.default


def _text(widget: Widget, value: Any) -> Any:
    return value if isinstance(value, str) else widget.default


def _choice(widget: Widget, value: Any) -> Any:
    return value if value in [choice.value for choice in widget.choices] else widget.default


def _colour(widget: Widget, value: Any) -> Any:
    return value.lower() if isinstance(value, str) and _COLOUR.fullmatch(value) else widget.default


def _picture(widget: Widget, value: Any) -> Any:
    if isinstance(value, dict):
        return {"layer": str(value["layer"])} if value.get("layer") else widget.default
    return value if isinstance(value, str) and (not value or _SHA256.fullmatch(value)) else widget.default


_CLEANERS: Dict[str, Callable[[Widget, Any], Any]] = {
    "switch": _switch,
    "int_slider": _whole,
    "int_field": _whole,
    "float_slider": _real,
    "float_field": _real,
    "text": _text,
    "text_area": _text,
    "model": _text,
    "choice": _choice,
    "colour": _colour,
    "seed": _seed,
    "image": _picture,
    "mask": _picture,
}
