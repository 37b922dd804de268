"""Upscaling networks from safetensors files, as spandrel reads them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np

from sfumato_upscale.tiles import Plane

_WANTED: Final = "a safetensors file of an upscaling network that spandrel reads, such as RealESRGAN or SwinIR"
_INSTALL: Final = "install it with `pip install sfumato-upscale[models]`"
#: What files of other kinds begin with. A pickle can run any code when it is loaded.
_PICKLES: Final = (b"PK", b"\x80")


@dataclass(frozen=True, slots=True)
class Network:
    """A loaded network: three channels in and out, `scale` times the size."""

    descriptor: Any
    device: str

    @property
    def scale(self) -> int:
        """How many times larger its pictures are."""
        return int(self.descriptor.scale)

    @property
    def wants_whole_pictures(self) -> bool:
        """Whether it cuts pictures up by itself."""
        return bool(self.descriptor.tiling.name == "INTERNAL")

    def enlarge(self, plane: Plane) -> Plane:
        """A plane (H, W, 3) at `scale` times its size."""
        import torch

        pixels = torch.from_numpy(plane.copy()).permute(2, 0, 1)[None].to(self.device)
        with torch.inference_mode():
            found = self.descriptor(pixels)[0].float().clamp(0, 1).permute(1, 2, 0).cpu().numpy()
        return np.ascontiguousarray(found)


def load(file: str) -> Network:
    """The network in `file`. Raises ValueError that names the parameter."""
    path = Path(file).expanduser()
    with path.open("rb") as opened:
        start = opened.read(2)
    if start in _PICKLES or start[:1] == _PICKLES[1]:
        raise ValueError(
            f"model: {file} is a pickle, which can run any code when it is loaded; expected {_WANTED}. Take the"
            " safetensors file of the same network, or convert this one where it may be trusted"
        )
    return _loaded(str(path), path.stat().st_mtime_ns)


@lru_cache(maxsize=1)
def _loaded(file: str, _: int) -> Network:
    try:
        import spandrel  # type: ignore[import-untyped]
        import torch
        from safetensors import SafetensorError
        from safetensors.torch import load_file
    except ImportError as error:
        raise ValueError(f"model: a network needs {error.name}, which is not there; {_INSTALL}") from error
    try:
        tensors = spandrel.canonicalize_state_dict(load_file(file))
    except SafetensorError as error:
        raise ValueError(f"model: {file} is no whole safetensors file ({error}), expected {_WANTED}") from error
    device = "cuda" if torch.cuda.is_available() else "cpu"
    try:
        found = spandrel.ModelLoader(device).load_from_state_dict(tensors)
    except spandrel.UnsupportedModelError as error:
        raise ValueError(f"model: {file} is of no kind that spandrel knows, expected {_WANTED}") from error
    upscales = isinstance(found, spandrel.ImageModelDescriptor) and found.purpose in ("SR", "Restoration")
    if not upscales or (found.input_channels, found.output_channels) != (3, 3):
        what = f"{found.architecture.name} for {found.purpose}, of {found.input_channels} channels"
        raise ValueError(f"model: {file} holds {what}, expected {_WANTED}, of 3 channels")
    return Network(found.eval(), device)
