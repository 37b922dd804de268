"""Training goes on where it stopped, and learns; its splits keep apart what they must."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from sfumato.ground.materials import SurfaceSpec, render, shade
from sfumato.ground.prompts import held_out
from sfumato_texture.training import renders, train
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


def test_training_goes_on_and_leaves_half_precise_weights(work_dir, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(train, "BATCH_PX", 128 * 128)
    monkeypatch.setattr(train, "REPORT_EVERY", 1)
    train.train(work_dir, 0.002, tmp_path / "first.safetensors")
    first = torch.load(work_dir / "maps.pt", weights_only=True)
    train.train(work_dir, first["spent_s"] / 60 + 0.002, tmp_path / "second.safetensors")
    second = torch.load(work_dir / "maps.pt", weights_only=True)

    assert 0 < first["step"] < second["step"]
    assert {value.dtype for value in load_file(tmp_path / "second.safetensors").values()} == {torch.float16}
    assert "held-out normals" in capsys.readouterr().out


def test_every_loss_is_nought_at_the_truth_and_grows_away_from_it(work_dir):
    batch = Renders(work_dir, "train").batch(128 * 128, np.random.default_rng(0))
    truth = train.Surface(albedo=batch[:, 3:6], relief_px=batch[:, 6:7] * 12, roughness=batch[:, 7:8])
    wrong = train.Surface(albedo=batch[:, 3:6].sqrt(), relief_px=batch[:, 6:7] * 6, roughness=batch[:, 7:8] / 2)
    right, far = train.losses(truth, batch), train.losses(wrong, batch)

    for name in right:
        assert right[name] < 3e-3
        assert far[name] > 4 * right[name]
