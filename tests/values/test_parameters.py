"""Parameters: one pydantic class gives typed specs, and every kind checks its values."""

from typing import Literal

import pytest
from pydantic import field_validator

import sfumato.plugin as sf
from sfumato.errors import InvalidRecipe
from sfumato.parameters import Choice, ParameterSpec
from sfumato.plugin._params import build, specs_of


class Every(sf.Params):
    eta: float = sf.Field(1.0, ge=0, le=2, display=(0, 1), step=0.1, unit="px", group="Noise", help="How much.")
    order: int = sf.Field(2, ge=1, le=3, label="Solver order")
    on: bool = sf.Field(True)
    note: str = sf.Field("", multi_line=True)
    solver: Literal["bh1", "bh2"] = sf.Field("bh2", choices={"bh1": "B1"}, depends_on="on")
    tint: str = sf.Field("#ffffff", kind="colour")
    blend: str = sf.Field("soft", choices={"soft": "Soft light", "größer": "Größer"})
    scatter: int = sf.Field(0, kind="seed")
    picture: str = sf.Field("", kind="image", renamed_from="photo")


SPECS = {spec.id: spec for spec in specs_of(Every)}


def test_a_field_becomes_a_spec_with_everything_that_was_said():
    assert SPECS["eta"] == ParameterSpec(
        id="eta", kind="float", default=1.0, label="Eta", help="How much.", group="Noise", unit="px",
        minimum=0.0, maximum=2.0, display_minimum=0, display_maximum=1, step=0.1,
    )  # fmt: skip


def test_kinds_come_from_annotations_or_are_said():
    assert {name: spec.kind for name, spec in SPECS.items()} == {
        "eta": "float",
        "order": "int",
        "on": "bool",
        "note": "text",
        "solver": "choice",
        "tint": "colour",
        "blend": "choice",
        "scatter": "seed",
        "picture": "image",
    }


def test_a_literal_gives_the_choices_in_order():
    assert SPECS["solver"].choices == (Choice(value="bh1", label="B1"), Choice(value="bh2", label="bh2"))


@pytest.mark.parametrize("spec", SPECS.values(), ids=lambda spec: spec.id)
def test_a_spec_survives_json_and_its_default_fits(spec):
    assert ParameterSpec.from_json(spec.to_json()) == spec
    assert spec.problem(spec.default) is None


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("eta", 3, "got 3, expected at most 2"),
        ("eta", -0.5, "got -0.5, expected at least 0"),
        ("eta", float("nan"), "expected a finite number"),
        ("eta", True, "expected a number"),
        ("order", 1.5, "expected a whole number"),
        ("eta", 10**400, "expected at most 2"),
        ("on", 1, "expected true or false"),
        ("note", 1, "expected text"),
        ("solver", "bh3", "expected one of bh1, bh2"),
        ("tint", "red", "expected a colour such as"),
        ("picture", "../x", "expected the sha256"),
    ],
)
def test_a_value_that_does_not_fit_is_said(name, value, words):
    assert words in SPECS[name].problem(value)


@pytest.mark.parametrize(("value", "fits"), [(0, True), (2**63 - 1, True), (2**63, False), (-1, False), (1.0, False)])
def test_seeds_are_whole_and_fit_in_63_bits(value, fits):
    assert (ParameterSpec(id="seed", kind="seed", default=0).problem(value) is None) is fits


def test_a_kind_that_nobody_knows_takes_anything():
    assert ParameterSpec(id="x", kind="curve", default="").problem(object()) is None


def test_wrong_parameters_are_named_below_their_field():
    with pytest.raises(InvalidRecipe, match=r"sampler\.params\.eta: got 9"):
        build(Every, {"eta": 9}, field="sampler.params")


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("blend", "hard", "got 'hard', expected one of soft, größer"),
        ("tint", "red", "got 'red', expected a colour such as #a0522d"),
        ("scatter", -1, f"got -1, expected a whole number from 0 to {2**63 - 1}"),
    ],
)
def test_what_a_text_or_a_number_cannot_say_is_refused_as_well(name, value, said):
    with pytest.raises(InvalidRecipe) as refused:
        build(Every, {name: value}, field="params")

    assert [(row.field, row.description) for row in refused.value.violations] == [(f"params.{name}", said)]
    assert getattr(build(Every, {name: SPECS[name].default}, field="params"), name) == SPECS[name].default


def test_what_a_plugins_own_validator_says_is_said_as_it_is():
    class Even(sf.Params):
        count: int = sf.Field(2)

        @field_validator("count")
        @classmethod
        def _even(cls, count):
            if count % 2:
                raise ValueError(f"got {count}, expected an even number")
            return count

    with pytest.raises(InvalidRecipe, match=r"^params\.count: got 3, expected an even number$"):
        build(Even, {"count": 3}, field="params")


def test_an_unknown_parameter_is_named():
    with pytest.raises(InvalidRecipe, match=r"sampler\.params\.etta"):
        build(Every, {"etta": 1}, field="sampler.params")


def test_a_renamed_parameter_still_counts_under_its_old_name():
    assert build(Every, {"photo": "a" * 64}, field="x").picture == "a" * 64


def test_parameters_cannot_change_afterwards():
    with pytest.raises(ValueError, match="frozen"):
        Every().eta = 2.0


def test_a_parameter_without_a_default_is_refused():
    class Bad(sf.Params):
        eta: float

    with pytest.raises(TypeError, match="'eta' has no default"):
        specs_of(Bad)


def test_an_annotation_without_a_widget_is_refused():
    class Bad(sf.Params):
        sizes: list[int] = sf.Field(0)

    with pytest.raises(TypeError, match="'sizes' is annotated"):
        specs_of(Bad)
