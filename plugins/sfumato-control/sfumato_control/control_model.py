"""A ControlNet in a folder of this machine: loading it, what it fits, and its residuals."""

from __future__ import annotations

import json
import math
from contextlib import nullcontext
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from PIL import Image

import sfumato.plugin as sf
from sfumato_control.planes import bytes_of
from sfumato_control.wrapping import Wrapping

_WANTED: Final = "the folder of a ControlNet of diffusers, with config.json and diffusion_pytorch_model.safetensors"
#: Loaded networks that are kept for the next job.
_KEPT: Final = 2


@dataclass(frozen=True, slots=True)
class ControlModel:
    """A loaded network. [engine thread]

    One with `prompt_alone` acts on the prompt's branch, so that guidance strengthens it as it does the prompt.
    """

    network: Any
    dtype: torch.dtype
    prompt_alone: bool = False

    def acts(self, at: sf.Moment) -> bool:
        """Whether it has a say in this branch."""
        return at.prompt == "positive" or not self.prompt_alone

    def check(self, folder: str, family: sf.Family, width_px: int, prompt_width: int) -> None:
        """Raise ValueError where the network was made for other models than `family`."""
        config, channels = self.network.config, family.latent_shape(width_px, width_px)[1]
        factor = 2 ** (len(config.conditioning_embedding_out_channels) - 1)
        model_factor = width_px // family.latent_shape(width_px, width_px)[3]
        facts = (
            ("latent channels", config.in_channels, channels),
            ("numbers a token", config.cross_attention_dim, prompt_width),
            ("pixels a latent", factor, model_factor),
        )
        for what, mine, others in facts:
            if mine != others:
                said = f"model: {folder} is made for {mine} {what}, model {family.card.id} has {others}"
                raise ValueError(f"{said}; take a ControlNet that was trained for this model")
        if "residuals" not in family.takes:
            raise ValueError(f"model: family {family.card.family} takes no residuals, so no ControlNet can act on it")
        if config.global_pool_conditions:
            raise ValueError(f"model: {folder} acts by its pooled features, which is not supported")

    def seen(self, picture: np.ndarray[Any, np.dtype[np.uint8]]) -> torch.Tensor:
        """A picture (H, W, 3) as the network takes it (1, 3, H, W), 0 to 1."""
        pixels = torch.from_numpy(picture.copy()).permute(2, 0, 1)[None]
        return (pixels.float() / 255).to(self.network.device, self.dtype)

    @torch.no_grad()
    def residuals(self, call: sf.NetworkCall, timestep: float, control: torch.Tensor) -> sf.Residuals:
        """What it adds to the UNet in this call: of x as the UNet sees it, x / sqrt(sigma^2 + 1)."""
        sample = call.x / math.sqrt(call.sigma**2 + 1)
        with Wrapping(call.tile) if call.tile else nullcontext():
            down, middle = self.network(
                sample.to(self.dtype),
                torch.tensor([timestep], device=sample.device),
                encoder_hidden_states=call.prompt.to(self.dtype),
                controlnet_cond=control,
                return_dict=False,
            )
        return sf.Residuals(down=tuple(each.float() for each in down), middle=middle.float())


def chosen(folder: str, family: sf.Family) -> str:
    """The folder, else that of the network which the model brings. Raises ValueError where there is neither."""
    if folder.strip():
        return folder
    if family.control is None:
        said = f"model: got nothing, and model {family.card.id} brings no ControlNet of its own"
        raise ValueError(f"{said}; expected {_WANTED}")
    return str(family.control)


def load(folder: str, device: str) -> ControlModel:
    """The network in `folder`. Raises ValueError that names the parameter where there is none."""
    config = Path(folder).expanduser() / "config.json"
    kind = _read(config).get("_class_name")
    if kind != "ControlNetModel":
        raise ValueError(f"model: {folder} holds a {kind}, expected {_WANTED}")
    return _loaded(str(config.parent), device, config.stat().st_mtime_ns)


def fitted(image: sf.Image, width_px: int, height_px: int) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """A control map at the job's size, (H, W, 3) bytes; what is transparent is black, as where nothing was found."""
    pixels = image.pixels[:, :, :3] * image.pixels[:, :, 3:] if image.has_alpha else image.pixels
    picture = Image.fromarray(bytes_of(np.repeat(pixels, 3, axis=2) if pixels.shape[2] == 1 else pixels))
    return np.array(picture.resize((width_px, height_px), Image.Resampling.LANCZOS))


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        said = f"model: {path.parent} has no {path.name} that can be read, expected {_WANTED}"
        raise ValueError(said) from error
    if not isinstance(found, dict):
        raise ValueError(f"model: {path} holds {type(found).__name__}, expected an object")
    return found


@lru_cache(maxsize=_KEPT)
def _loaded(folder: str, device: str, _: int) -> ControlModel:
    from diffusers import ControlNetModel  # takes seconds to import

    dtype = torch.float32 if device == "cpu" else torch.float16
    try:
        network = ControlNetModel.from_pretrained(
            folder, local_files_only=True, use_safetensors=True, torch_dtype=dtype, low_cpu_mem_usage=False
        )
    except (OSError, ValueError, RuntimeError, KeyError, TypeError) as error:
        said = str(error).strip().partition("\n")[0]
        raise ValueError(f"model: {folder} cannot be loaded ({said}); expected {_WANTED}") from error
    facts = Path(folder) / "sfumato.json"
    prompt_alone = facts.exists() and _read(facts).get("branches") == "prompt"
    return ControlModel(network.eval().requires_grad_(False).to(device), dtype, prompt_alone)
