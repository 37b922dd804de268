"""What a caller wants, as the JSON of a recipe that the daemon completes."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, TypeAlias, TypedDict

from PIL import Image

from sfumato.errors import ImageRefused, InvalidRecipe
from sfumato.images import Pixels, encode_png
from sfumato.recipe import CHAINS, SELECTIONS, Recipe, Selection

#: A picture as a caller has it: encoded bytes, a file, or Pillow's.
PictureSource: TypeAlias = "bytes | str | os.PathLike[str] | Image.Image"

_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_MODES: Final = {"1": "L", "LA": "RGBA", "PA": "RGBA", "P": "RGBA"}
PICTURES: Final = ("init", "mask")
#: The options that hold several numbers, and the recipe's fields of these.
_TUPLES: Final = {"size": ("width_px", "height_px"), "outpaint": ("left_px", "top_px", "right_px", "bottom_px")}


class RecipeOptions(TypedDict, total=False):
    """What a request may say; what it leaves out is the model's default. `size` is (width, height) in pixels.

    `prompt` and `negative_prompt` replace those of a recipe that is made again.
    A contribution is named by its id, or by a `Selection` with parameters. `init` and `mask`, and parameters of
    these kinds, are pictures, or the sha256 of what was uploaded before (in parameters a file is a Path). `outpaint`
    is (left, top, right, bottom) in pixels.
    """

    prompt: str
    model: str
    negative_prompt: str
    size: tuple[int, int]
    steps: int
    seed: int
    sampler: str | Selection
    schedule: str | Selection
    guider: str | Selection
    tile: str
    init: PictureSource
    mask: PictureSource
    strength: float
    outpaint: tuple[int, int, int, int]
    conditioners: Sequence[str | Selection]
    post_processors: Sequence[str | Selection]


def request_of(what: str | Recipe, options: Mapping[str, Any]) -> dict[str, Any]:
    """The request for a prompt, or for a recipe to be made again; `options` override the recipe's fields.

    Pictures in `init` and `mask` stay as they came; `picture_bytes` reads them. Raises InvalidRecipe.
    """
    if not isinstance(what, str | Recipe):
        raise InvalidRecipe.of("prompt", f"got {what!r}, expected text, or a Recipe to make again")
    request = {"prompt": what} if isinstance(what, str) else _again(what)
    for name, value in options.items():
        if value is not None:
            request |= _fields(name, value)
    return request


def picture_bytes(source: PictureSource, field: str, max_bytes: int) -> bytes:
    """The encoded picture behind `source`. Raises InvalidRecipe for what is none, ImageRefused if too large."""
    if isinstance(source, bytes):
        return source
    if isinstance(source, str | os.PathLike):
        return _file_bytes(Path(source), field, max_bytes)
    image = pillow_image(source, field)
    mode = _MODES.get(image.mode, image.mode if image.mode in ("RGB", "RGBA", "L") else "RGB")
    return encode_png(Pixels.from_pil(image.convert(mode)))


def pillow_image(source: object, field: str) -> Image.Image:
    """The source, which is neither file nor bytes. Raises InvalidRecipe where it is no picture of Pillow's either."""
    if not isinstance(source, Image.Image) or 0 in source.size:
        raise InvalidRecipe.of(field, f"got {source!r}, expected a picture: a file, its bytes, or one of Pillow's")
    return source


def selections_in(request: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The selections of a request. A parameter may still be a picture, which has to be uploaded."""
    yield from (request[name] for name in SELECTIONS if name in request)
    yield from (each for name in CHAINS for each in request.get(name, ()))


def is_asset_id(source: object) -> bool:
    """Whether `source` names an asset instead of being a picture."""
    return isinstance(source, str) and bool(_SHA256.fullmatch(source))


def _again(recipe: Recipe) -> dict[str, Any]:
    request = recipe.to_json()
    if not recipe.init:
        del request["strength"]  # it has a meaning only with an initial image
    return request


def _fields(name: str, value: Any) -> dict[str, Any]:
    if name in _TUPLES:
        numbers = _numbers(name, value)
        return numbers if name == "size" else {name: numbers}
    if name in SELECTIONS:
        return {name: _selection(name, value)}
    if name in CHAINS:
        if not isinstance(value, list | tuple):
            raise InvalidRecipe.of(name, f"got {value!r}, expected a list of ids or Selections")
        return {name: [_selection(f"{name}.{place}", each) for place, each in enumerate(value)]}
    return {name: value}


def _numbers(name: str, value: Any) -> dict[str, Any]:
    fields = _TUPLES[name]
    if not isinstance(value, list | tuple) or len(value) != len(fields):
        raise InvalidRecipe.of(name, f"got {value!r}, expected the numbers ({', '.join(fields)})")
    return dict(zip(fields, value, strict=True))


def _selection(path: str, value: Any) -> dict[str, Any]:
    selection = Selection(id=value) if isinstance(value, str) else value
    if not isinstance(selection, Selection):
        raise InvalidRecipe.of(path, f"got {value!r}, expected the id of a contribution, or a Selection")
    return selection.to_json()


def _file_bytes(path: Path, field: str, max_bytes: int) -> bytes:
    try:
        size = path.stat().st_size
        if size > max_bytes:
            raise ImageRefused(f"{field}: {path} has {size} bytes; the daemon takes at most {max_bytes}")
        return path.read_bytes()
    except OSError as error:
        raise InvalidRecipe.of(field, f"{path} cannot be read: {error.strerror}") from error
