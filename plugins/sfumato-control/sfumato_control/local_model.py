"""Models of transformers in a folder of this machine: safetensors only, no code from the folder, no network."""

from __future__ import annotations

import os.path
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np

from sfumato_control.planes import Plane, bytes_of

#: Loaded models that are kept for the next picture.
_KEPT: Final = 2


@dataclass(frozen=True, slots=True)
class LocalModel:
    """A network and what prepares pictures for it."""

    network: Any
    processor: Any
    device: str

    def run(self, rgb: Plane, **more: Any) -> Any:
        """The network's output for one picture (H, W, 3)."""
        import torch
        from PIL import Image

        given = self.processor(images=Image.fromarray(bytes_of(rgb)), return_tensors="pt", **more)
        with torch.inference_mode():
            return self.network(**given.to(self.device))


def load(parameter: str, folder: str, auto_class: str, example: str) -> LocalModel:
    """The model in `folder`. Raises ValueError that names `parameter` where there is none, or not one for this."""
    wanted = f"the folder of a transformers model such as {example}, with config.json and model.safetensors"
    if not folder.strip():
        raise ValueError(f"{parameter}: got nothing, expected {wanted}")
    path = Path(folder).expanduser()
    if not os.path.isfile(path / "config.json"):
        raise ValueError(f"{parameter}: no config.json in {folder}, expected {wanted}")
    return _loaded(parameter, str(path), auto_class, wanted, (path / "config.json").stat().st_mtime_ns)


@lru_cache(maxsize=_KEPT)
def _loaded(parameter: str, folder: str, auto_class: str, wanted: str, _: int) -> LocalModel:
    import torch
    import transformers

    device = "cuda" if torch.cuda.is_available() else "cpu"
    safe = {"local_files_only": True, "trust_remote_code": False}
    try:
        processor = transformers.AutoImageProcessor.from_pretrained(folder, backend="pil", **safe)
        network = getattr(transformers, auto_class).from_pretrained(folder, use_safetensors=True, **safe)
    except (OSError, ValueError, KeyError, RuntimeError, ImportError) as error:
        said = str(error).strip().partition("\n")[0]
        raise ValueError(f"{parameter}: {folder} cannot be loaded ({said}); expected {wanted}") from error
    return LocalModel(network.eval().requires_grad_(False).to(device), processor, device)


def resized(plane: Any, height_px: int, width_px: int) -> Plane:
    """A tensor (C, h, w) at the picture's size, as (H, W, C)."""
    import torch

    grown = torch.nn.functional.interpolate(
        plane[None].float(), (height_px, width_px), mode="bicubic", align_corners=False
    )
    return np.ascontiguousarray(grown[0].permute(1, 2, 0).cpu().numpy())
