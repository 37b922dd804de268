"""Requests become complete recipes, or violations that name the field, what came and what was expected."""

import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sfumato.border import complete
from sfumato.catalogue import Catalogue, PluginCard
from sfumato.errors import InvalidRecipe
from sfumato.recipe import Margins, Recipe, Selection
from tests.values.cards import CATALOGUE

SHA = "0" * 64


def violations(request, canvas=None) -> dict[str, str]:
    with pytest.raises(InvalidRecipe) as caught:
        complete(request, CATALOGUE, canvas=canvas)
    return {v.field: v.description for v in caught.value.violations}


def test_a_prompt_alone_takes_everything_from_the_model():
    recipe = complete({"prompt": "sand", "seed": 7}, CATALOGUE)

    assert recipe == Recipe(
        model="ground",
        prompt="sand",
        width_px=256,
        height_px=256,
        seed=7,
        steps=12,
        sampler=Selection(id="sfumato.dpmpp-2m"),
        schedule=Selection(id="sfumato.model-default"),
        guider=Selection(id="sfumato.cfg", params={"scale": 4.0}),
    )


def test_an_absent_seed_is_drawn_anew():
    seeds = {complete({"prompt": "sand"}, CATALOGUE).seed for _ in range(20)}

    assert len(seeds) > 1


def test_a_complete_recipe_stays_as_it_is():
    recipe = complete({"prompt": "sand", "tile": "xy", "count": 3}, CATALOGUE)

    assert complete(recipe.to_json(), CATALOGUE) == recipe


def test_none_is_the_same_as_absent():
    request = {"prompt": "sand", "seed": 1, "steps": None, "width_px": None, "sampler": None}

    assert complete(request, CATALOGUE) == complete({"prompt": "sand", "seed": 1}, CATALOGUE)


def test_a_short_id_stands_for_the_only_contribution_of_that_name():
    recipe = complete({"prompt": "", "sampler": {"id": "dpmpp-2m-sde", "params": {"solver": "midpoint"}}}, CATALOGUE)

    assert recipe.sampler == Selection(id="sfumato.dpmpp-2m-sde", params={"solver": "midpoint"})


def test_a_short_id_of_two_contributions_is_refused():
    assert "sampler.id" in violations({"prompt": "", "sampler": {"id": "twin"}})


def test_parameters_without_an_id_belong_to_the_default():
    recipe = complete({"prompt": "", "guider": {"params": {"scale": 2.0}}}, CATALOGUE)

    assert recipe.guider == Selection(id="sfumato.cfg", params={"scale": 2.0})


def test_the_initial_image_gives_the_size_and_margins_grow_it():
    request = {"prompt": "", "init": SHA, "outpaint": {"left_px": 64, "bottom_px": 8}}
    recipe = complete(request, CATALOGUE, canvas=(128, 96))

    assert (recipe.width_px, recipe.height_px) == (192, 104)
    assert recipe.outpaint == Margins(left_px=64, bottom_px=8)
    assert recipe.strength == 1.0


def test_an_edit_without_a_mask_keeps_half_of_the_picture():
    assert complete({"prompt": "", "init": SHA}, CATALOGUE, canvas=(64, 64)).strength == 0.5
    assert complete({"prompt": "", "init": SHA, "mask": SHA}, CATALOGUE, canvas=(64, 64)).strength == 1.0


def test_margins_of_nothing_are_no_margins():
    recipe = complete({"prompt": "", "init": SHA, "outpaint": {"left_px": 0}}, CATALOGUE, canvas=(64, 64))

    assert recipe.outpaint is None


