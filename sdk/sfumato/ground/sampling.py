"""Plain sampling from Ground, for training and evaluation; the engine has its own, general loop."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import torch
from diffusers import AutoencoderKL, UNet2DConditionModel
from transformers import CLIPTextModel, CLIPTokenizer

from sfumato.ground.folding import to_images, unfold
from sfumato.ground.layout import FOLD, LATENT_CHANNELS, NOISE
from sfumato.ground.padding import circular
from sfumato.ground.tokenizer import load_tokenizer
from sfumato.ground.train_text import tokenize

DEFAULT_STEPS = 20
DEFAULT_GUIDANCE_SCALE = 2.5
KARRAS_RHO = 7.0
Steer = Callable[[torch.Tensor, torch.Tensor, torch.Tensor], Mapping[str, Any]]
"""From what a network call is given (noisy latents, timestep, context) to what else it is given, such as residuals."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """The networks of Ground."""

    tokenizer: CLIPTokenizer
    text_encoder: CLIPTextModel
    unet: UNet2DConditionModel
    vae: AutoencoderKL

    @classmethod
    def load(cls, folder: Path) -> Model:
        """Load a diffusers folder, in float32."""
        return cls(
            tokenizer=load_tokenizer(folder / "tokenizer"),
            text_encoder=CLIPTextModel.from_pretrained(folder / "text_encoder", dtype=torch.float32).eval(),
            unet=UNet2DConditionModel.from_pretrained(folder / "unet", torch_dtype=torch.float32).eval(),
            vae=AutoencoderKL.from_pretrained(folder / "vae", torch_dtype=torch.float32).eval(),
        )


def alphas_cumprod() -> torch.Tensor:
    """The training schedule, (1000,)."""
    roots = torch.linspace(NOISE["beta_start"] ** 0.5, NOISE["beta_end"] ** 0.5, NOISE["num_train_timesteps"])
    return torch.cumprod(1 - roots.double() ** 2, 0).float()


def karras_sigmas(steps: int) -> torch.Tensor:
    """Karras et al. 2022, equation 5, over the training schedule's range, with a final zero."""
    alpha = alphas_cumprod()[[0, -1]]
    lowest, highest = ((1 - alpha) / alpha).sqrt().tolist()
    ramp = torch.linspace(0, 1, steps)
    roots = highest ** (1 / KARRAS_RHO) + ramp * (lowest ** (1 / KARRAS_RHO) - highest ** (1 / KARRAS_RHO))
    return torch.cat([roots**KARRAS_RHO, torch.zeros(1)])


def timestep_of(sigma: torch.Tensor) -> torch.Tensor:
    """The training timestep of a sigma, interpolated in log sigma."""
    alpha = alphas_cumprod()
    logs = (((1 - alpha) / alpha).sqrt()).log()
    above = int(torch.searchsorted(logs, sigma.log()).clamp(1, len(logs) - 1))
    share = ((sigma.log() - logs[above - 1]) / (logs[above] - logs[above - 1])).clamp(0, 1)
    return above - 1 + share


@torch.inference_mode()
def generate(
    model: Model,
    prompts: Sequence[str],
    *,
    size_px: int = 256,
    steps: int = DEFAULT_STEPS,
    guidance_scale: float = DEFAULT_GUIDANCE_SCALE,
    seed: int = 0,
    tile: bool = False,
    steer: Steer | None = None,
) -> torch.Tensor:
    """DPM-Solver++(2M) with classifier-free guidance; uint8 (B, H, W, 3), seamless if `tile`, as `steer` has it."""
    tokens = tokenize(model.tokenizer, [*([""] * len(prompts)), *prompts])
    context = model.text_encoder(tokens).last_hidden_state
    sigmas = karras_sigmas(steps)
    shape = (len(prompts), LATENT_CHANNELS, size_px // FOLD, size_px // FOLD)
    x = torch.randn(shape, generator=torch.Generator().manual_seed(seed)) * sigmas[0]
    before: torch.Tensor | None = None
    with circular(model.unet, wrap=tile), circular(model.vae, wrap=tile):
        for i, (sigma, sigma_next) in enumerate(pairwise(sigmas)):
            scaled = torch.cat([x, x]) / (1 + sigma**2).sqrt()
            timestep = timestep_of(sigma)
            further = steer(scaled, timestep, context) if steer else {}
            unguided, guided = model.unet(scaled, timestep, context, **further).sample.chunk(2)
            v = unguided + guidance_scale * (guided - unguided)
            denoised = x / (1 + sigma**2) - v * sigma / (1 + sigma**2).sqrt()
            correction = torch.zeros(())
            if before is not None and sigma_next > 0:
                h, h_before = (sigma / sigma_next).log(), (sigmas[i - 1] / sigma).log()
                correction = (denoised - before) * h / (2 * h_before)
            x = sigma_next / sigma * x + (1 - sigma_next / sigma) * (denoised + correction)
            before = denoised
        pixels = unfold(model.vae.decode(x / model.vae.config["scaling_factor"]).sample)
    return to_images(pixels)
