"""The peer: diffusers' own pipeline on the same folder, and random weights in the shape of Stable Diffusion 1.5."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from diffusers import (
    AutoencoderKL,
    DDIMScheduler,
    EulerDiscreteScheduler,
    StableDiffusionPipeline,
    UNet2DConditionModel,
)
from diffusers.image_processor import VaeImageProcessor
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

#: The steps at which Stable Diffusion was trained.
BETAS = {"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear"}


class FoldedVae(AutoencoderKL):
    """An AutoencoderKL over folded pixels that takes and returns plain ones, as diffusers' pipeline wants it."""

    def decode(self, z: torch.Tensor, return_dict: bool = True, generator: Any = None) -> Any:
        """Latents to pixels (B, 3, H, W)."""
        folded = super().decode(z, return_dict=False)[0]
        return (F.pixel_shuffle(folded, math.isqrt(folded.shape[1] // 3)),)


def pipeline(folder: Path) -> StableDiffusionPipeline:
    """Diffusers' pipeline with Euler on a folder that Sfumato loads as well."""
    config = json.loads((folder / "vae/config.json").read_text(encoding="utf-8"))
    fold = math.isqrt(config["in_channels"] // 3)
    pixels_per_latent = fold * 2 ** (len(config["block_out_channels"]) - 1)
    vae = (AutoencoderKL if fold == 1 else FoldedVae).from_pretrained(folder, subfolder="vae")
    pipe = StableDiffusionPipeline(
        vae=vae.float(),
        text_encoder=CLIPTextModel.from_pretrained(folder, subfolder="text_encoder").float(),
        tokenizer=CLIPTokenizer.from_pretrained(folder, subfolder="tokenizer"),
        unet=UNet2DConditionModel.from_pretrained(folder, subfolder="unet").float(),
        scheduler=EulerDiscreteScheduler.from_pretrained(folder, subfolder="scheduler"),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )
    pipe.vae_scale_factor = pixels_per_latent
    pipe.image_processor = VaeImageProcessor(vae_scale_factor=pixels_per_latent)
    pipe.set_progress_bar_config(disable=True)
    return pipe


def stable_diffusion_15(folder: Path) -> Path:
    """Random weights with the shapes of Stable Diffusion 1.5 (1.07 billion parameters), as a diffusers folder."""
    torch.manual_seed(0)
    UNet2DConditionModel(cross_attention_dim=768, sample_size=64).save_pretrained(folder / "unet")
    vae = AutoencoderKL(
        block_out_channels=(128, 256, 512, 512),
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        layers_per_block=2,
        sample_size=512,
    )
    vae.save_pretrained(folder / "vae")
    tokenizer = _letters()
    text = CLIPTextConfig(
        vocab_size=49408,
        hidden_size=768,
        intermediate_size=3072,
        num_hidden_layers=12,
        num_attention_heads=12,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
    )
    CLIPTextModel(text).save_pretrained(folder / "text_encoder")
    tokenizer.save_pretrained(folder / "tokenizer")
    DDIMScheduler(**BETAS, steps_offset=1, clip_sample=False).save_pretrained(folder / "scheduler")
    (folder / "model_index.json").write_text(json.dumps({"_class_name": "StableDiffusionPipeline"}), encoding="utf-8")
    return folder


def _letters() -> CLIPTokenizer:
    """A tokenizer of single letters: what a prompt says does not matter for speed."""
    letters = [chr(code) for code in range(33, 127)]
    tokens = [*letters, *(letter + "</w>" for letter in letters), "<|startoftext|>", "<|endoftext|>"]
    return CLIPTokenizer(vocab={token: i for i, token in enumerate(tokens)}, merges=[], model_max_length=77)
