"""Finished files become images of the .blend: packed into it, or saved beside it."""

import re
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import bpy
import numpy as np

from .core.host import HostError
from .pixels import picture_of, srgb_of_linear

#: Blender's name for numbers that no colour management touches, and for colours as files hold them.
DATA, COLOUR = "Non-Color", "sRGB"
_UNFIT = re.compile(r"[^\w\- ]+")


def place(name, png, *, is_data, folder=""):
    """An image with this PNG's pixels, its colour space set; packed, or saved in `folder` (which may begin with //).

    Nothing is decoded before it is shown. Raises OSError where the file cannot be written.
    """
    space = DATA if is_data else COLOUR
    if folder:
        image = bpy.data.images.load(_write(folder, name, png))
        image.name = name
        image.colorspace_settings.name = space
        return image
    image = bpy.data.images.new(name, 1, 1, is_data=is_data)
    image.colorspace_settings.name = space
    image.pack(data=png, data_len=len(png))
    image.source = "FILE"
    image.filepath_raw = f"//{file_name(name)}"
    return image


@contextmanager
def loaded(path):
    """The image of a file inside of a `with`; the .blend has none of it afterwards."""
    image = bpy.data.images.load(str(path))
    try:
        yield image
    finally:
        bpy.data.images.remove(image)


def drop_unused(images):
    """Remove images that nothing uses any more."""
    for image in images:
        if image is not None and image.users == 0:
            bpy.data.images.remove(image)


def file_name(name):
    """A name that every file system takes."""
    return (_UNFIT.sub("_", name).strip() or "texture") + ".png"


def _write(folder, name, png):
    if folder.startswith("//") and not bpy.data.filepath:
        raise OSError("the .blend has not been saved yet")
    directory = Path(bpy.path.abspath(folder))
    directory.mkdir(parents=True, exist_ok=True)
    stem = Path(file_name(name)).stem
    path = directory / f"{stem}.png"
    count = 1
    while path.exists() and path.read_bytes() != png:
        count += 1
        path = directory / f"{stem}-{count}.png"
    path.write_bytes(png)
    return bpy.path.relpath(str(path)) if bpy.data.filepath else str(path)


class Raw(NamedTuple):
    """An image's numbers as Blender has them, bottom row first; `is_linear` where colours are linear light."""

    flat: Any
    width_px: int
    height_px: int
    is_linear: bool


def read(image):
    """An image's numbers, without any work on them. Raises HostError where it has no pixels."""
    width_px, height_px = image.size
    if not width_px or not height_px:
        raise HostError(f"The image “{image.name}” has no pixels. Load or paint it first.")
    flat = np.empty(width_px * height_px * 4, np.float32)
    image.pixels.foreach_get(flat)
    return Raw(flat, width_px, height_px, image.is_float and image.colorspace_settings.name != DATA)


def converted(raw):
    """Its colours as rgba8 in sRGB. A large photograph takes a second: call it beside the main thread."""
    if raw.is_linear:
        colours = raw.flat.reshape(-1, 4)
        colours[:, :3] = srgb_of_linear(colours[:, :3])
    return picture_of(raw.flat, raw.width_px, raw.height_px)


def pixels_of(image):
    """An image as rgba8 in sRGB, at once. Raises HostError where it has no pixels."""
    return converted(read(image))
