"""Picture: one image with the recipe that makes it again."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from sfumato import images
from sfumato.recipe import Recipe

if TYPE_CHECKING:
    from PIL import Image


@dataclass(frozen=True, slots=True)
class Picture:
    """A PNG as the daemon sent it, with the recipe inside.

    `layers` are further pictures that a post-processor made of the same image, by name.
    """

    png: bytes
    layers: Mapping[str, Picture] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def recipe(self) -> Recipe:
        """The recipe of this picture alone."""
        return Recipe.from_json(images.recipe_of(self.png)["recipe"])

    @property
    def seed(self) -> int:
        """The seed that draws it."""
        return self.recipe.seed

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return images.size_of(self.png)

    @property
    def pil(self) -> Image.Image:
        """The picture as a Pillow image, the texts of the file in its `info`."""
        image = images.decode(self.png, images.png_form(self.png)[0]).to_pil()
        image.info.update(images.texts_of(self.png))
        return image

    def packed(self) -> bytes:
        """The same picture and texts as a small PNG. The same picture gives the same bytes."""
        mode, bits = images.png_form(self.png)
        if bits == 16:
            return images.packed_png(self.png)
        return images.encode_png(images.decode(self.png, mode), images.texts_of(self.png))

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the small PNG to `path`, whole or not at all, and return it. Raises OSError with the file's name."""
        target = Path(path)
        part = target.with_name(target.name + ".part")
        try:
            part.write_bytes(self.packed())
            part.replace(target)
        except BaseException as error:
            part.unlink(missing_ok=True)
            if isinstance(error, OSError) and error.errno and not error.filename:
                raise OSError(error.errno, error.strerror, str(target)) from error
            raise
        return target

    def _repr_png_(self) -> bytes:
        return self.png
