"""Training goes on where it stopped, and learns; its splits keep apart what they must."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from sfumato.ground.materials import SurfaceSpec, render, shade
from sfumato.ground.prompts import held_out
from sfumato_texture.relief import RELIEF_PX
from sfumato_texture.training import renders, train
from sfumato_texture.training.optimizer import Optimizer
from sfumato_texture.training.renders import UNSEEN_MATERIALS, Renders, draw_spec, render_shard


@pytest.mark.parametrize("split", renders.SPLITS)
def test_each_split_has_what_is_its_own(split):
    rng = np.random.default_rng(0)
    for spec in (draw_spec(split, rng) for _ in range(60)):
        assert (spec.material in UNSEEN_MATERIALS) == (split == "unseen")
        assert split == "unseen" or held_out(spec) == (split == "held_out")


@pytest.fixture(scope="module")
def work_dir(tmp_path_factory):
    """A few renders of 128 px, in every split that training reads."""
    folder = tmp_path_factory.mktemp("work")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(renders, "SHARD_PX", 4 * 128 * 128)
        for split in ("train", "held_out"):
            (folder / "maps" / split).mkdir(parents=True)
            render_shard(folder / "maps" / split, split, 1)
    return folder


def test_a_shard_is_the_same_again(work_dir, tmp_path, monkeypatch):
    monkeypatch.setattr(renders, "SHARD_PX", 4 * 128 * 128)
    render_shard(tmp_path, "train", 1)

    again, before = (np.load(folder / "0001.npy") for folder in (tmp_path, work_dir / "maps" / "train"))
    assert (again == before).all()
    assert before.shape == (4, 8, 128, 128)


def test_a_batch_keeps_picture_and_maps_together(monkeypatch):
    """Packed and unpacked, a surface is lit as the picture beside it is."""
    surface = render(SurfaceSpec(material="brick", colours=(), modifiers=frozenset()), size_px=64, seed=1)
    packed = renders.pack(surface)

    assert (packed[:3] / 257 == shade(surface).transpose(2, 0, 1)).all()
    np.testing.assert_allclose(packed[6] / 65535, surface.height, atol=1e-5)


def test_missing_renders_are_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="no renders of train"):
        Renders(tmp_path, "train")


@pytest.fixture
def short(work_dir, tmp_path, monkeypatch):
    """Training in small steps, in a folder of its own: `short(steps, name)`."""
    monkeypatch.setattr(train, "BATCH_PX", 128 * 128)
    monkeypatch.setattr(train, "REPORT_EVERY", 1)
    # Rates that fall from the first step on would depend on the number of steps.
    monkeypatch.setattr(train, "heat", lambda step, steps: 1.0)

    def run(steps, name):
        folder = tmp_path / name
        folder.mkdir(exist_ok=True)
        if not (folder / "maps").exists():
            (folder / "maps").symlink_to(work_dir / "maps")
        train.train(folder, steps, folder / "weights.safetensors")
        return load_file(folder / "weights.safetensors")

    return run


def test_a_run_that_was_stopped_ends_as_one_that_was_not(short, capsys):
    whole = short(4, "whole")
    short(2, "stopped")
    capsys.readouterr()
    resumed = short(4, "stopped")

    assert "step 1," not in capsys.readouterr().out
    assert {value.dtype for value in whole.values()} == {torch.float16}
    assert all((whole[name] == resumed[name]).all() for name in whole)


def test_a_timid_network_is_deepened(work_dir, monkeypatch):
    """Of one that names two thirds of every slope, slopes and heights come out half as deep again, and nothing else."""
    network = train.MapNetwork()
    before = network.leave.weight.detach().clone()
    monkeypatch.setattr(train, "read_batch", lambda _, batch: train.Surface(
        albedo=batch[:, 3:6], relief_px=batch[:, 6:7] * 12 / 1.5, roughness=batch[:, 7:8],
    ))  # fmt: skip

    assert train.deepen(network, [Renders(work_dir, "train").batch(2 * 128 * 128, np.random.default_rng(0))]) == 1.5
    torch.testing.assert_close(network.leave.weight[12:24], before[12:24] * 1.5)
    assert (network.leave.weight[:12] == before[:12]).all()
    assert (network.leave.weight[24:] == before[24:]).all()


def test_training_cools_down_at_last():
    heats = [train.heat(step, 1000) for step in range(1000)]
    hot = round(1000 * (1 - train.COOLING_SHARE))

    assert heats[:hot] == [1.0] * hot
    assert heats[hot:] == sorted(heats[hot:], reverse=True)
    assert heats[-1] < 0.02


def test_the_network_learns_a_surface_by_heart(work_dir):
    """What it is to learn is in the picture; were it not, or were the loss at odds with it, this would stay flat."""
    torch.manual_seed(0)
    batch = Renders(work_dir, "train").batch(128 * 128, np.random.default_rng(2))
    network = train.MapNetwork()
    optimizer = Optimizer(network)
    true_px = batch[:, 6:7] * RELIEF_PX
    for _ in range(40):
        surface = train.read_batch(network, batch)
        torch.autograd.backward(sum(train.losses(surface, batch).values()))
        optimizer.step(1.0)

    flat = train.angular_error_deg(torch.zeros_like(true_px), true_px).mean()
    learned = train.angular_error_deg(train.read_batch(network, batch).relief_px.detach(), true_px).mean()
    assert learned < 0.6 * flat


def test_every_loss_is_nought_at_the_truth_and_grows_away_from_it(work_dir):
    batch = Renders(work_dir, "train").batch(128 * 128, np.random.default_rng(0))
    truth = train.Surface(albedo=batch[:, 3:6], relief_px=batch[:, 6:7] * 12, roughness=batch[:, 7:8])
    wrong = train.Surface(albedo=batch[:, 3:6].sqrt(), relief_px=batch[:, 6:7] * 6, roughness=batch[:, 7:8] / 2)
    right, far = train.losses(truth, batch), train.losses(wrong, batch)

    for name in right:
        assert right[name] < 3e-3
        assert far[name] > 4 * right[name]
