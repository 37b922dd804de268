"""Maps on disk: 16-bit PNG, or EXR in floats. Needs `pip install sfumato-texture[files]`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

Format = Literal["png", "exr"]

COLOURS: Final = ("albedo",)
"""Maps that a PNG holds in sRGB. An EXR holds light, as every reader of it expects; the others are numbers in both."""


def save_maps(maps: Mapping[str, NDArray[np.float32]], folder: Path | str, format: Format = "png") -> list[Path]:
    """Write each map (H, W, 1, 3 or 4) as `folder/NAME.png` in 16 bits or `folder/NAME.exr` in float32; the paths.

    An albedo comes in sRGB, and is linear in EXR.
    Raises ValueError on another format or shape, OSError where the folder cannot be written.
    """
    writers = {"png": _write_png, "exr": _write_exr}
    if format not in writers:
        raise ValueError(f"format: got {format!r}, expected 'png' or 'exr'")
    for name, pixels in maps.items():
        if pixels.ndim != 3 or pixels.shape[2] not in (1, 3, 4):
            raise ValueError(f"maps[{name!r}]: got shape {pixels.shape}, expected (H, W, 1, 3 or 4)")
    Path(folder).mkdir(parents=True, exist_ok=True)
    paths = [Path(folder) / f"{name}.{format}" for name in maps]
    for path, (name, pixels) in zip(paths, maps.items(), strict=True):
        writers[format](path, _linear(pixels) if format == "exr" and name in COLOURS else pixels)
    return paths


def _linear(pixels: NDArray[np.float32]) -> NDArray[np.float32]:
    """Without the curve of sRGB (IEC 61966-2-1), which opacity does not have."""
    curved = pixels[:, :, :3]
    light = np.where(curved <= 0.04045, curved / 12.92, ((curved + 0.055) / 1.055) ** 2.4)
    return np.concatenate([light, pixels[:, :, 3:]], axis=2, dtype=np.float32)


def _write_png(path: Path, pixels: NDArray[np.float32]) -> None:
    import cv2

    values = np.rint(np.clip(pixels, 0, 1) * 65535).astype(np.uint16)
    blue_first = {1: [0], 3: [2, 1, 0], 4: [2, 1, 0, 3]}[values.shape[2]]
    _, data = cv2.imencode(".png", np.ascontiguousarray(values[:, :, blue_first]))
    path.write_bytes(data.tobytes())


def _write_exr(path: Path, pixels: NDArray[np.float32]) -> None:
    import OpenEXR  # type: ignore[import-not-found]  # an extension without stubs

    name = {1: "Y", 3: "RGB", 4: "RGBA"}[pixels.shape[2]]
    channels = pixels[:, :, 0] if pixels.shape[2] == 1 else pixels
    header = {"compression": OpenEXR.ZIP_COMPRESSION, "type": OpenEXR.scanlineimage}
    with OpenEXR.File(header, {name: np.ascontiguousarray(channels, np.float32)}) as file:
        file.write(str(path))
