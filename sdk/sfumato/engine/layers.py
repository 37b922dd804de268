"""Images as plugins see them, from and to bytes and the pixels that travel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import count
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

import sfumato.plugin as sf
from sfumato import images
from sfumato.engine.inpainting import Bytes
from sfumato.errors import InvalidRecipe
from sfumato.images import Pixels
from sfumato.plugin._params import specs_of

_MODES: Final = {1: "L", 3: "RGB", 4: "RGBA"}
_PICTURES: Final = {"image": "RGBA", "mask": "L"}


def of_bytes(picture: Bytes) -> sf.Image:
    """(H, W, 3) bytes."""
    return sf.Image(pixels=_shares(picture))


def of_mask(mask: Bytes) -> sf.Image:
    """(H, W) bytes."""
    return sf.Image(pixels=_shares(mask)[:, :, None])


def of_file(data: bytes, mode: str = "RGBA") -> sf.Image:
    """An encoded picture; without its alpha channel where all of it is opaque. Raises ImageRefused."""
    pixels = images.decode(data, mode)
    array = np.frombuffer(pixels.data, np.uint8).reshape(pixels.height_px, pixels.width_px, -1)
    if array.shape[2] == 4 and (array[:, :, 3] == 255).all():
        array = array[:, :, :3]
    return sf.Image(pixels=_shares(array))


def frozen(image: sf.Image) -> sf.Image:
    """The same picture, which nobody can change in place."""
    return replace(image, pixels=_read_only(image.pixels))


def _shares(values: Bytes) -> NDArray[np.float32]:
    return _read_only(np.divide(values, 255, dtype=np.float32))


def _read_only(pixels: NDArray[np.float32]) -> NDArray[np.float32]:
    view = pixels.view()
    view.setflags(write=False)
    return view


def to_pixels(image: sf.Image) -> Pixels:
    """The nearest 8-bit or 16-bit pixels."""
    peak, kind = (65535, ">u2") if image.bits == 16 else (255, "u1")
    array = np.rint(np.clip(image.pixels, 0, 1) * peak).astype(kind)
    mode = _MODES[array.shape[2]]
    return Pixels(width_px=image.width_px, height_px=image.height_px, data=array.tobytes(), mode=mode, bits=image.bits)


def to_file(image: sf.Image) -> bytes:
    """A PNG, for what goes back into the engine."""
    return images.encode_png(to_pixels(image), compress_level=0)


def names_of(made: Sequence[sf.Image]) -> list[str]:
    """A name for every layer, the image itself first; of several with one name, the later ones are numbered."""
    names: list[str] = []
    for place, layer in enumerate(made):
        name = layer.name or (f"layer {place}" if place else "")
        later = (f"{name} {number}" for number in count(2))
        names.append(name if name not in names else next(each for each in later if each not in names))
    return names


def problem_with(given: Any) -> str | None:
    """What is wrong with something that should be an Image, in words; None for a sound one."""
    if not isinstance(given, sf.Image):
        return f"returned {type(given).__name__}, expected an Image"
    pixels: Any = given.pixels
    if not isinstance(pixels, np.ndarray) or pixels.ndim != 3 or pixels.shape[2] not in _MODES:
        shape = getattr(pixels, "shape", type(pixels).__name__)
        return f"returned an Image of {shape}, expected (H, W, C) with 1, 3 or 4 channels"
    if pixels.dtype != np.float32:
        return f"returned an Image of {pixels.dtype}, expected float32"
    if given.bits not in (8, 16):
        return f"returned an Image of {given.bits} bits, expected 8 or 16"
    if pixels.size == 0 or pixels.shape[0] * pixels.shape[1] > images.MAX_PIXELS:
        return f"returned an Image of {pixels.shape[1]}x{pixels.shape[0]}, expected 1 to {images.MAX_PIXELS} pixels"
    return None if np.isfinite(pixels).all() else "returned an Image with values that are not finite"


def parameter_images(
    contribution: sf.Contribution, params: Mapping[str, Any], place: str, assets: Mapping[str, bytes]
) -> dict[str, sf.Image]:
    """The contribution's image and mask parameters that are set, by id. Raises InvalidRecipe, ImageRefused."""
    found = {}
    for spec in specs_of(contribution.Params):
        if spec.kind in _PICTURES and (sha256 := params.get(spec.id)):
            if sha256 not in assets:
                said = f"got {sha256}, but no such asset came with the job"
                raise InvalidRecipe.of(f"{place}.params.{spec.id}", said)
            found[spec.id] = of_file(assets[sha256], _PICTURES[spec.kind])
    return found
