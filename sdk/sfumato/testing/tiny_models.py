"""Tiny random models in the layout of Stable Diffusion, for every test that needs a real network in a second."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch
from diffusers import AutoencoderKL, DDIMScheduler, UNet2DConditionModel
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

#: Alpha of Stable Diffusion's training: scaled linear from 0.00085 to 0.012 over 1000 timesteps.
SCHEDULE = {
    "beta_start": 0.00085,
    "beta_end": 0.012,
    "beta_schedule": "scaled_linear",
    "num_train_timesteps": 1000,
    "steps_offset": 1,
    "clip_sample": False,
    "set_alpha_to_one": False,
}
_WORDS = ("red", "brick", "wall", "dress", "stone", "moss", "wood", "blue")


def tiny_folder(path: Path, *, prediction_type: str = "epsilon", in_channels: int = 4, seed: int = 0) -> Path:
    """A diffusers folder: f8 VAE, two-level UNet, two-layer text encoder. `in_channels` 9 makes an inpaint network."""
    torch.manual_seed(seed)
    tokenizer = tiny_tokenizer()
    return save_folder(
        path,
        tokenizer=tokenizer,
        text_encoder=tiny_text_encoder(tokenizer),
        unet=tiny_unet(in_channels),
        vae=tiny_vae(),
        scheduler=DDIMScheduler(prediction_type=prediction_type, **SCHEDULE),
    )


def tiny_ground(path: Path, *, seed: int = 0) -> Path:
    """A diffusers folder like Ground's: 16 latent channels, pixels folded by 8, the prompt pooled into the time."""
    torch.manual_seed(seed)
    tokenizer = tiny_tokenizer(length=32)
    pooled = {"addition_embed_type": "text", "addition_embed_type_num_heads": 2}
    folded = {"in_channels": 192, "out_channels": 192, "latent_channels": 16, "block_out_channels": (32,)}
    save_folder(
        path,
        tokenizer=tokenizer,
        text_encoder=tiny_text_encoder(tokenizer),
        unet=tiny_unet(16, out_channels=16, **pooled),
        vae=tiny_vae(**folded, mid_block_add_attention=False),
        scheduler=DDIMScheduler(prediction_type="v_prediction", **SCHEDULE | {"beta_end": 0.02}),
    )
    facts = {
        "title": "Tiny Ground",
        "licence": "Apache-2.0",
        "native_size_px": 64,
        "default_steps": 4,
        "default_guidance_scale": 4.0,
        "default_sampler": "sfumato.euler",
        "default_schedule": "sfumato.karras",
        "latent_rgb": {"factors": [[0.1, 0.0, -0.1]] * 16, "bias": [0.0, 0.5, 1.0]},
    }
    (path / "sfumato.json").write_text(json.dumps(facts))
    return path


def save_folder(path: Path, **parts: Any) -> Path:
    """The parts of a pipeline, each in its subfolder."""
    for name, part in parts.items():
        part.save_pretrained(path / name)
    (path / "model_index.json").write_text(json.dumps({"_class_name": "StableDiffusionPipeline"}))
    return path


def tiny_unet(in_channels: int = 4, **overrides: Any) -> UNet2DConditionModel:
    """A UNet over an eighth of the pixels with cross-attention in its upper level."""
    config: dict[str, Any] = {
        "sample_size": 8,
        "in_channels": in_channels,
        "out_channels": 4,
        "block_out_channels": (32, 64),
        "layers_per_block": 1,
        "down_block_types": ("CrossAttnDownBlock2D", "DownBlock2D"),
        "up_block_types": ("UpBlock2D", "CrossAttnUpBlock2D"),
        "cross_attention_dim": 32,
        "attention_head_dim": 8,
    }
    return UNet2DConditionModel(**config | overrides).eval()


def tiny_vae(**overrides: Any) -> AutoencoderKL:
    """An f8 VAE with 4 latent channels; its levels are as many as its `block_out_channels`."""
    config: dict[str, Any] = {
        "latent_channels": 4,
        "block_out_channels": (32,) * 4,
        "layers_per_block": 1,
        "sample_size": 64,
    } | overrides
    levels = len(config["block_out_channels"])
    blocks = {"down_block_types": ("DownEncoderBlock2D",) * levels, "up_block_types": ("UpDecoderBlock2D",) * levels}
    return AutoencoderKL(**blocks | config | overrides).eval()


def tiny_text_encoder(tokenizer: CLIPTokenizer, *, hidden_size: int = 32, **overrides: Any) -> CLIPTextModel:
    """A CLIP text encoder for `tokenizer`."""
    config = CLIPTextConfig(
        vocab_size=len(tokenizer),
        hidden_size=hidden_size,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=max(hidden_size // 64, 2),
        max_position_embeddings=tokenizer.model_max_length,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
        **overrides,
    )
    return CLIPTextModel(config).eval()


def tiny_tokenizer(length: int = 77) -> CLIPTokenizer:
    """CLIP's tokenizer with the letters, a few whole words and nothing else in its vocabulary."""
    letters = sorted(chr(code) for code in range(33, 127))
    merges = [pair for word in _WORDS for pair in _merges(word)]
    tokens = [*letters, *(letter + "</w>" for letter in letters), *dict.fromkeys(a + b for a, b in merges)]
    vocab = {token: index for index, token in enumerate([*tokens, "<|startoftext|>", "<|endoftext|>"])}
    return CLIPTokenizer(vocab=vocab, merges=list(dict.fromkeys(merges)), model_max_length=length)


def _merges(word: str) -> list[tuple[str, str]]:
    """The pairs that build `word` from its left end."""
    pieces = [*word[:-1], word[-1] + "</w>"]
    return [("".join(pieces[:end]), pieces[end]) for end in range(1, len(pieces))]
