"""A segmentation model of transformers in a folder of this machine: how much each pixel belongs to the object."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np

from sfumato_matte.layers import Plane

_WANTED: Final = (
    "the folder of a segmentation model that transformers knows, such as segformer-b0, with config.json and"
    " model.safetensors"
)


def matte(folder: str, rgb: Plane, subject: str) -> Plane:
    """How much each pixel (H, W) belongs to the object: to the classes named in `subject`, else to any but the
    background. Raises ValueError that names the parameter.
    """
    import torch
    from PIL import Image

    config = Path(folder).expanduser() / "config.json"
    network, processor = _loaded(str(config.parent), config.stat().st_mtime_ns)
    picture = Image.fromarray(np.rint(rgb * 255).astype(np.uint8))
    with torch.inference_mode():
        given = processor(images=picture, return_tensors="pt").to(network.device)
        logits = network(**given).logits.float()  # (1, classes, h, w)
        grown = torch.nn.functional.interpolate(logits, rgb.shape[:2], mode="bilinear", align_corners=False)
        share = _share(grown[0], network.config, subject)
    return np.ascontiguousarray(share.cpu().numpy())


def _share(logits: Any, config: Any, subject: str) -> Any:
    """The probability (H, W) of the wanted classes, from logits (classes, H, W)."""
    if len(logits) == 1:
        return logits[0].sigmoid()
    return logits.softmax(dim=0)[_wanted(config.id2label, subject)].sum(dim=0)


def _wanted(names: dict[int, str], subject: str) -> list[int]:
    known = {name.lower().strip(): number for number, name in names.items()}
    words = [word.strip().lower() for word in subject.split(",") if word.strip()]
    if unknown := [word for word in words if word not in known]:
        raise ValueError(f"subject: got {unknown[0]!r}, expected some of the model's classes: {', '.join(known)}")
    if words:
        return [known[word] for word in words]
    background = known.get("background", 0)
    return [number for number in names if number != background]


@lru_cache(maxsize=1)
def _loaded(folder: str, _: int) -> tuple[Any, Any]:
    import torch
    import transformers

    safe = {"local_files_only": True, "trust_remote_code": False}
    try:
        processor = transformers.AutoImageProcessor.from_pretrained(folder, backend="pil", **safe)
        network = transformers.AutoModelForSemanticSegmentation.from_pretrained(folder, use_safetensors=True, **safe)
    except (OSError, ValueError, KeyError, RuntimeError, ImportError) as error:
        said = str(error).strip().partition("\n")[0]
        raise ValueError(f"model: {folder} cannot be loaded ({said}); expected {_WANTED}") from error
    device = "cuda" if torch.cuda.is_available() else "cpu"
    return network.eval().requires_grad_(False).to(device), processor
