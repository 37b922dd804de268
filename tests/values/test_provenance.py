"""What a picture file says about itself."""

import json
from dataclasses import replace

import pytest

from sfumato.catalogue import Catalogue, ContributionCard
from sfumato.images import Pixels, encode_png, recipe_of, texts_of
from sfumato.parameters import ParameterSpec
from sfumato.provenance import parameters_text, picture_texts
from sfumato.recipe import Recipe, Selection

RECIPE = Recipe(
    model="ground",
    prompt="mossy (red:1.2) brick",
    negative_prompt="dust",
    width_px=256,
    height_px=128,
    seed=42,
    steps=20,
    sampler=Selection(id="sfumato.dpmpp-2m"),
    schedule=Selection(id="sfumato.karras"),
    guider=Selection(id="sfumato.cfg"),
)


def card(kind, name, label, *parameters):
    return ContributionCard(
        id=name, kind=kind, label=label, description="", plugin="acme", plugin_version="1.2", capability="",
        parameters=parameters,
    )  # fmt: skip


CATALOGUE = Catalogue(
    contributions=(
        card("sampler", "sfumato.dpmpp-2m", "DPM++ 2M"),
        card("schedule", "sfumato.karras", "Karras"),
        card("schedule", "sfumato.model-default", "Model default"),
        card("guider", "sfumato.cfg", "CFG", ParameterSpec(id="scale", kind="float", default=4.0)),
    )
)


def text_of(**changes):
    return parameters_text(replace(RECIPE, **changes), CATALOGUE, software="sfumato 0.1.0")


def test_the_text_is_the_one_that_other_tools_read():
    assert text_of() == (
        "mossy (red:1.2) brick\n"
        "Negative prompt: dust\n"
        "Steps: 20, Sampler: DPM++ 2M, Schedule type: Karras, CFG scale: 4.0, Seed: 42, Size: 256x128, "
        "Model: ground, Version: sfumato 0.1.0"
    )


def test_an_empty_negative_prompt_has_no_line():
    assert "Negative" not in text_of(negative_prompt="")


def test_the_recipe_s_own_scale_goes_before_the_default():
    assert "CFG scale: 7.5" in text_of(guider=Selection(id="sfumato.cfg", params={"scale": 7.5}))


def test_the_model_s_own_schedule_is_what_others_call_automatic():
    assert "Schedule type: Automatic" in text_of(schedule=Selection(id="sfumato.model-default"))


def test_strength_and_tiling_are_told_where_they_matter():
    assert "Denoising" not in text_of()
    assert "Denoising strength: 0.3, Tiling: xy" in text_of(init="a" * 64, strength=0.3, tile="xy")


def test_a_contribution_that_has_gone_is_named_by_its_id():
    assert "Sampler: acme.gone, " in text_of(sampler=Selection(id="acme.gone"))


def test_a_value_with_a_comma_is_quoted():
    assert 'Model: "a, b: c"' in text_of(model="a, b: c")


@pytest.mark.parametrize("prompt", ["moss", "снег: лёд\nand a second line", 'quotes " and \\ and ] }'])
def test_the_recipe_comes_back_from_the_file_as_it_was(prompt):
    recipe = replace(RECIPE, prompt=prompt, sampler=Selection(id="sfumato.dpmpp-2m", params={"eta": 0.1}))
    png = encode_png(
        Pixels(width_px=1, height_px=1, data=b"\0\0\0"), picture_texts(recipe, CATALOGUE, software="sfumato 0.1.0")
    )

    found = recipe_of(png)
    assert Recipe.from_json(found["recipe"]) == recipe
    assert found["digest"] == recipe.digest
    assert texts_of(png)["parameters"].startswith(prompt)


def test_the_file_names_the_software_and_the_plugins_that_made_it():
    document = json.loads(picture_texts(RECIPE, CATALOGUE, software="sfumato 0.1.0")["sfumato"])

    assert document["version"] == 1
    assert document["software"] == "sfumato 0.1.0"
    assert document["plugins"] == dict.fromkeys(("sfumato.dpmpp-2m", "sfumato.karras", "sfumato.cfg"), "acme 1.2")


def test_other_readers_find_plain_text_chunks():
    """Readers that know only tEXt find both texts as long as they are Latin-1."""
    png = encode_png(Pixels(width_px=1, height_px=1, data=b"\0\0\0"), picture_texts(RECIPE, CATALOGUE, software="s"))

    assert b"tEXtparameters\0mossy" in png
    assert b"tEXtsfumato\0{" in png
    assert b"iTXt" not in png
