"""The pictures of a live painting: checked when they come, made files in memory when they are drawn."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sfumato.errors import ImageRefused, InvalidRecipe
from sfumato.recipe import CHAINS, SELECTIONS
from sfumato.v1 import live_pb2, recipes_pb2

MAX_FRAME_BYTES: Final = 64 * 2**20

_CHANNELS: Final = {"rgb": ("RGB", 3), "rgba": ("RGBA", 4), "gray": ("L", 1)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Exhibit:
    """A picture as the engine takes it: a file's bytes, their name, and the size (width, height) in pixels."""

    sha256: str
    data: bytes
    size: tuple[int, int]


class Gallery:
    """The newest picture of every name."""

    def __init__(self) -> None:
        self._hung: dict[str, tuple[str, live_pb2.LivePicture]] = {}
        self._exhibits: dict[str, tuple[live_pb2.LivePicture, Exhibit]] = {}

    def hang(self, pictures: Iterable[live_pb2.LivePicture]) -> None:
        """Take pictures in the place of those before. Raises InvalidRecipe."""
        hung = dict(self._hung)
        for index, picture in enumerate(pictures):
            path = f"pictures.{index}"
            _check(picture, path)
            hung[picture.name] = path, picture
        size = sum(picture.ByteSize() for _, picture in hung.values())
        if size > MAX_FRAME_BYTES:
            said = f"got {size} bytes together with those that came before, expected at most {MAX_FRAME_BYTES}"
            raise InvalidRecipe.of("pictures", said)
        self._hung = hung

    def view(self) -> Mapping[str, tuple[str, live_pb2.LivePicture]]:
        """The pictures with their paths by name, as they hang now."""
        return dict(self._hung)

    def exhibits(self, view: Mapping[str, tuple[str, live_pb2.LivePicture]]) -> dict[str, Exhibit]:
        """What was in view, ready for the engine; on a thread. Raises InvalidRecipe for a file that is no picture."""
        known = self._exhibits
        found = {
            name: known[name] if name in known and known[name][0] is picture else (picture, _exhibit(path, picture))
            for name, (path, picture) in view.items()
        }
        self._exhibits = found
        return {name: exhibit for name, (_, exhibit) in found.items()}


def named(recipe: recipes_pb2.Recipe, exhibits: Mapping[str, Exhibit]) -> recipes_pb2.Recipe:
    """The recipe with the sha256 of each picture that it calls by name. Raises InvalidRecipe for a name unknown."""
    found = recipes_pb2.Recipe()
    found.CopyFrom(recipe)
    for field in ("init", "mask"):
        if (text := getattr(found, field)).startswith("@"):
            if text[1:] not in exhibits:
                known = ", ".join(f"@{name}" for name in sorted(exhibits)) or "none"
                raise InvalidRecipe.of(field, f"got {text!r}, but no such picture has come; there are: {known}")
            setattr(found, field, exhibits[text[1:]].sha256)
    for value in _parameters(found):
        text = value.string_value
        if text.startswith("@") and text[1:] in exhibits:
            value.string_value = exhibits[text[1:]].sha256
    return found


def _parameters(recipe: recipes_pb2.Recipe) -> Iterator[Any]:
    selections = [getattr(recipe, name) for name in SELECTIONS if recipe.HasField(name)]
    for selection in (*selections, *(each for name in CHAINS for each in getattr(recipe, name))):
        yield from selection.params.values()


def _check(picture: live_pb2.LivePicture, path: str) -> None:
    form = picture.WhichOneof("data")
    if not picture.name:
        raise InvalidRecipe.of(f"{path}.name", "got nothing, expected the name by which the recipe calls the picture")
    if form is None:
        raise InvalidRecipe.of(f"{path}.data", "got no pixels, expected rgb, rgba, gray or file")
    if form == "file":
        return
    for side in ("width_px", "height_px"):
        if getattr(picture, side) < 1:
            raise InvalidRecipe.of(f"{path}.{side}", f"got {getattr(picture, side)}, expected at least 1")
    got, expected = len(getattr(picture, form)), picture.width_px * picture.height_px * _CHANNELS[form][1]
    if got != expected:
        said = f"got {got} bytes, expected {expected} for {picture.width_px}x{picture.height_px} pixels"
        raise InvalidRecipe.of(f"{path}.{form}", said)


def _exhibit(path: str, picture: live_pb2.LivePicture) -> Exhibit:
    from sfumato import images  # Pillow is not needed to start

    form = picture.WhichOneof("data") or "file"
    size = picture.width_px, picture.height_px
    if form == "file":
        data = picture.file
        try:
            size = images.whole_size_of(data)
        except ImageRefused as error:
            raise InvalidRecipe.of(f"{path}.file", error.message) from error
    else:
        width_px, height_px = size
        mode, raw = _CHANNELS[form][0], getattr(picture, form)
        pixels = images.Pixels(width_px=width_px, height_px=height_px, data=raw, mode=mode)
        data = images.encode_png(pixels, compress_level=0)
    return Exhibit(sha256=hashlib.sha256(data).hexdigest(), data=data, size=size)
