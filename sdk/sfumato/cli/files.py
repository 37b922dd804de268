"""Where pictures are written: the name that was given, or one made of the prompt and the seed."""

from __future__ import annotations

import itertools
import re
from pathlib import Path
from typing import Final

_SLUG_CHARACTERS: Final = 48


def slug(prompt: str) -> str:
    """The prompt's words as a file name: `mossy-red-brick-wall`."""
    text = "-".join(re.findall(r"[^\W_]+", prompt.lower()))
    if len(text) > _SLUG_CHARACTERS:
        text = text[: _SLUG_CHARACTERS + 1].rpartition("-")[0] or text[:_SLUG_CHARACTERS]
    return text or "picture"


def picture_path(output: Path | None, *, prompt: str, seed: int, image_index: int, count: int) -> Path:
    """The file of one image.

    A given name is taken as it is, and numbered where there are several images. Without one, or with a folder, the
    name comes from the prompt and the seed, and never overwrites another picture.
    """
    if output is None or output.is_dir():
        return _unused((output or Path()) / f"{slug(prompt)}-{seed}.png")
    if count == 1:
        return output
    return output.with_name(f"{output.stem}-{image_index + 1:0{len(str(count))}}{output.suffix}")


def problem_with(output: Path | None) -> str | None:
    """Why no picture can be written to `output`; None when nothing is known against it."""
    if output is None or output.is_dir():
        return None
    if output.suffix.lower() != ".png":
        return f"got {output.name!r}, expected a name ending in .png, which keeps the recipe, or a folder that is there"
    if not output.parent.is_dir():
        return f"there is no folder {output.parent}"
    return None


def _unused(path: Path) -> Path:
    numbered = (path.with_name(f"{path.stem}-{number}{path.suffix}") for number in itertools.count(2))
    return next(candidate for candidate in itertools.chain([path], numbered) if not candidate.exists())
