"""upscale.enlarge: a larger picture, by a network or by Lanczos."""

from __future__ import annotations

import os.path
from typing import TYPE_CHECKING

import pydantic

import sfumato.plugin as sf

if TYPE_CHECKING:
    from sfumato_upscale.network import Network
    from sfumato_upscale.tiles import Plane


class EnlargeParams(sf.Params):
    """How much larger, and by what."""

    factor: float = sf.Field(2.0, ge=0.25, le=8, display=(1, 4), step=0.5, label="Factor",
        help="How many times as wide and high.")  # fmt: skip
    model: str = sf.Field("", label="Upscaler",
        help="A safetensors file of an upscaling network, such as RealESRGAN_x4; left out, it is Lanczos.")  # fmt: skip
    tile_px: int = sf.Field(256, ge=32, le=4096, display=(64, 1024), step=8, unit="px", label="Tile size",
        group="Memory", depends_on="model", help="How much of the picture the network sees at once.")  # fmt: skip
    overlap: float = sf.Field(0.1, ge=0, le=0.5, step=0.05, label="Overlap", group="Memory", depends_on="model",
        help="The share of a tile that reaches into the next one, to blend.")  # fmt: skip

    @pydantic.field_validator("model")
    @classmethod
    def _is_a_file(cls, file: str) -> str:
        if file.strip() and not os.path.isfile(os.path.expanduser(file)):
            raise ValueError(f"no file {file}, expected a safetensors file of an upscaling network")
        return file


class Enlarge(sf.PostProcessor):
    """A network's own factor tile by tile, the rest by Lanczos. Opacity is resampled; tileable images stay seamless."""

    id, label = "upscale.enlarge", "Enlarge"
    description = "Makes the image larger, by an upscaling network of yours, or by Lanczos."
    Params = EnlargeParams
    keeps_size = False

    def process(self, image: sf.Image, work: sf.Work) -> sf.Image:
        """The larger image. Raises ValueError where the file is no such network."""
        from sfumato_upscale.lanczos import resample_image

        network = self._network()
        size = [max(1, round(side * self.params.factor)) for side in (image.width_px, image.height_px)]
        pixels = image.pixels if network is None else self._by(network, image, work)
        made = resample_image(pixels, size[0], size[1], work.recipe.tile)
        return sf.Image(pixels=made, name=image.name, bits=image.bits)

    def _network(self) -> Network | None:
        if not self.params.model.strip():
            return None
        from sfumato_upscale.network import load

        return load(self.params.model)

    def _by(self, network: Network, image: sf.Image, work: sf.Work) -> Plane:
        """The pixels at the network's scale, of as many channels as before."""
        import numpy as np

        from sfumato_upscale.lanczos import resample

        pixels, scale, tile = image.pixels, network.scale, work.recipe.tile
        grey = pixels.shape[2] == 1
        colours = self._tiled(network, np.repeat(pixels, 3, axis=2) if grey else pixels[:, :, :3], work)
        if grey:
            mean: Plane = colours.mean(axis=2, keepdims=True, dtype=np.float32)
            return mean
        if not image.has_alpha:
            return colours
        alpha = resample(pixels[:, :, 3:], image.width_px * scale, image.height_px * scale, tile)
        return np.concatenate([colours, alpha], axis=2)

    def _tiled(self, network: Network, rgb: Plane, work: sf.Work) -> Plane:
        from sfumato_upscale.tiles import Axis, Mosaic

        size = max(rgb.shape) if network.wants_whole_pictures else self.params.tile_px
        overlap = round(self.params.overlap * self.params.tile_px)
        down, across = (
            Axis.of(length, size, overlap, wraps=axis in work.recipe.tile, around=True)
            for axis, length in zip("yx", rgb.shape[:2], strict=True)
        )
        mosaic = Mosaic(down, across, overlap, scale=network.scale)
        for number, window in enumerate(mosaic.windows()):
            work.progress(number / len(mosaic), f"tile {number + 1} of {len(mosaic)}")
            mosaic.lay(network.enlarge(mosaic.cut(rgb, *window)), *window)
        return mosaic.whole()
