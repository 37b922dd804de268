"""Enlarging: the right size, the right pixels, no seams; and what is said about wrong files."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

import sfumato.plugin as sf
from sfumato_upscale import network
from sfumato_upscale.enlarge import Enlarge


def enlarge(image, work, **params):
    return Enlarge(Enlarge.Params(**params)).process(image, work)


def whole(esrgan, plane):
    """What the network makes of all of a picture at once."""
    return network.load(esrgan).enlarge(plane)


@pytest.mark.parametrize(("shape", "factor", "size"), [((64, 48, 3), 2.0, (96, 128)), ((33, 71, 1), 1.5, (106, 50))])
def test_lanczos_is_pillows(shape, factor, size, sfumato_work):
    pixels = np.random.default_rng(0).random(shape, np.float32)
    made = enlarge(sf.Image(pixels=pixels, bits=16), sfumato_work(), factor=factor)
    expected = Image.fromarray(pixels[:, :, 0]).resize(size, Image.Resampling.LANCZOS)

    assert (made.width_px, made.height_px, made.bits) == (*size, 16)
    np.testing.assert_allclose(made.pixels[:, :, 0], np.asarray(expected).clip(0, 1), atol=1e-6)


@pytest.mark.parametrize("by", ["lanczos", "network"])
def test_a_seamless_picture_stays_seamless(by, bricks, esrgan, sfumato_work):
    """Rolling the picture rolls the result, and does not where the job does not tile."""
    params = {"factor": 2.0, "tile_px": 64, "overlap": 0.4, "model": esrgan if by == "network" else ""}
    rolled = sf.Image(pixels=np.roll(bricks.pixels, (20, 31), (0, 1)))

    def off(work):
        made = np.roll(enlarge(bricks, work, **params).pixels, (40, 62), (0, 1))
        return np.abs(made - enlarge(rolled, work, **params).pixels).max()

    assert off(sfumato_work(tile="xy")) < 3e-3  # the overlap is less than all that the network sees
    assert off(sfumato_work()) > 1e-2


def test_what_cannot_be_seen_does_not_bleed_in(sfumato_work):
    """Red, opaque on the left; green and transparent on the right."""
    pixels = np.zeros((8, 8, 4), np.float32)
    pixels[:, :4], pixels[:, 4:] = [1, 0, 0, 1], [0, 1, 0, 0]
    made = enlarge(sf.Image(pixels=pixels), sfumato_work()).pixels
    seen = made[:, :, 3] > 0.01

    assert made.shape == (16, 16, 4)
    assert made[seen][:, 1].max() < 0.02
    assert made[:, :, 3].min() == 0
    assert made[:, :, 3].max() == 1


def test_tiles_of_a_network_are_those_of_the_whole(bricks, esrgan, sfumato_work):
    work = sfumato_work()
    wide = sf.Image(pixels=np.tile(bricks.pixels, (1, 2, 1)))
    made = enlarge(wide, work, model=esrgan, tile_px=48, overlap=0.5)

    assert len(work.shares) > 4
    assert made.pixels.shape == (128, 256, 3)
    np.testing.assert_allclose(made.pixels, whole(esrgan, wide.pixels), atol=2e-3)


def test_any_factor_with_a_networks_own(bricks, esrgan, sfumato_work):
    made = enlarge(bricks, sfumato_work(), model=esrgan, factor=3.0).pixels
    doubled = enlarge(bricks, sfumato_work(), model=esrgan, factor=2.0).pixels

    assert made.shape == (192, 192, 3)
    assert (
        np.abs(made.reshape(64, 3, 64, 3, 3).mean((1, 3)) - doubled.reshape(64, 2, 64, 2, 3).mean((1, 3))).mean() < 0.01
    )


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_channels_stay(channels, esrgan, sfumato_work):
    image = sf.Image(pixels=np.random.default_rng(0).random((16, 24, channels), np.float32))

    assert enlarge(image, sfumato_work(), model=esrgan).pixels.shape == (32, 48, channels)
    assert enlarge(image, sfumato_work()).pixels.shape == (32, 48, channels)


def test_a_cancelled_job_stops_between_tiles(bricks, esrgan, sfumato_work):
    work = sfumato_work(cancel_at=2)
    with pytest.raises(sf.JobCancelled):
        enlarge(bricks, work, model=esrgan, tile_px=32, overlap=0.25)
    assert len(work.shares) == 2


@pytest.mark.parametrize("name", ["upscaler.pth", "upscaler.safetensors"])
@pytest.mark.parametrize("zipped", [True, False])
def test_a_pickle_is_refused_whatever_it_is_called(name, zipped, bricks, sfumato_work, tmp_path):
    path = tmp_path / name
    torch.save({"weight": torch.zeros(3)}, path, _use_new_zipfile_serialization=zipped)

    with pytest.raises(ValueError, match=r"model: .* is a pickle, which can run any code when it is loaded"):
        enlarge(bricks, sfumato_work(), model=str(path))


def test_what_is_no_upscaler_is_told(spandrel, bricks, sfumato_work, tmp_path):
    from safetensors.torch import save_file

    other, broken = tmp_path / "other.safetensors", tmp_path / "broken.safetensors"
    save_file({"weight": torch.zeros(3)}, other)
    broken.write_bytes(other.read_bytes()[:20])
    for path, said in (
        (other, "no kind that spandrel knows"),
        (broken, "no whole safetensors file"),
        (tmp_path / "no", "no file"),
    ):
        with pytest.raises(ValueError, match=said):
            enlarge(bricks, sfumato_work(), model=str(path))


def test_without_spandrel_it_is_said_how_to_install_it(bricks, esrgan, sfumato_work, monkeypatch, tmp_path):
    copy = tmp_path / "copy.safetensors"
    copy.write_bytes(Path(esrgan).read_bytes())
    monkeypatch.setitem(sys.modules, "spandrel", None)

    with pytest.raises(ValueError, match=r"model: a network needs spandrel, .*pip install sfumato-upscale\[models\]"):
        enlarge(bricks, sfumato_work(), model=str(copy))
