import json
import shutil

import pytest
import torch
from diffusers import EulerDiscreteScheduler, UNet2DConditionModel

import sfumato.plugin as sf
from sfumato.engine.families.stable_diffusion import StableDiffusion
from sfumato.recipe import Selection
from sfumato.testing.families import load, result
from tests.engine.families import pipeline

TIMESTEPS = (0, 1, 370, 998, 999)


@pytest.fixture(scope="module", params=["tiny_sd", "tiny_v", "tiny_folded"])
def folder(request):
    return request.getfixturevalue(request.param)


@pytest.fixture(scope="module")
def family(folder):
    return load(folder)


def call(family, sigma, *, seed=0, prompt="red brick wall", size=(64, 64), tile=""):
    x = torch.randn(family.latent_shape(*size), generator=torch.Generator().manual_seed(seed))
    return sf.NetworkCall(x=x * sigma, sigma=sigma, prompt=result(family.encode_prompt(prompt)), tile=tile)


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # inside diffusers' scheduler
@pytest.mark.parametrize("timestep", TIMESTEPS)
@torch.no_grad()
def test_evaluation_equals_diffusers(folder, family, timestep):
    """The UNet and EulerDiscreteScheduler's pred_original_sample, at levels of the table."""
    scheduler = EulerDiscreteScheduler.from_pretrained(folder / "scheduler", timestep_spacing="linspace")
    scheduler.set_timesteps(1000)
    at = scheduler.timesteps[999 - timestep]
    ours = call(family, family.sigmas.sigmas[timestep])
    unet = UNet2DConditionModel.from_pretrained(folder / "unet")
    output = unet(scheduler.scale_model_input(ours.x, at), at, encoder_hidden_states=ours.prompt).sample
    expected = scheduler.step(output, at, ours.x).pred_original_sample
    (actual,) = family.evaluate([ours])
    assert actual.shape == ours.x.shape
    torch.testing.assert_close(actual, expected, atol=2e-5, rtol=1e-5)


def test_timesteps_of_the_table_are_exact(family):
    assert [family.sigmas.timestep(sigma) for sigma in family.sigmas.sigmas] == list(range(1000))


def test_rows_of_one_call_do_not_touch_each_other(family):
    """Another level, prompt and image in each row; equal to a call of its own within rounding."""
    calls = [call(family, sigma, seed=seed) for seed, sigma in enumerate((0.1, 2.5, 14.0))]
    together = family.evaluate(calls)
    for one, row in zip(calls, together, strict=True):
        torch.testing.assert_close(family.evaluate([one])[0], row, atol=1e-5, rtol=1e-5)


def test_what_may_share_a_call(family):
    key = family.batch_key(call(family, 1.0))
    assert key == family.batch_key(call(family, 7.0, seed=5, prompt="blue"))
    assert key != family.batch_key(call(family, 1.0, tile="x"))
    assert key != family.batch_key(call(family, 1.0, size=(64, 72)))
    assert key != family.batch_key(call(family, 1.0, prompt="red BREAK brick"))
    assert family.batch_key(call(family, 1.0, tile="xy")) == family.batch_key(call(family, 1.0, tile="yx"))


