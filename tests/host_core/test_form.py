"""ParameterSpecs become widgets: every kind, and what nobody has heard of yet."""

import json
from pathlib import Path

import pytest

from host_adapters.core.catalogue import Catalogue
from host_adapters.core.form import SEED_MAX, Choice, Form
from sfumato.parameters import type_names

SPECS = [
    {"id": "on", "kind": "bool", "default": True, "label": "On", "help": "Whether it acts.", "group": "Advanced"},
    {"id": "low", "kind": "int", "default": 3, "minimum": 0, "maximum": 255, "display_minimum": 1,
     "display_maximum": 9},
    {"id": "any", "kind": "int", "default": 3},
    {
        "id": "scale", "kind": "float", "default": 0.5, "minimum": 0.0, "maximum": 2.0, "step": 0.05, "unit": "px",
        "depends_on": "on", "renamed_from": "amount",
    },
    {"id": "sigma", "kind": "float", "default": 1.0},
    {"id": "subject", "kind": "text", "default": "cat"},
    {"id": "story", "kind": "text", "default": "", "multi_line": True},
    {"id": "method", "kind": "choice", "default": "b",
     "choices": [{"value": "a", "label": "First"}, {"value": "b", "label": ""}]},
    {"id": "ink", "kind": "colour", "default": "#a0522d"},
    {"id": "seed", "kind": "seed", "default": 0},
    {"id": "picture", "kind": "image", "default": ""},
    {"id": "hint", "kind": "mask", "default": ""},
    {"id": "network", "kind": "model", "default": ""},
    {"id": "map_maker", "kind": "preprocessor", "default": "acme.lost"},
    {"id": "curve", "kind": "bezier", "default": "0,0 1,1", "label": "Curve"},
    {"id": "odd", "kind": "int", "default": "three"},
]  # fmt: skip
SNAPSHOT = Path(__file__).with_name("form_snapshot.json")


@pytest.fixture
def form():
    return Form.of(SPECS, [Choice("control.depth", "Depth"), Choice("control.canny", "Canny edges")])


def test_every_kind_has_its_widget(form):
    """Delete the snapshot to have it written anew, and look at the difference."""
    rows = [
        {name: value for name, value in widget._asdict().items() if value not in (None, "", (), 0)}
        for widget in form.widgets
    ]
    found = json.loads(json.dumps(rows))
    if not SNAPSHOT.exists():
        SNAPSHOT.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")

    assert found == json.loads(SNAPSHOT.read_text(encoding="utf-8"))


def test_no_kind_of_the_sdk_is_unknown(form):
    known = {widget.source_kind for widget in form.widgets if widget.kind != "display"}

    assert known == set(type_names)


def test_an_unknown_kind_is_shown_and_neither_changed_nor_sent(form):
    assert form.widget("curve").kind == form.widget("odd").kind == "display"
    assert form.values({"curve": "1,1 0,0"})["curve"] == "0,0 1,1"
    assert form.params({"curve": "1,1 0,0"}) == {}


@pytest.mark.parametrize(
    ("parameter", "given", "kept"),
    [
        ("on", False, False),
        ("on", "no", True),
        ("low", 700, 255),
        ("low", -1, 0),
        ("low", 10, 10),
        ("low", 2.6, 3),
        ("low", True, 3),
        ("low", float("nan"), 3),
        ("any", 10**30, 10**30),
        ("scale", 5, 2.0),
        ("scale", float("inf"), 0.5),
        ("subject", 5, "cat"),
        ("method", "a", "a"),
        ("method", "c", "b"),
        ("ink", "#A0522E", "#a0522e"),
        ("ink", "red", "#a0522d"),
        ("seed", -5, 0),
        ("seed", 2**70, SEED_MAX),
        ("picture", {"layer": "one"}, {"layer": "one"}),
        ("picture", {"layer": ""}, ""),
        ("picture", "f" * 64, "f" * 64),
        ("picture", "/etc/passwd", ""),
    ],
)
def test_values_are_brought_into_their_range(form, parameter, given, kept):
    assert form.values({parameter: given})[parameter] == kept


def test_only_what_differs_from_the_defaults_is_sent(form):
    assert form.params({"on": True, "low": 4, "unknown": 1}) == {"low": 4}


def test_a_model_presets_what_is_shown_and_what_differs(form):
    preset = form.preset({"low": 5, "amount": 0.75, "unknown": 1, "method": "no such"})

    assert preset.values({}) == {**form.values({}), "low": 5, "scale": 0.75}
    assert preset.params({"low": 5, "scale": 0.5}) == {"scale": 0.5}
    assert preset.widget("low")._replace(default=3) == form.widget("low")


def test_a_value_is_found_under_its_old_name(form):
    assert form.values({"amount": 0.75})["scale"] == 0.75
    assert form.values({"amount": 0.75, "scale": 0.25})["scale"] == 0.25


def test_what_depends_on_another_is_enabled_with_it(form):
    assert form.enabled("scale", {"on": True})
    assert not form.enabled("scale", {"on": False})
    assert form.enabled("low", {})


def test_dependencies_are_followed_and_circles_end():
    chain = Form.of(
        [
            {"id": "a", "kind": "bool", "default": False, "depends_on": "c"},
            {"id": "b", "kind": "bool", "default": True, "depends_on": "a"},
            {"id": "c", "kind": "bool", "default": True, "depends_on": "b"},
        ]
    )

    assert not chain.enabled("b", {"a": False, "b": True, "c": True})
    assert not chain.enabled("c", {"a": False, "b": True, "c": True})
    assert chain.enabled("c", {"a": True, "b": True, "c": True})


def test_groups_keep_the_order_of_the_form(form):
    assert [name for name, _ in form.groups()] == ["Advanced", ""]


def test_a_preprocessor_is_chosen_among_those_of_all_plugins():
    net = {"id": "acme.net", "kind": "conditioner", "parameters": [{"id": "by", "kind": "preprocessor", "default": ""}]}
    edges = {"id": "other.edges", "kind": "preprocessor", "label": "Edges"}
    (widget,) = Catalogue({"contributions": [net, edges]}).contribution("acme.net").form.widgets

    assert widget.choices == (Choice("", "None"), Choice("other.edges", "Edges"))
    assert widget.cleaned("other.edges") == "other.edges"
    assert widget.cleaned("lost.edges") == ""


@pytest.mark.parametrize(
    "rubbish", [[None], [{}], [{"id": ""}], ["text"], [{"id": "a"}], [{"id": "a", "kind": "choice"}]]
)
def test_damaged_specs_make_no_trouble(rubbish):
    assert all(widget.kind == "display" for widget in Form.of(rubbish).widgets)


def test_digits_show_the_step(form):
    assert form.widget("scale").decimals == 2
    fine = Form.of([{"id": "a", "kind": "float", "default": 0.0, "step": 0.001}])
    assert fine.widgets[0].decimals == 3
