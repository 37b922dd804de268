"""Values survive the wire, and errors arrive as what they were."""

import pytest
from google.rpc import error_details_pb2

from sfumato import errors, wire
from sfumato.catalogue import ContributionCard, ModelCard, PluginCard
from sfumato.parameters import Choice, ParameterSpec
from sfumato.recipe import Margins, Recipe, Selection
from sfumato.v1 import parameters_pb2

RECIPE = Recipe(
    model="ground",
    prompt="mossy red brick",
    width_px=256,
    height_px=128,
    seed=2**62,
    steps=20,
    sampler=Selection(id="sfumato.euler", params={"s_churn": 0.5, "name": "a", "on": True, "n": 3}),
    schedule=Selection(id="sfumato.karras"),
    guider=Selection(id="sfumato.cfg", params={"scale": 4.0}),
    tile="xy",
    init="a" * 64,
    strength=0.25,
    outpaint=Margins(left_px=64),
)


def test_a_recipe_survives_the_wire_with_the_types_of_its_parameters():
    back = wire.recipe_from_message(wire.recipe_to_message(RECIPE))

    assert back == RECIPE
    assert {k: type(v) for k, v in back.sampler.params.items()} == {"s_churn": float, "name": str, "on": bool, "n": int}
    assert back.digest == RECIPE.digest


def test_what_a_request_leaves_out_stays_out():
    assert wire.request_from_message(wire.request_to_message({"prompt": "sand"})) == {"prompt": "sand"}


def test_zero_is_not_the_same_as_absent():
    assert wire.request_from_message(wire.request_to_message({"prompt": "", "seed": 0}))["seed"] == 0


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("steps", "many", "got 'many'"),
        ("seed", 2**70, "far out of range"),
        ("strength", 10**400, "far out of range"),
        ("step", 5, "no such field; did you mean steps?"),
    ],
)
def test_what_the_wire_cannot_carry_is_named(field, value, said):
    with pytest.raises(errors.InvalidRecipe, match=rf"^{field}: .*{said}"):
        wire.request_to_message({"prompt": "sand", field: value})


@pytest.mark.parametrize(
    "spec",
    [
        ParameterSpec(id="eta", kind="float", default=1.0, minimum=0.0, display_maximum=0.0, step=0.1),
        ParameterSpec(id="solver", kind="choice", default="a", choices=(Choice(value="a", label="A"),)),
        ParameterSpec(id="on", kind="bool", default=True, depends_on="eta", renamed_from="enabled"),
    ],
    ids=lambda spec: spec.id,
)
def test_a_parameter_spec_survives_the_wire(spec):
    assert wire.spec_from_message(wire.spec_to_message(spec)) == spec


def test_an_unset_value_is_an_empty_string():
    assert wire.value_from_message(parameters_pb2.ParameterValue()) == ""


def test_cards_survive_the_wire():
    model = ModelCard(
        id="ground", title="Ground", family="sfumato.stable-diffusion", architecture="sd1",
        prediction_type="epsilon", native_size_px=256, control="depth",
        default_guider=Selection(id="sfumato.cfg", params={"scale": 3.0}),
    )  # fmt: skip
    card = ContributionCard(
        id="a.b", kind="sampler", label="B", description="", plugin="a", plugin_version="1",
        capability="sfumato.sampler/1",
        parameters=(ParameterSpec(id="eta", kind="float", default=1.0),),
    )  # fmt: skip
    plugin = PluginCard(name="a", version="1", error="no")

    assert wire.model_from_message(wire.model_to_message(model)) == model
    assert wire.contribution_from_message(wire.contribution_to_message(card)) == card
    assert wire.plugin_from_message(wire.plugin_to_message(plugin)) == plugin


def _every_error() -> list[errors.SfumatoError]:
    offered = [k for k in errors.SfumatoError.__subclasses__() if k.__module__ == errors.__name__]
    kinds = [k for k in offered if k is not errors.InvalidRecipe]
    return [kind("what came, what was expected", plugin="acme", step=3) for kind in kinds]


@pytest.mark.parametrize("error", _every_error(), ids=lambda error: type(error).__name__)
def test_an_error_arrives_as_what_it_was(error):
    back = wire.error_of(wire.status_of(error))

    assert (type(back), str(back), back.metadata) == (type(error), str(error), {"plugin": "acme", "step": "3"})


def test_wrong_fields_travel_as_a_bad_request_with_their_paths():
    error = errors.InvalidRecipe.of("guider.params.scale", "got NaN, expected a finite number")
    status = wire.status_of(error)
    detail = error_details_pb2.BadRequest()

    assert any(row.Unpack(detail) for row in status.details)
    assert detail.field_violations[0].field == "guider.params.scale"
    assert wire.error_of(status).violations == error.violations


def test_every_status_carries_an_error_info():
    for error in _every_error():
        info = error_details_pb2.ErrorInfo()
        assert wire.status_of(error).details[0].Unpack(info)
        assert (info.domain, info.reason) == ("sfumato", error.reason)