def test_matched_prompts_share_a_call(family):
    long, short = family.match_prompts(
        [result(family.encode_prompt("red BREAK brick")), result(family.encode_prompt("blue"))]
    )
    assert long.shape == short.shape
    assert torch.equal(short[:, : short.shape[1] // 2], result(family.encode_prompt("blue")))
    assert torch.equal(short[:, short.shape[1] // 2 :], result(family.encode_prompt("")))


def test_evaluation_leaves_its_input_and_gives_plain_tensors(family):
    ours = call(family, 1.0)
    before = ours.x.clone()
    (denoised,) = family.evaluate([ours])
    assert torch.equal(ours.x, before)
    assert denoised.dtype == torch.float32
    assert not denoised.requires_grad
    assert not denoised.is_inference()


@torch.no_grad()
def test_an_inpainting_network_sees_mask_and_picture(tiny_inpaint):
    family = load(tiny_inpaint)
    ours = call(family, 3.0)
    channels = torch.randn(1, 5, 8, 8)
    (actual,) = family.evaluate([sf.NetworkCall(x=ours.x, sigma=3.0, prompt=ours.prompt, channels=channels)])
    seen = torch.cat([ours.x / (3.0**2 + 1) ** 0.5, channels], dim=1)
    output = pipeline(tiny_inpaint).unet(seen, family.sigmas.timestep(3.0), encoder_hidden_states=ours.prompt).sample
    torch.testing.assert_close(actual, ours.x - 3.0 * output, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("tile", ["x", "y", "xy"])
def test_a_tileable_evaluation_wraps_around(family, tile):
    """Rolled by whole cells of the UNet's coarsest level, an input gives the rolled output."""
    ours = call(family, 2.0, size=(96, 64), tile=tile)
    shift = (2 * ("y" in tile), 4 * ("x" in tile))
    rolled = sf.NetworkCall(x=ours.x.roll(shift, (2, 3)), sigma=2.0, prompt=ours.prompt, tile=tile)
    (first,), (second,) = family.evaluate([ours]), family.evaluate([rolled])
    torch.testing.assert_close(first.roll(shift, (2, 3)), second, atol=1e-4, rtol=0)
    (plain,) = family.evaluate([call(family, 2.0, size=(96, 64))])
    assert (plain - first).abs().max() > 1e-3


def test_padding_is_zero_again_after_a_tileable_call(family):
    ours = call(family, 2.0)
    (before,) = family.evaluate([ours])
    family.evaluate([call(family, 2.0, tile="xy")])
    assert torch.equal(family.evaluate([ours])[0], before)


def test_preview_is_one_pixel_per_latent(family):
    picture = family.preview(torch.randn(family.latent_shape(64, 96)))
    assert picture.shape == (12, 8, 3)
    assert picture.dtype == torch.uint8


def test_a_stated_latent_rgb_is_used(tiny_folded):
    latents = torch.zeros(1, 16, 1, 1)
    assert load(tiny_folded).preview(latents).tolist() == [[[128, 191, 255]]]


def test_memory_is_that_of_the_weights(folder, family):
    files = {part: sum(f.stat().st_size for f in (folder / part).glob("*.safetensors")) for part in family.memory()}
    assert family.memory() == {part: pytest.approx(size, rel=0.05) for part, size in files.items()}


def test_the_card_of_a_stable_diffusion(tiny_sd, tiny_v, tiny_inpaint):
    card = StableDiffusion.describe(tiny_sd)
    assert (card.id, card.title, card.family) == ("tiny-sd", "tiny-sd", "sfumato.stable-diffusion")
    assert (card.prediction_type, card.native_size_px, card.latent_channels) == ("epsilon", 64, 4)
    assert not card.takes_inpaint_channels
    assert StableDiffusion.describe(tiny_v).prediction_type == "v_prediction"
    assert StableDiffusion.describe(tiny_inpaint).takes_inpaint_channels


def test_a_model_may_bring_a_control_network(tiny_folded, tmp_path):
    folder = tmp_path / "steered"
    shutil.copytree(tiny_folded, folder)
    assert (load(folder).control, StableDiffusion.describe(folder).control) == (None, "")
    (folder / "controlnet").mkdir()
    (folder / "controlnet" / "config.json").write_text("{}")
    facts = json.loads((folder / "sfumato.json").read_text())
    (folder / "sfumato.json").write_text(json.dumps(facts | {"control": "depth"}))

    assert (load(folder).control, StableDiffusion.describe(folder).control) == (folder / "controlnet", "depth")


def test_the_card_of_ground_has_its_own_defaults(tiny_folded):
    card = StableDiffusion.describe(tiny_folded)
    assert (card.title, card.licence) == ("Tiny Ground", "Apache-2.0")
    assert (card.native_size_px, card.latent_channels, card.default_steps) == (64, 16, 4)
    assert card.default_sampler == Selection(id="sfumato.euler")
    assert card.default_schedule == Selection(id="sfumato.karras")
    assert card.default_guider == Selection(id="sfumato.cfg", params={"scale": 4.0})
