"""The easel: what a live painting shows, and what of it has still to be sent. It neither waits nor speaks gRPC."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from sfumato import wire
from sfumato.adjustments import Adjustment
from sfumato.client.requests import PICTURES, PictureSource, is_asset_id, picture_bytes, pillow_image, request_of
from sfumato.errors import DataLoss, InvalidRecipe
from sfumato.images import Pixels
from sfumato.recipe import CHAINS, SELECTIONS, Recipe
from sfumato.v1 import live_pb2

if TYPE_CHECKING:
    from PIL import Image

#: A canvas as a caller has it; `Pixels` and Pillow's images travel as they are, files packed.
CanvasSource: TypeAlias = "PictureSource | Pixels"

_FORMS: Final = {"RGB": "rgb", "RGBA": "rgba", "L": "gray"}
_MODES: Final = {form: mode for mode, form in _FORMS.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveResult:
    """How a frame looks now: a preview that may be smaller, or `final`. `seed` draws it again.

    `adjustments` come with the first result after a recipe: what the daemon changed in it.
    """

    frame: int
    final: bool
    step_index: int
    step_count: int
    picture: Pixels
    seed: int
    adjustments: tuple[Adjustment, ...] = ()


class Easel:
    """Frames go up with `show`; `take` is the newest state that the daemon has not been sent, without what it has."""

    def __init__(self, what: str | Recipe, options: Mapping[str, Any], max_frame_bytes: int) -> None:
        self.frame = 0
        self._what = what
        self._options: dict[str, Any] = {}
        self._max_frame_bytes = max_frame_bytes
        self._sent: dict[str, live_pb2.LivePicture] = {}
        self._sent_recipe: Any = None
        self._waiting: live_pb2.PaintRequest | None = None
        self._last: Pixels | None = None
        self._put(options)

    def show(self, canvas: CanvasSource | None, options: Mapping[str, Any]) -> int:
        """Change the canvas and the options that are given; the number of the frame that this makes.

        Raises InvalidRecipe, ImageRefused.
        """
        self._put(options if canvas is None else {**options, "init": canvas})
        self.frame += 1
        assert self._waiting
        self._waiting.frame = self.frame
        return self.frame

    def start_over(self) -> None:
        """What the next `show` leaves out is left out of the recipe, rather than as it was."""
        self._options = {}

    def take(self) -> live_pb2.PaintRequest | None:
        """What to send now, if anything. It counts as sent."""
        taken, self._waiting = self._waiting, None
        return taken

    def result(self, message: live_pb2.PaintResponse) -> LiveResult:
        """What the daemon has sent. Raises DataLoss for pixels that are fewer or more than their size says."""
        if message.HasField("picture"):
            self._last = _pixels(message.picture)
        if self._last is None:
            raise DataLoss(f"frame {message.frame} is said to be as one before, and none came before")
        told = {name: getattr(message, name) for name in ("frame", "final", "step_index", "step_count", "seed")}
        rows = (Adjustment(field=row.field, description=row.description) for row in message.adjustments)
        return LiveResult(picture=self._last, adjustments=tuple(rows), **told)

    def _put(self, options: Mapping[str, Any]) -> None:
        """Lay the options over those before, and find out what of them is new."""
        wanted = self._options | {name: value for name, value in options.items() if value is not None}
        request = request_of(self._what, wanted)
        pictures = dict(self._hung(request))
        recipe = wire.request_to_message(request)
        self._check(sum(picture.ByteSize() for picture in pictures.values()))
        self._options = wanted
        waiting = self._waiting or live_pb2.PaintRequest()
        if recipe != self._sent_recipe:
            waiting.recipe.CopyFrom(recipe)
            self._sent_recipe = recipe
        fresh = {name: picture for name, picture in pictures.items() if picture != self._sent.get(name)}
        kept = [picture for picture in waiting.pictures if picture.name not in fresh]
        del waiting.pictures[:]
        waiting.pictures.extend([*kept, *fresh.values()])
        self._sent |= fresh
        self._waiting = waiting

    def _hung(self, request: dict[str, Any]) -> Iterator[tuple[str, live_pb2.LivePicture]]:
        """The pictures of a request by name; in their places the request gets these names."""
        for values, key, path in _places(request):
            source = values[key]
            if not is_asset_id(source):
                values[key] = f"@{path}"
                yield path, live_picture(path, source, self._max_frame_bytes)

    def _check(self, size: int) -> None:
        if self._max_frame_bytes and size > self._max_frame_bytes:
            said = f"the pictures of a frame have {size} bytes, the daemon takes at most {self._max_frame_bytes}"
            raise InvalidRecipe.of("pictures", f"{said}; show a smaller canvas")


def live_picture(name: str, source: CanvasSource, max_bytes: int) -> live_pb2.LivePicture:
    """A picture as it travels. Raises InvalidRecipe for a file that cannot be read, ImageRefused for one too large."""
    if isinstance(source, bytes | str | os.PathLike):
        return live_pb2.LivePicture(name=name, file=picture_bytes(source, name, max_bytes))
    pixels = source if isinstance(source, Pixels) else _of_pil(pillow_image(source, name))
    data = pixels.data if pixels.bits == 8 else pixels.data[::2]
    fields: dict[str, Any] = {_FORMS[pixels.mode]: data}
    return live_pb2.LivePicture(name=name, width_px=pixels.width_px, height_px=pixels.height_px, **fields)


def _of_pil(image: Image.Image) -> Pixels:
    if image.mode in _FORMS:
        return Pixels.from_pil(image)
    with_alpha = image.mode in ("LA", "PA", "P") or "transparency" in image.info
    return Pixels.from_pil(image.convert("L" if image.mode == "1" else "RGBA" if with_alpha else "RGB"))


def _places(request: dict[str, Any]) -> Iterator[tuple[dict[str, Any], str, str]]:
    """Every place of a request that holds a picture: the mapping, the key in it, and its path."""
    yield from ((request, field, field) for field in PICTURES if request.get(field, "") != "")
    rows = [(name, request[name]) for name in SELECTIONS if name in request]
    rows += [(f"{name}.{index}", each) for name in CHAINS for index, each in enumerate(request.get(name, ()))]
    for path, selection in rows:
        for param, value in selection["params"].items():
            if not isinstance(value, bool | int | float | str):
                yield selection["params"], param, f"{path}.params.{param}"


def _pixels(picture: live_pb2.LivePicture) -> Pixels:
    form = picture.WhichOneof("data")
    mode = _MODES.get(form or "")
    expected = picture.width_px * picture.height_px * len(mode or "")
    data = getattr(picture, form) if form else b""
    if mode is None or len(data) != expected:
        said = f"{len(data)} bytes of {form} for {picture.width_px}x{picture.height_px} pixels"
        raise DataLoss(f"a picture came damaged: {said}, expected {expected}")
    return Pixels(width_px=picture.width_px, height_px=picture.height_px, data=data, mode=mode)
