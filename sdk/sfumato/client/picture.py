"""Picture: one image with the recipe that makes it again."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sfumato import images
from sfumato.recipe import Recipe

if TYPE_CHECKING:
    from PIL import Image


@dataclass(frozen=True, slots=True)
class Picture:
    """A PNG as the daemon sent it, with the recipe inside."""

    png: bytes

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
        image = images.decode(self.png).to_pil()
        image.info.update(images.texts_of(self.png))
        return image

    def packed(self) -> bytes:
        """The same picture and texts as a small PNG. The same picture gives the same bytes."""
        return images.encode_png(images.decode(self.png), images.texts_of(self.png))

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the small PNG to `path`, whole or not at all, and return it. Raises OSError."""
        target = Path(path)
        part = target.with_name(target.name + ".part")
        try:
            part.write_bytes(self.packed())
            part.replace(target)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        return target

    def _repr_png_(self) -> bytes:
        return self.png
