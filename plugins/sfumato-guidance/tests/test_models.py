"""The guiders in the engine, on a network with attention and on Ground, which has none."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

import sfumato.plugin as sf
from sfumato.engine.briefing import encoded
from sfumato.errors import PluginError
from sfumato.testing.families import result
from sfumato_guidance import GUIDERS
from sfumato_guidance.attention import to_itself
from sfumato_guidance.skipping import skip

PLAIN = {"scale": 4.0}


def test_attention_to_itself_is_the_network_with_the_identity_for_a_map(tiny_sd):
    layer = next(name for name, kind in tiny_sd.layers().items() if kind == "self-attention" and "mid" in name)
    call = sf.NetworkCall(x=torch.randn(1, 4, 8, 8), sigma=1.5, prompt=result(encoded(tiny_sd, "red brick wall")))
    found, plain = (
        tiny_sd.evaluate([sf.NetworkCall(x=call.x, sigma=1.5, prompt=call.prompt, wraps=wraps)])[0]
        for wraps in ({layer: to_itself}, {})
    )
    attention = tiny_sd._unet.get_submodule(layer)

    def only_values(attn, hidden, *_, **__):
        return attn.to_out[1](attn.to_out[0](attn.to_v(hidden)))

    before = attention.processor
    attention.processor = only_values
    try:
        expected = tiny_sd.evaluate([call])[0]
    finally:
        attention.processor = before
    assert torch.allclose(found, expected, atol=1e-6)
    assert not torch.allclose(found, plain, atol=1e-5)


def test_a_skipped_block_is_not_there(ground):
    layer = next(name for name in ground.layers() if "mid" in name)
    block = ground._unet.get_submodule(layer)
    hidden = torch.randn(1, block.in_channels, 8, 8)

    assert torch.equal(skip(lambda: hidden + 1, hidden), hidden)
    wider = torch.zeros(1, 2 * block.in_channels, 8, 8)
    assert skip(lambda: wider, hidden) is wider


@pytest.mark.parametrize("guider", ["guidance.pag", "guidance.slg"])
def test_without_strength_the_bytes_are_those_of_cfg(studio, tiny_sd, guider):
    drawn = studio(tiny_sd)
    assert drawn.picture(guider, PLAIN | {"strength": 0.0}) == drawn.picture("sfumato.cfg", PLAIN)


@pytest.mark.parametrize("guider", [kind.id for kind in GUIDERS])
def test_every_guider_changes_a_picture_of_a_network_with_attention(studio, tiny_sd, guider):
    drawn = studio(tiny_sd)
    assert drawn.picture(guider, PLAIN | ({"mimic_scale": 2.0} if "thresholding" in guider else {})) != drawn.picture(
        "sfumato.cfg", PLAIN
    )


@pytest.mark.parametrize("part", ["mid", "down", "up", "all"])
def test_every_part_of_a_network_can_be_perturbed(studio, tiny_sd, part):
    drawn = studio(tiny_sd)
    drawn.picture("guidance.pag", PLAIN | {"layers": part})
    assert drawn.picture("guidance.pag", PLAIN | {"layers": part}) != drawn.picture("sfumato.cfg", PLAIN)


def test_perturbed_attention_says_why_it_is_not_for_ground(studio, ground):
    error = studio(ground).error("guidance.pag")

    assert isinstance(error, PluginError)
    assert "guider guidance.pag of plugin sfumato-guidance" in error.message
    assert "this model's network has none" in error.message
    assert "take guidance.slg" in error.message


@pytest.mark.parametrize("guider", ["guidance.slg", "guidance.cfg-zero", "guidance.dynamic-thresholding"])
def test_the_others_are(studio, ground, guider):
    drawn = studio(ground)
    params = PLAIN | ({"mimic_scale": 1.5} if "thresholding" in guider else {})
    made = drawn.picture(guider, params)

    assert made != drawn.picture("sfumato.cfg", PLAIN)
    assert made == drawn.picture(guider, params)


def test_a_perturbed_branch_costs_one_more_call_in_its_steps(studio, tiny_sd, monkeypatch):
    calls, evaluate = [], tiny_sd.evaluate
    monkeypatch.setattr(tiny_sd, "evaluate", lambda given: (calls.append(len(given)), evaluate(given))[1])
    studio(tiny_sd).picture("guidance.slg", PLAIN | {"end": 0.5})

    assert calls == [2, 1, 2, 1, 2, 2]


def test_the_readme_names_every_guider():
    readme = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
    assert all(f"`{kind.id}`" in readme for kind in GUIDERS)
