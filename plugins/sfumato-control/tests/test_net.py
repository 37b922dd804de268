"""ControlNets: held to diffusers' own pipeline, on Stable Diffusion and on Ground."""

from __future__ import annotations

import shutil
from dataclasses import replace
from functools import partial
from importlib import resources
from pathlib import Path

import diffusers
import numpy as np
import pytest
import torch
from diffusers import ControlNetModel, UNet2DConditionModel
from safetensors.torch import load_file

import sfumato.plugin as sf
from sfumato.catalogue import Catalogue
from sfumato.engine.briefing import encoded
from sfumato.engine.families.stable_diffusion import StableDiffusion
from sfumato.recipe import Selection
from sfumato.testing.families import load, result
from sfumato.testing.parity import SIZE_PX, SPACED, Models, assert_close, ours, picture, scheduler_for, theirs
from sfumato.testing.registries import installed_and
from sfumato.texturing.control import BROUGHT_STRENGTH, depth_control
from sfumato_control.canny import Canny
from sfumato_control.net import ControlNet

from . import networks

# diffusers makes arrays of tensors in a way that numpy 2 means to drop.
pytestmark = [
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:__array_wrap__ must:DeprecationWarning"),
]
GROUND = Path(str(resources.files("sfumato.ground") / "weights"))


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    return Models(tmp_path_factory.mktemp("parity"))


@pytest.fixture(scope="module")
def registry():
    return installed_and(StableDiffusion)


@pytest.fixture(scope="module")
def nets(models, tmp_path_factory):
    """Two ControlNets for the tiny Stable Diffusions."""
    unet = UNet2DConditionModel.load_config(models.folder("epsilon-4") / "unet")
    root = tmp_path_factory.mktemp("nets")
    return [str(networks.control_net(root / f"net-{seed}", unet, seed=seed)) for seed in (5, 6)]


def following(net, **params):
    return Selection(id="control.net", params={"model": net, "image": "picture"} | params)


def pipeline(nets):
    loaded = [ControlNetModel.from_pretrained(net) for net in nets]
    made = loaded[0] if len(loaded) == 1 else loaded
    return partial(diffusers.StableDiffusionControlNetPipeline, controlnet=made)


def reference(models, model_id, nets, **arguments):
    scheduler = scheduler_for(model_id, diffusers.EulerDiscreteScheduler, **SPACED)
    image = picture().to_pil()
    return theirs(
        models, pipeline(nets), model_id, scheduler, image=image if len(nets) == 1 else [image] * len(nets), **arguments
    )


@pytest.mark.parametrize("model_id", ["epsilon-4", "v_prediction-4"])
@pytest.mark.parametrize(("strength", "start", "end"), [(1.0, 0.0, 1.0), (0.6, 0.0, 1.0), (2.0, 0.2, 0.7)])
def test_it_is_diffusers_pipeline(models, registry, nets, model_id, strength, start, end):
    conditioners = (following(nets[0], strength=strength, start=start, end=end),)
    found = ours(models, registry, model_id, "euler", conditioners=conditioners)
    settings = {
        "controlnet_conditioning_scale": strength, "control_guidance_start": start, "control_guidance_end": end,
    }  # fmt: skip
    plain = ours(models, registry, model_id, "euler")

    assert_close(found, reference(models, model_id, nets[:1], **settings))
    assert (found - plain).abs().max() > 0.05


def test_several_add_up(models, registry, nets):
    conditioners = (following(nets[0], strength=0.5), following(nets[1], strength=0.8))
    found = ours(models, registry, "epsilon-4", "euler", conditioners=conditioners)

    assert_close(found, reference(models, "epsilon-4", nets, controlnet_conditioning_scale=[0.5, 0.8]))


def test_at_strength_zero_it_is_the_identity_whatever_else_is_missing(models, registry, nets):
    silent = (Selection(id="control.net", params={"strength": 0.0}), following(nets[0], strength=0.0))
    found = ours(models, registry, "epsilon-4", "euler", conditioners=silent)

    assert torch.equal(found, ours(models, registry, "epsilon-4", "euler"))


