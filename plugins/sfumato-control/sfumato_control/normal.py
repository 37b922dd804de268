"""control.normal: which way surfaces face, taken from a picture's light and dark."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import sfumato.plugin as sf

if TYPE_CHECKING:
    from sfumato_control.planes import Plane


class NormalParams(sf.Params):
    """How a picture is read as a relief."""

    strength: float = sf.Field(4.0, ge=0, le=100, display=(0, 20), step=0.5, label="Strength",
        help="How steep light and dark are taken to be; 0 is a flat surface.")  # fmt: skip
    blur_px: float = sf.Field(1.0, ge=0, le=50, display=(0, 10), step=0.1, unit="px", label="Smooth first",
        help="Radius of a Gaussian that removes grain beforehand.")  # fmt: skip
    invert: bool = sf.Field(False, label="Dark is high", help="Take dark places for high ones.")
    convention: Literal["opengl", "directx"] = sf.Field("opengl", label="Green points",
        choices={"opengl": "Up (OpenGL)", "directx": "Down (DirectX)"},
        help="Control nets and Blender want up.")  # fmt: skip


class Normal(sf.Preprocessor):
    """Central differences of the luminance, taken for a height; for depth, give it a depth map."""

    id, label = "control.normal", "Normals from light"
    description = "A normal map of the picture, whose light and dark are read as high and low."
    Params = NormalParams

    def map(self, image: sf.Image, work: sf.Work) -> sf.Image:
        """Unit normals (H, W, 3) as (n + 1) / 2, in 16 bits."""
        from sfumato_control.planes import grey_of, map_of, seamlessly

        margin_px = int(4 * self.params.blur_px) + 2
        normals = seamlessly(grey_of(image), work.recipe.tile, margin_px, self._normals)
        return map_of(normals, name="normal", bits=16)

    def _normals(self, height: Plane) -> Plane:
        import cv2
        import numpy as np

        if self.params.blur_px:
            height = cv2.GaussianBlur(height, (0, 0), self.params.blur_px).astype(np.float32)
        beyond = np.pad(height, 1, mode="edge")
        slope = self.params.strength * (-1 if self.params.invert else 1)
        right = slope * (beyond[1:-1, 2:] - beyond[1:-1, :-2]) / 2
        down = slope * (beyond[2:, 1:-1] - beyond[:-2, 1:-1]) / 2
        green = down if self.params.convention == "opengl" else -down
        normals = np.stack([-right, green, np.ones_like(height)], axis=2)
        normals /= np.linalg.norm(normals, axis=2, keepdims=True)
        found: Plane = ((normals + 1) / 2).astype(np.float32)
        return found
