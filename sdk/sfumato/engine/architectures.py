"""What a single file in the original latent-diffusion layout holds, read off the names and shapes of its tensors.

model.diffusion_model.*               the UNet
first_stage_model.*                   the VAE
cond_stage_model.transformer.*        CLIP ViT-L, in SD 1.x
cond_stage_model.model.*              OpenCLIP ViT-H, in SD 2.x
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count, takewhile
from pathlib import Path
from typing import Any, Final

from sfumato.engine.weights import Header
from sfumato.errors import WeightsRefused

UNET: Final = "model.diffusion_model."
VAE: Final = "first_stage_model."
CLIP: Final = "cond_stage_model.transformer."
OPEN_CLIP: Final = "cond_stage_model.model."

#: Layouts that another family would load, by a tensor that only they have.
_OTHERS: Final = {
    "conditioner.embedders.1.model.ln_final.weight": "Stable Diffusion XL",
    "model.diffusion_model.joint_blocks.0.context_block.adaLN_modulation.1.bias": "Stable Diffusion 3",
    "model.diffusion_model.double_blocks.0.img_attn.norm.key_norm.scale": "Flux",
    "double_blocks.0.img_attn.norm.key_norm.scale": "Flux",
    "control_model.time_embed.0.weight": "ControlNet",
}
#: SD 2.x was trained on the last layer but one of OpenCLIP's 24, so the last one takes no part.
_OPEN_CLIP_LAYERS: Final = 23

Shapes = Mapping[str, tuple[int, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Architecture:
    """A Stable Diffusion network by its width of context, and the configurations of its parts for diffusers."""

    name: str
    unet: Mapping[str, Any]
    vae: Mapping[str, Any]
    text_encoder: Mapping[str, Any]


def recognise(path: Path, header: Header) -> Architecture | None:
    """The architecture in the file at `path`; None where it holds no diffusion network in this layout.

    Raises WeightsRefused for a network that is incomplete or of a kind that is known and not supported.
    """
    for tensor, title in _OTHERS.items():
        if tensor in header.tensors:
            raise WeightsRefused(f"{path} is {title}, expected Stable Diffusion 1.x or 2.x", path=path)
    unet, vae, clip, open_clip = (_below(prefix, header) for prefix in (UNET, VAE, CLIP, OPEN_CLIP))
    if not unet:
        return None
    if not vae or not (clip or open_clip):
        absent = "VAE" if not vae else "text encoder"
        said = f"{path} has a UNet and no {absent}; take the full checkpoint, or a folder with all parts"
        raise WeightsRefused(said, path=path)
    try:
        return Architecture(
            name="sd1" if clip else "sd2",
            unet=_unet(unet, heads=8 if clip else None),
            vae=_vae(vae),
            text_encoder=_clip(clip) if clip else _open_clip(open_clip),
        )
    except (KeyError, IndexError, ValueError) as error:
        raise WeightsRefused(f"{path} lacks tensors of Stable Diffusion, {error} among them", path=path) from error


def _below(prefix: str, header: Header) -> Shapes:
    return {name[len(prefix) :]: info.shape for name, info in header.tensors.items() if name.startswith(prefix)}


def _unet(shapes: Shapes, heads: int | None) -> dict[str, Any]:
    """`heads` is the number of attention heads; None is one for every 64 channels, as in SD 2.x."""
    levels: list[list[int]] = [[]]
    attends = [False]
    for block in takewhile(lambda n: any(_at(shapes, f"input_blocks.{n}.0.")), count(1)):
        if f"input_blocks.{block}.0.op.weight" in shapes:
            levels.append([])
            attends.append(False)
        else:
            levels[-1].append(shapes[f"input_blocks.{block}.0.out_layers.3.weight"][0])
            attends[-1] |= f"input_blocks.{block}.1.proj_in.weight" in shapes
    widths = [level[-1] for level in levels]
    middle = "middle_block.1."
    return {
        "in_channels": shapes["input_blocks.0.0.weight"][1],
        "out_channels": shapes["out.2.weight"][0],
        "block_out_channels": widths,
        "layers_per_block": len(levels[0]),
        "down_block_types": ["CrossAttnDownBlock2D" if attend else "DownBlock2D" for attend in attends],
        "up_block_types": ["CrossAttnUpBlock2D" if attend else "UpBlock2D" for attend in reversed(attends)],
        "cross_attention_dim": shapes[f"{middle}transformer_blocks.0.attn2.to_k.weight"][1],
        "attention_head_dim": heads or [width // 64 for width in widths],
        "use_linear_projection": len(shapes[f"{middle}proj_in.weight"]) == 2,
    }


def _vae(shapes: Shapes) -> dict[str, Any]:
    levels = list(takewhile(lambda n: any(_at(shapes, f"encoder.down.{n}.")), count()))
    blocks = list(takewhile(lambda n: any(_at(shapes, f"encoder.down.0.block.{n}.")), count()))
    return {
        "in_channels": shapes["encoder.conv_in.weight"][1],
        "out_channels": shapes["decoder.conv_out.weight"][0],
        "latent_channels": shapes["decoder.conv_in.weight"][1],
        "block_out_channels": [shapes[f"encoder.down.{level}.block.0.conv2.weight"][0] for level in levels],
        "layers_per_block": len(blocks),
        "down_block_types": ["DownEncoderBlock2D"] * len(levels),
        "up_block_types": ["UpDecoderBlock2D"] * len(levels),
        "scaling_factor": 0.18215,
    }


def _clip(shapes: Shapes) -> dict[str, Any]:
    plain = {name.removeprefix("text_model."): shape for name, shape in shapes.items()}
    vocabulary, width = plain["embeddings.token_embedding.weight"]
    return {
        "vocab_size": vocabulary,
        "hidden_size": width,
        "intermediate_size": plain["encoder.layers.0.mlp.fc1.weight"][0],
        "num_hidden_layers": _layers(plain, "encoder.layers."),
        "num_attention_heads": width // 64,
        "max_position_embeddings": plain["embeddings.position_embedding.weight"][0],
        "hidden_act": "quick_gelu",
    }


def _open_clip(shapes: Shapes) -> dict[str, Any]:
    vocabulary, width = shapes["token_embedding.weight"]
    return {
        "vocab_size": vocabulary,
        "hidden_size": width,
        "intermediate_size": shapes["transformer.resblocks.0.mlp.c_fc.weight"][0],
        "num_hidden_layers": min(_layers(shapes, "transformer.resblocks."), _OPEN_CLIP_LAYERS),
        "num_attention_heads": width // 64,
        "max_position_embeddings": shapes["positional_embedding"][0],
        "hidden_act": "gelu",
    }


def _layers(shapes: Shapes, prefix: str) -> int:
    return len(list(takewhile(lambda n: any(_at(shapes, f"{prefix}{n}.")), count())))


def _at(shapes: Shapes, prefix: str) -> list[str]:
    return [name for name in shapes if name.startswith(prefix)]