def test_a_preprocessor_makes_the_map(models, registry, nets, sfumato_work, tmp_path):
    along = (following(nets[0], preprocessor="control.canny"),)
    found = ours(models, registry, "epsilon-4", "euler", conditioners=along)
    image = sf.Image(pixels=np.asarray(picture().to_pil(), np.float32) / np.float32(255))
    edges = Canny().map(image, sfumato_work()).pixels
    scheduler = diffusers.EulerDiscreteScheduler(prediction_type="epsilon", **SPACED)
    control = torch.from_numpy(edges).permute(2, 0, 1)[None].expand(1, 3, -1, -1)

    assert edges.sum() > 50
    assert_close(found, theirs(models, pipeline(nets[:1]), "epsilon-4", scheduler, image=control))


class Job:
    """What a conditioner needs of `sf.Job`, around a family."""

    def __init__(self, family, image, *, size_px=SIZE_PX):
        self.width_px = self.height_px = size_px
        self.family, self.images = family, {"image": image} if image else {}

    def encode_prompt(self, text):
        return (yield from encoded(self.family, text))


def prepared(family, image, net, **params):
    made = ControlNet(ControlNet.Params(model=str(net), image="i", **params))
    result(made.prepare(Job(family, image)))
    return made


AT = sf.Moment(branch="positive", prompt="positive", step_index=0, step_count=4)


def call_of(family, *, tile="", seed=0):
    x = torch.randn(family.latent_shape(SIZE_PX, SIZE_PX), generator=torch.Generator().manual_seed(seed))
    return sf.NetworkCall(x=x * 2, sigma=2.0, prompt=result(encoded(family, "red brick")), tile=tile)


@pytest.fixture(scope="module")
def ground():
    return load(GROUND)


@pytest.fixture(scope="module")
def ground_net(tmp_path_factory):
    """Of the blocks of Ground's UNet, for latents of a quarter of the pixels."""
    unet = UNet2DConditionModel.load_config(GROUND / "unet")
    path = tmp_path_factory.mktemp("ground") / "net"
    return networks.control_net(path, unet, conditioning_embedding_out_channels=(16, 16, 16))


@torch.no_grad()
def test_ground_follows_a_control_net_of_its_shape(ground, ground_net, bricks):
    call = prepared(ground, bricks, ground_net, strength=0.5).condition(call_of(ground), AT)
    found = ground.evaluate([call])[0]
    unet = UNet2DConditionModel.from_pretrained(GROUND / "unet", use_safetensors=True)
    sample, timestep = call.x / 5**0.5, torch.tensor([ground.sigmas.timestep(2.0)])
    control = torch.from_numpy(bricks.pixels).permute(2, 0, 1)[None]
    down, middle = ControlNetModel.from_pretrained(ground_net)(
        sample, timestep, encoder_hidden_states=call.prompt, controlnet_cond=control, conditioning_scale=0.5,
        return_dict=False,
    )  # fmt: skip
    output = unet(
        sample, timestep, encoder_hidden_states=call.prompt, down_block_additional_residuals=down,
        mid_block_additional_residual=middle, return_dict=False,
    )[0]  # fmt: skip
    expected = call.x / 5 - output * (2 / 5**0.5)

    torch.testing.assert_close(found, expected, atol=1e-4, rtol=1e-4)
    assert (found - ground.evaluate([call_of(ground)])[0]).abs().max() > 0.05


def test_ground_brings_a_control_net_that_is_used_where_none_is_named(ground, bricks):
    own, named = (prepared(ground, bricks, net).condition(call_of(ground), AT) for net in ("", GROUND / "controlnet"))
    free = ground.evaluate([call_of(ground)])[0]

    assert torch.equal(own.residuals.middle, named.residuals.middle)
    assert (ground.evaluate([own])[0] - free).abs().max() > 0.05


def test_painting_a_mesh_finds_it_for_ground_and_for_others_where_it_is_named(registry):
    other = replace(StableDiffusion.describe(GROUND), id="other", control="")
    catalogue = Catalogue(
        models=(replace(other, id="ground", control=StableDiffusion.describe(GROUND).control), other),
        contributions=tuple(card for card in registry.cards() if card.id == "control.net"),
    )

    assert depth_control(catalogue, "ground").selection("sha").to_json() == {
        "id": "control.net",
        "params": {"image": "sha", "strength": BROUGHT_STRENGTH},
    }
    assert depth_control(catalogue, "other") is None
    assert depth_control(catalogue, "other", network="/nets/d").params == {"model": "/nets/d"}


