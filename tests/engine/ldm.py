"""Diffusers folders written as one file in the original latent-diffusion layout: the inverse of diffusers' maps."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import torch
from diffusers import AutoencoderKL, DDIMScheduler, UNet2DConditionModel
from safetensors.torch import save_file
from transformers import CLIPTextModel

from sfumato.testing.tiny_models import SCHEDULE, save_folder, tiny_text_encoder, tiny_tokenizer, tiny_unet, tiny_vae

_RESNET = {
    "norm1": "in_layers.0",
    "conv1": "in_layers.2",
    "norm2": "out_layers.0",
    "conv2": "out_layers.3",
    "time_emb_proj": "emb_layers.1",
    "conv_shortcut": "skip_connection",
}
_UNET_ENDS = {
    "time_embedding.linear_1": "time_embed.0",
    "time_embedding.linear_2": "time_embed.2",
    "conv_in": "input_blocks.0.0",
    "conv_norm_out": "out.0",
    "conv_out": "out.2",
}
_VAE_PARTS = {
    "mid_block.resnets.0": "mid.block_1",
    "mid_block.resnets.1": "mid.block_2",
    "mid_block.attentions.0.group_norm": "mid.attn_1.norm",
    "mid_block.attentions.0.to_out.0": "mid.attn_1.proj_out",
    "mid_block.attentions.0.to_": "mid.attn_1.",
    "conv_shortcut": "nin_shortcut",
    "conv_norm_out": "norm_out",
}
_OPEN_CLIP = {
    "encoder.layers.": "transformer.resblocks.",
    "layer_norm1": "ln_1",
    "layer_norm2": "ln_2",
    "mlp.fc1": "mlp.c_fc",
    "mlp.fc2": "mlp.c_proj",
    "self_attn.out_proj": "attn.out_proj",
    "final_layer_norm": "ln_final",
    "embeddings.token_embedding": "token_embedding",
    "embeddings.position_embedding.weight": "positional_embedding",
}


def tiny_pair(path: Path, *, sd2: bool, in_channels: int = 4) -> tuple[Path, Path]:
    """The same random model as a folder and as a file; attention has 8 heads in SD 1.x, 64 channels a head in 2.x."""
    torch.manual_seed(4)
    tokenizer = tiny_tokenizer()
    text_encoder = tiny_text_encoder(tokenizer, hidden_size=128, hidden_act="gelu" if sd2 else "quick_gelu")
    heads = {"attention_head_dim": (1, 2), "use_linear_projection": True} if sd2 else {}
    unet = tiny_unet(in_channels, block_out_channels=(64, 128), cross_attention_dim=128, **heads)
    vae = tiny_vae(block_out_channels=(32, 64))
    scheduler = DDIMScheduler(**SCHEDULE)
    folder = save_folder(
        path / "folder", tokenizer=tokenizer, text_encoder=text_encoder, unet=unet, vae=vae, scheduler=scheduler
    )
    file = path / "file.safetensors"
    tokenizer.save_pretrained(path / "tokenizer")
    save_file(ldm_tensors(unet, vae, text_encoder, sd2=sd2), file)
    return folder, file


def ldm_tensors(
    unet: UNet2DConditionModel, vae: AutoencoderKL, text_encoder: CLIPTextModel, *, sd2: bool
) -> dict[str, torch.Tensor]:
    text = _open_clip(text_encoder.state_dict()) if sd2 else text_encoder.state_dict()
    prefix = "cond_stage_model.model." if sd2 else "cond_stage_model.transformer.text_model."
    per_level = unet.config.layers_per_block + 1
    levels = len(vae.config.block_out_channels)
    found = {f"model.diffusion_model.{unet_name(name, per_level)}": t for name, t in unet.state_dict().items()}
    found |= {f"first_stage_model.{vae_name(name, levels)}": t for name, t in vae.state_dict().items()}
    found |= {f"{prefix}{name}": t for name, t in text.items()}
    attention = re.compile(r"first_stage_model\..*attn_1\.(q|k|v|proj_out)\.weight")
    return {name: (t[..., None, None] if attention.fullmatch(name) else t).contiguous() for name, t in found.items()}


def unet_name(name: str, per_level: int) -> str:
    """`per_level`: the blocks of a level on the way up, one more than on the way down."""
    for ours, theirs in _UNET_ENDS.items():
        if name.startswith(f"{ours}."):
            return theirs + name.removeprefix(ours)
    part, level, kind, index, rest = re.fullmatch(r"(\w+_block)s?(?:\.(\d+))?\.(\w+)\.(\d+)\.(.+)", name).groups()
    level, index = int(level or 0), int(index)
    inner = ".".join([_RESNET.get(rest.split(".")[0], rest.split(".")[0]), *rest.split(".")[1:]])
    match part, kind:
        case "mid_block", "resnets":
            return f"middle_block.{2 * index}.{inner}"
        case "mid_block", _:
            return f"middle_block.1.{rest}"
        case "down_block", "downsamplers":
            return f"input_blocks.{per_level * (level + 1)}.0.op.{rest.removeprefix('conv.')}"
        case "down_block", "resnets":
            return f"input_blocks.{per_level * level + index + 1}.0.{inner}"
        case "down_block", _:
            return f"input_blocks.{per_level * level + index + 1}.1.{rest}"
        case _, "upsamplers":
            # The lowest level has no attention in Stable Diffusion, and the upsampler moves up into its place.
            return f"output_blocks.{per_level * (level + 1) - 1}.{1 if level == 0 else 2}.{rest}"
        case _, "resnets":
            return f"output_blocks.{per_level * level + index}.0.{inner}"
        case _:
            return f"output_blocks.{per_level * level + index}.1.{rest}"


def vae_name(name: str, levels: int) -> str:
    name = re.sub(r"down_blocks\.(\d+)\.resnets\.", r"down.\1.block.", name)
    name = re.sub(r"down_blocks\.(\d+)\.downsamplers\.0\.", r"down.\1.downsample.", name)
    name = re.sub(r"up_blocks\.(\d+)\.resnets\.", lambda m: f"up.{levels - 1 - int(m[1])}.block.", name)
    name = re.sub(r"up_blocks\.(\d+)\.upsamplers\.0\.", lambda m: f"up.{levels - 1 - int(m[1])}.upsample.", name)
    return _renamed(name, _VAE_PARTS)


def _open_clip(tensors: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """With query, key and value in one, a projection that nobody uses, and the layers that SD 2.x has."""
    found: dict[str, torch.Tensor] = {}
    for name, tensor in tensors.items():
        if matched := re.fullmatch(r"encoder\.layers\.(\d+)\.self_attn\.q_proj\.(weight|bias)", name):
            joined = torch.cat([tensors[name.replace("q_proj", f"{part}_proj")] for part in "qkv"])
            found[f"transformer.resblocks.{matched[1]}.attn.in_proj_{matched[2]}"] = joined
        elif not re.search(r"self_attn\.[kv]_proj", name):
            found[_renamed(name, _OPEN_CLIP)] = tensor
    width = found["ln_final.weight"].shape[0]
    return found | {"text_projection": torch.eye(width), "logit_scale": torch.ones(())}


def _renamed(name: str, parts: Mapping[str, str]) -> str:
    for ours, theirs in parts.items():
        name = name.replace(ours, theirs)
    return name
