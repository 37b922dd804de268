"""Training the depth ControlNet: it starts as Ground's encoder, learns from a folder, and goes on where it stopped."""

import json
from functools import partial

import numpy as np
import pytest
import torch

from sfumato.ground import weights_path
from sfumato.ground.depth.network import copied_parameters, like_encoder, new_parameters, untrained
from sfumato.ground.depth.renders import DRESSES, Dressed
from sfumato.ground.depth.train import attention, train
from sfumato.ground.layout import FOLD, LATENT_CHANNELS
from sfumato.ground.renders import draw_spec, spec_to_json
from sfumato.ground.sampling import Model

SIGHTS, SIDE = 4, 64


@pytest.fixture(scope="module")
def model() -> Model:
    return Model.load(weights_path())


@pytest.fixture
def work_dir(tmp_path):
    """A shard of noise; every latent of a picture holds its number, every control its sight's."""
    rng = np.random.default_rng(0)
    latents = np.broadcast_to(np.arange(SIGHTS * DRESSES)[:, None, None, None], (8, LATENT_CHANNELS, SIDE, SIDE))
    controls = np.broadcast_to(np.arange(SIGHTS)[:, None, None], (SIGHTS, SIDE * FOLD, SIDE * FOLD))
    specs = [spec_to_json(draw_spec("train", rng)) for _ in range(SIGHTS * DRESSES)]
    folder = tmp_path / "depth" / "train"
    folder.mkdir(parents=True)
    noisy = latents.astype(np.float16) + rng.normal(0, 0.1, latents.shape).astype(np.float16)
    np.savez(folder / "0000.npz", latents=noisy, controls=controls.astype(np.uint8), specs=np.array(json.dumps(specs)))
    return tmp_path


def test_windows_belong_to_their_depth_and_their_words(work_dir):
    data = Dressed(work_dir)
    latents, controls, specs = data.batch(16, 8, np.random.default_rng(1))
    pictures = latents.mean((1, 2, 3)).round().long()

    assert latents.shape == (16, LATENT_CHANNELS, 8, 8)
    assert controls.shape == (16, 3, 8 * FOLD, 8 * FOLD)
    assert torch.equal((controls[:, 0, 0, 0] * 255).round().long(), pictures // DRESSES)
    assert specs == [data.specs[int(index)] for index in pictures]


def test_a_network_adds_nothing_before_it_has_learned():
    down, middle = untrained()(
        torch.randn(1, LATENT_CHANNELS, 16, 16), torch.tensor([500]), torch.randn(1, 32, 192),
        controlnet_cond=torch.rand(1, 3, 16 * FOLD, 16 * FOLD), return_dict=False,
    )  # fmt: skip

    assert not any(each.any() for each in (*down, middle))


def test_it_starts_as_the_encoder_with_every_parameter_in_one_of_the_two_groups(model):
    network = like_encoder(model.unet, lambda: torch.randn(8, 32, 192), steps=3)
    theirs = model.unet.state_dict()

    assert torch.equal(
        network.state_dict()["mid_block.resnets.0.conv2.weight"], theirs["mid_block.resnets.0.conv2.weight"]
    )
    grouped = [*new_parameters(network), *copied_parameters(network)]
    assert {id(each) for each in grouped} == {id(each) for each in network.parameters()}
    assert len(grouped) == len(list(network.parameters()))


def test_errors_count_more_where_depth_varies():
    control = torch.zeros(1, 3, 64, 64)
    control[..., 32:] = 1
    weight = attention(control)[0, 0]

    assert weight.shape == (16, 16)
    assert weight.mean() == pytest.approx(1)
    assert weight[:, 8].min() > 4 * weight[:, 0].max()
    assert torch.allclose(attention(torch.full((1, 3, 64, 64), 0.4)), torch.ones(1, 1, 16, 16))


def test_a_run_that_is_started_again_goes_on_with_what_it_had(work_dir, monkeypatch, capsys):
    monkeypatch.setattr("sfumato.ground.depth.train.like_encoder", partial(like_encoder, steps=2))
    train(work_dir, minutes=0.001)
    first = torch.load(work_dir / "depth.pt", weights_only=True)
    train(work_dir, minutes=first["spent_s"] / 60 + 0.001)
    second = torch.load(work_dir / "depth.pt", weights_only=True)

    assert second["step"] > first["step"] > 0
    assert second["samples"] > first["samples"]
    assert (work_dir / "controlnet" / "diffusion_pytorch_model.safetensors").stat().st_size < 40_000_000
    assert capsys.readouterr().out.count("embedding fitted") == 1
