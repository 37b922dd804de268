"""Which conditioner takes the depth of a view."""

from dataclasses import replace

import pytest

from sfumato.catalogue import Catalogue, ContributionCard, ModelCard, Needs
from sfumato.parameters import Choice, ParameterSpec
from sfumato.texturing.control import BROUGHT_STRENGTH, depth_control

MODEL = ModelCard(id="m", title="", family="f", architecture="", prediction_type="eps", native_size_px=512)
IMAGE = ParameterSpec(id="image", kind="image", default="")
NETWORK = ParameterSpec(id="model", kind="model", default="")
STRENGTH = ParameterSpec(id="strength", kind="float", default=1.0)


def found(*parameters, description="", families=(), model=MODEL, **options):
    card = ContributionCard(
        id="x.follow", kind="conditioner", label="Follow", description=description, plugin="p", plugin_version="1",
        capability="sfumato.conditioner/1", parameters=parameters, needs=Needs(families=families),
    )  # fmt: skip
    return depth_control(Catalogue(models=(model,), contributions=(card,)), "m", **options)


def test_one_that_speaks_of_depth_and_takes_a_picture_is_found():
    control = found(IMAGE, description="Follows the depth.", families=("f",))

    assert control.selection("sha").to_json() == {"id": "x.follow", "params": {"image": "sha"}}


@pytest.mark.parametrize(
    ("parameters", "options"),
    [
        ((IMAGE,), {"description": "Follows edges."}),
        ((), {"description": "depth"}),
        ((IMAGE,), {"description": "depth", "families": ("other",)}),
        ((IMAGE, NETWORK), {"description": "depth"}),
    ],
    ids=["other map", "no picture", "other family", "no network"],
)
def test_what_does_not_fit_is_not_taken(parameters, options):
    assert found(*parameters, **options) is None


def test_one_with_a_network_of_its_own_is_taken_where_that_is_named():
    control = found(IMAGE, NETWORK, description="edges, depth, poses", network="/nets/depth")

    assert control.selection("sha").params == {"model": "/nets/depth", "image": "sha"}


def test_a_choice_of_maps_is_set_to_depth():
    options = (Choice(value="canny", label="Edges"), Choice(value="depth", label="Depth"))
    mode = ParameterSpec(id="mode", kind="choice", default="canny", choices=options)

    assert found(IMAGE, mode).params == {"mode": "depth"}


@pytest.mark.parametrize(("control", "params"), [("depth", {"image": "sha"}), ("canny", None), ("", None)])
def test_a_model_that_brings_a_network_for_depth_needs_no_other(control, params):
    follow = found(IMAGE, NETWORK, description="edges, depth, poses", model=replace(MODEL, control=control))

    assert (follow and follow.selection("sha").params) == params


@pytest.mark.parametrize(
    ("options", "params"),
    [
        ({}, {"strength": BROUGHT_STRENGTH}),
        ({"strength": 1.5}, {"strength": 1.5}),
        ({"network": "/nets/depth"}, {"model": "/nets/depth"}),
        ({"network": "/nets/depth", "strength": 0.7}, {"model": "/nets/depth", "strength": 0.7}),
    ],
    ids=["the model's own", "told", "another network", "another network, told"],
)
def test_the_models_own_network_is_followed_gently_and_others_as_their_conditioner_has_it(options, params):
    model = replace(MODEL, control="depth")
    control = found(IMAGE, NETWORK, STRENGTH, description="depth", model=model, **options)

    assert control.selection("sha").params == {**params, "image": "sha"}


def test_a_strength_of_nothing_is_no_control():
    assert found(IMAGE, STRENGTH, description="depth", strength=0.0) is None
