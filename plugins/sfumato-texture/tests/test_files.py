"""Maps on disk: read back by other libraries, they are what they were."""

from __future__ import annotations

import cv2
import numpy as np
import OpenEXR
import pytest

from sfumato_texture.files import save_maps


@pytest.fixture
def maps():
    random = np.random.default_rng(0)
    return {"normal": random.random((6, 9, 3), np.float32), "height": random.random((6, 9, 1), np.float32)}


def test_png_keeps_sixteen_bits(maps, tmp_path):
    paths = save_maps(maps, tmp_path / "new", "png")
    normal = cv2.imread(str(paths[0]), cv2.IMREAD_UNCHANGED)[:, :, ::-1]
    height = cv2.imread(str(paths[1]), cv2.IMREAD_UNCHANGED)

    assert [path.name for path in paths] == ["normal.png", "height.png"]
    assert (normal == np.rint(maps["normal"] * 65535)).all()
    assert (height == np.rint(maps["height"][:, :, 0] * 65535)).all()


def test_exr_keeps_the_numbers(maps, tmp_path):
    paths = save_maps(maps, tmp_path, "exr")
    with OpenEXR.File(str(paths[0])) as normal, OpenEXR.File(str(paths[1])) as height:
        assert (normal.channels()["RGB"].pixels == maps["normal"]).all()
        assert (height.channels()["Y"].pixels == maps["height"][:, :, 0]).all()


def test_opacity_is_kept(tmp_path):
    cut_out = np.random.default_rng(0).random((4, 5, 4), np.float32)
    (png,) = save_maps({"albedo": cut_out}, tmp_path, "png")
    (exr,) = save_maps({"decal": cut_out}, tmp_path, "exr")

    read = cv2.imread(str(png), cv2.IMREAD_UNCHANGED)[:, :, [2, 1, 0, 3]]
    assert (read == np.rint(cut_out * 65535)).all()
    with OpenEXR.File(str(exr)) as file:
        assert (file.channels()["RGBA"].pixels == cut_out).all()


def test_an_exr_holds_the_albedo_in_light_and_other_maps_as_they_are(tmp_path):
    """0.5 in sRGB is 21.4 % of the light."""
    grey = np.full((2, 3, 4), 0.5, np.float32)
    paths = save_maps({"albedo": grey, "roughness": grey[:, :, :1]}, tmp_path, "exr")

    with OpenEXR.File(str(paths[0])) as albedo, OpenEXR.File(str(paths[1])) as roughness:
        np.testing.assert_allclose(albedo.channels()["RGBA"].pixels[0, 0], [0.2140, 0.2140, 0.2140, 0.5], atol=1e-4)
        assert (roughness.channels()["Y"].pixels == 0.5).all()


def test_what_cannot_be_written_is_named(maps, tmp_path):
    with pytest.raises(ValueError, match="format: got 'tiff', expected 'png' or 'exr'"):
        save_maps(maps, tmp_path, "tiff")
    with pytest.raises(ValueError, match=r"maps\['flat'\]: got shape \(4, 4\), expected"):
        save_maps({"flat": np.zeros((4, 4), np.float32)}, tmp_path)
    assert list(tmp_path.iterdir()) == []