@pytest.mark.parametrize(
    ("request_part", "field", "words"),
    [
        ({"width_px": 100}, "width_px", "got 100, expected a multiple of 8 from 64 to 2048"),
        ({"height_px": 4096}, "height_px", "got 4096"),
        ({"width_px": 256.0}, "width_px", "got 256.0"),
        ({"width_px": True}, "width_px", "got True"),
        ({"steps": 0}, "steps", "got 0, expected a whole number 1 to 1000"),
        ({"count": 65}, "count", "got 65"),
        ({"seed": -1}, "seed", "got -1"),
        ({"seed": 2**63}, "seed", str(2**63)),
        ({"seed": 2**63 - 2, "count": 3}, "seed", f"for the first of 3 images, expected at most {2**63 - 3}"),
        ({"tile": "z"}, "tile", "got 'z', expected x, y or xy"),
        ({"prompt": 3}, "prompt", "got 3, expected text"),
        ({"prompt": "a" * 2**20}, "prompt", "got 1048576 characters, expected at most 32768"),
        ({"negative_prompt": "a" * 40_000}, "negative_prompt", "got 40000"),
        ({"strength": 0.5}, "strength", "needs an initial image"),
        ({"mask": SHA}, "mask", "needs an initial image"),
        ({"outpaint": {"top_px": 8}}, "outpaint", "needs an initial image"),
        ({"outpaint": {"top_px": 9}}, "outpaint", "got top_px=9, expected a multiple of 8"),
        ({"outpaint": {"up_px": 8}}, "outpaint", "did you mean"),
        ({"colour": "red"}, "colour", "no such field"),
        ({"promt": "x"}, "promt", "did you mean prompt?"),
        ({"model": "grund"}, "model", "no model 'grund'; did you mean ground?"),
        ({"sampler": {"id": "sfumato.dpmp-2m"}}, "sampler.id", "did you mean sfumato.dpmpp-2m?"),
        ({"guider": {"params": {"scael": 1.0}}}, "guider.params.scael", "did you mean scale?"),
        ({"guider": {"params": {"scale": math.nan}}}, "guider.params.scale", "expected a finite number"),
        ({"guider": {"params": {"scale": 51}}}, "guider.params.scale", "got 51, expected at most 50"),
        ({"guider": {"params": {"scale": "7"}}}, "guider.params.scale", "got '7', expected a number"),
        (
            {"conditioners": [{"id": "acme.net", "params": {"map": "acme.edge"}}]},
            "conditioners.0.params.map",
            "no preprocessor 'acme.edge'; did you mean acme.edges?",
        ),
        ({"conditioners": [{"id": "acme.net", "params": {"map": 1}}]}, "conditioners.0.params.map", "expected text"),
        ({"sampler": {"id": "dpmpp-2m-sde", "params": {"solver": "x"}}}, "sampler.params.solver", "one of midpoint"),
    ],
)
def test_a_wrong_field_is_named(request_part, field, words):
    found = violations({"prompt": "sand", **request_part})

    assert words in found[field]


def test_a_picture_that_is_only_processed_may_be_of_any_size():
    request = {"prompt": "", "init": SHA, "strength": 0, "post_processors": [{"id": "acme.edges"}]}
    recipe = complete(request, CATALOGUE, canvas=(311, 5))

    assert (recipe.width_px, recipe.height_px) == (311, 5)
    assert set(violations({**request, "strength": 0.5}, canvas=(311, 5))) == {"width_px", "height_px"}
    assert set(violations({**request, "mask": SHA}, canvas=(311, 5))) == {"width_px", "height_px", "strength"}


@pytest.mark.parametrize("maker", ["acme.edges", ""])
def test_a_parameter_names_a_preprocessor_or_none(maker):
    chosen = [{"id": "acme.net", "params": {"map": maker}}]

    assert complete({"prompt": "sand", "conditioners": chosen}, CATALOGUE).conditioners[0].params == {"map": maker}


@pytest.mark.parametrize("strength", [0.0, 1.01, -1.0, 10**400, math.nan, math.inf, "0.5", True])
def test_a_wrong_strength_is_named(strength):
    assert "got" in violations({"prompt": "", "init": SHA, "strength": strength}, canvas=(64, 64))["strength"]


def test_a_size_beside_another_initial_image_is_named():
    found = violations({"prompt": "", "init": SHA, "width_px": 512}, canvas=(256, 256))

    assert found == {
        "width_px": "got 512, but the initial image with its margins is 256 pixels; leave it out or resize"
    }


def test_every_violation_is_told_at_once():
    assert set(violations({"prompt": 1, "steps": 0, "tile": "q", "width_px": 3})) == {
        "prompt",
        "steps",
        "tile",
        "width_px",
    }


def test_a_missing_prompt_is_named():
    assert "expected text" in violations({})["prompt"]


def test_an_empty_catalogue_has_no_model():
    with pytest.raises(InvalidRecipe, match="no model 'ground'"):
        complete({"prompt": ""}, Catalogue())


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.sampled_from(sorted(Recipe.__dataclass_fields__)), JSON, max_size=6))
def test_whatever_comes_is_a_recipe_or_violations(request):
    try:
        recipe = complete(request, CATALOGUE)
    except InvalidRecipe as error:
        assert error.violations  # noqa: PT017 - either outcome is fine, an empty one of this kind is not
    else:
        assert complete(recipe.to_json(), CATALOGUE) == recipe


@pytest.mark.parametrize("field", ["sampler", "post_processors"])
def test_an_unknown_id_is_told_with_the_plugins_that_are_not_at_work(field):
    idle = PluginCard(name="acme-crash", version="1", state="set-aside", error="it crashed the worker 3 times")
    wanted = {"id": "acme.crash"} if field == "sampler" else [{"id": "acme.crash"}]
    with pytest.raises(InvalidRecipe, match=r"no .* 'acme.crash'.*not at work: acme-crash \(set-aside\).*doctor"):
        complete({"prompt": "", field: wanted}, replace(CATALOGUE, plugins=(idle,)))
