"""The sheet shows every map beside its picture, of files and of renders."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from PIL import Image

from sfumato_texture import sheet


@pytest.fixture
def made(tmp_path, monkeypatch):
    def make(*arguments):
        monkeypatch.setattr(sys, "argv", ["sheet", str(tmp_path / "sheet.png"), "--width", "192", *map(str, arguments)])
        sheet.main()
        with Image.open(tmp_path / "sheet.png") as image:
            return np.asarray(image)

    return make


def test_of_pictures(made, seamless, tmp_path):
    paths = [tmp_path / f"{name}.png" for name in ("brick", "moss")]
    for path in paths:
        Image.fromarray((seamless(path.stem, 1, 64) * 255).astype(np.uint8)).save(path)

    assert made("--pictures", *paths).shape == (64, 192, 3)


def test_of_renders_with_the_truth_below(made):
    assert made("--rows", 1, "--truth").shape == (64, 192, 3)
