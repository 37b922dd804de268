"""`python -m sfumato_texture`: maps as files, of pictures with and without a recipe."""

from __future__ import annotations

import sys

import cv2
import numpy as np
import pytest
from PIL import Image

from sfumato_texture import __main__ as command
from sfumato_texture.mapping import maps_of
from sfumato_texture.maps import LAYERS


@pytest.fixture
def run(monkeypatch, capsys):
    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["sfumato_texture", *map(str, arguments)])
        command.main()
        return capsys.readouterr().out.splitlines()

    return run


@pytest.fixture
def photo(photographed, tmp_path):
    path = tmp_path / "photo.png"
    Image.fromarray((photographed("granite", 3)[:48, :56] * 255).astype(np.uint8)).save(path)
    return path


def test_each_map_is_a_file_of_sixteen_bits(run, photo, tmp_path):
    paths = run(photo, "-o", tmp_path / "maps", "--tile", "x", "--strength", "2", "--convention", "directx")
    pixels = np.asarray(Image.open(photo), np.float32) / np.float32(255)
    expected = maps_of(pixels, tile="x", strength=2.0, convention="directx")["normal"]

    assert paths == [str(tmp_path / "maps" / f"{name}.png") for name in LAYERS]
    written = cv2.imread(str(tmp_path / "maps" / "normal.png"), cv2.IMREAD_UNCHANGED)[:, :, ::-1]
    assert (written == np.rint(expected * 65535)).all()


def test_a_picture_without_a_recipe_does_not_tile(photo):
    pixels, tile = command.read_picture(photo)

    assert tile == ""
    assert pixels.shape == (48, 56, 3)
    assert pixels.max() <= 1


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["nothing.png"], "nothing.png: "),
        (["--strength", "5"], "--strength: got 5.0, expected 0 to 4"),
        (["--format", "tiff"], "invalid choice: 'tiff'"),
    ],
)
def test_what_cannot_be_done_is_named(run, photo, tmp_path, capsys, arguments, problem):
    named = [tmp_path / each if each.endswith(".png") else each for each in arguments]
    picture = [] if arguments[0].endswith(".png") else [photo]
    with pytest.raises(SystemExit):
        run(*picture, *named)

    assert problem in capsys.readouterr().err


def test_what_is_no_picture_is_named(run, tmp_path, capsys):
    (tmp_path / "text.png").write_bytes(b"not a picture")
    with pytest.raises(SystemExit):
        run(tmp_path / "text.png")

    assert "not a PNG, JPEG, WEBP picture" in capsys.readouterr().err