def test_a_network_may_act_on_the_prompts_branch_alone(ground, ground_net, bricks, tmp_path):
    folder = tmp_path / "net"
    shutil.copytree(ground_net, folder)
    (folder / "sfumato.json").write_text('{"branches": "prompt"}')
    negative = replace(AT, branch="negative", prompt="negative")
    made = prepared(ground, bricks, folder)

    assert made.condition(call_of(ground), AT).residuals is not None
    assert made.condition(call_of(ground), negative).residuals is None
    assert prepared(ground, bricks, ground_net).condition(call_of(ground), negative).residuals is not None


@pytest.mark.parametrize(("tile", "seamless"), [("xy", True), ("", False)])
def test_in_a_job_that_tiles_there_is_no_border(ground, ground_net, bricks, tile, seamless):
    """Rolling latents and map by whole cells of the coarsest level rolls the residuals."""
    call = call_of(ground, tile=tile)
    rolled = replace(call, x=call.x.roll((4, 8), (2, 3)))
    image = sf.Image(pixels=np.roll(bricks.pixels, (16, 32), (0, 1)))
    one = prepared(ground, bricks, ground_net).condition(call, AT).residuals
    other = prepared(ground, image, ground_net).condition(rolled, AT).residuals
    off = max(
        (mine.roll((4 * mine.shape[2] // 16, 8 * mine.shape[3] // 16), (2, 3)) - others).abs().max().item()
        for mine, others in zip((*one.down, one.middle), (*other.down, other.middle), strict=True)
    )

    assert (off < 1e-4) == seamless


def test_a_map_is_fitted_to_the_job(models, nets):
    family = models.load("epsilon-4")
    large = sf.Image(pixels=np.full((100, 37, 1), 0.6, np.float32))
    fitting = sf.Image(pixels=np.full((64, 64, 3), 0.6, np.float32))
    first, second = (prepared(family, each, nets[0]).condition(call_of(family), AT) for each in (large, fitting))

    assert torch.equal(first.residuals.middle, second.residuals.middle)


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"model": ""}, "model: got nothing, and model epsilon-4 brings no ControlNet of its own; expected the folder"),
        ({"model": "nowhere"}, "model: nowhere has no config.json"),
        ({"start": 0.5, "end": 0.5}, "start: got 0.5, expected less than end"),
    ],
)
def test_what_is_wrong_is_told_with_the_parameter(models, nets, bricks, params, said):
    with pytest.raises(ValueError, match=said):
        prepared(
            models.load("epsilon-4"),
            bricks,
            **{"net": params.get("model", nets[0])} | {k: v for k, v in params.items() if k != "model"},
        )


def test_without_a_picture(models, nets):
    with pytest.raises(ValueError, match="image: got no picture"):
        prepared(models.load("epsilon-4"), None, nets[0])


def test_a_control_net_for_another_model(models, nets, ground, ground_net, bricks):
    with pytest.raises(ValueError, match="is made for 4 latent channels, model weights has 8"):
        prepared(ground, bricks, nets[0])
    with pytest.raises(ValueError, match="is made for 8 latent channels, model epsilon-4 has 4"):
        prepared(models.load("epsilon-4"), bricks, ground_net)


def test_a_folder_of_something_else(models, bricks):
    folder = models.folder("epsilon-4") / "unet"
    with pytest.raises(ValueError, match="holds a UNet2DConditionModel, expected the folder of a ControlNet"):
        prepared(models.load("epsilon-4"), bricks, folder)


def test_a_pickle_is_refused(models, nets, bricks, tmp_path):
    folder = tmp_path / "pickled"
    folder.mkdir()
    (folder / "config.json").write_text((Path(nets[0]) / "config.json").read_text())
    torch.save(load_file(Path(nets[0]) / "diffusion_pytorch_model.safetensors"), folder / "diffusion_pytorch_model.bin")

    with pytest.raises(ValueError, match=r"model: .*pickled cannot be loaded"):
        prepared(models.load("epsilon-4"), bricks, folder)
