"""The card of a Stable Diffusion model, from the configurations of its parts."""

from __future__ import annotations

import re
from typing import Any, Final

from sfumato.catalogue import ModelCard
from sfumato.engine.families.checkpoint import Checkpoint, Parts
from sfumato.engine.families.noise_levels import prediction_type_of
from sfumato.errors import WeightsRefused
from sfumato.recipe import Selection

#: By the width of the text encoder: CLIP ViT-L, OpenCLIP ViT-H.
_ARCHITECTURES: Final = {768: "sd1", 1024: "sd2"}


def card_of(checkpoint: Checkpoint, family: str) -> ModelCard:
    """The card. Raises WeightsRefused where the parts do not belong together, or serve another task."""
    try:
        return _card(checkpoint, family)
    except (ArithmeticError, LookupError, TypeError, ValueError) as error:
        said = f"the configuration of {checkpoint.source} is not that of a Stable Diffusion model: {error}"
        raise WeightsRefused(said, path=checkpoint.source) from error


def architecture_of(parts: Parts) -> str:
    """`sd1`, `sd2`, or `sd` for a relative such as Ground."""
    return _ARCHITECTURES.get(parts.unet["cross_attention_dim"], "sd")


def _card(checkpoint: Checkpoint, family: str) -> ModelCard:
    parts, name = checkpoint.parts, checkpoint.source.name.removesuffix(".safetensors")
    _check(parts)
    channels, facts = parts.vae["latent_channels"], parts.facts
    architecture = architecture_of(parts)
    return ModelCard(
        id=re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "model",
        title=str(facts.get("title", name)),
        family=family,
        architecture=architecture,
        prediction_type=prediction_type_of(parts.scheduler),
        native_size_px=int(facts.get("native_size_px") or parts.unet["sample_size"] * _factor(parts)),
        latent_channels=channels,
        takes_inpaint_channels=parts.unet["in_channels"] != channels,
        parameter_count=parts.parameter_count,
        licence=str(facts.get("licence", "")),
        source=str(checkpoint.source),
        control=str(facts.get("control", "")) if checkpoint.control else "",
        **_defaults(parts),
    )


def _check(parts: Parts) -> None:
    width, context = parts.text_encoder["hidden_size"], parts.unet["cross_attention_dim"]
    if width != context:
        raise ValueError(f"the UNet attends to {context} numbers a token, and the text encoder gives {width}")
    taken, channels = parts.unet["in_channels"], parts.vae["latent_channels"]
    if taken not in (channels, 2 * channels + 1):
        raise ValueError(f"the UNet takes {taken} channels, expected {channels}, or {2 * channels + 1} to inpaint")
    if parts.unet.get("class_embed_type") or parts.unet.get("num_class_embeds"):
        raise ValueError("the UNet wants class labels, which belong to upscalers and unCLIP")


def _factor(parts: Parts) -> int:
    fold = round((parts.vae["in_channels"] / 3) ** 0.5)
    return int(fold * 2 ** (len(parts.vae["block_out_channels"]) - 1))


def _defaults(parts: Parts) -> dict[str, Any]:
    """What a model's `sfumato.json` says to do when a recipe is silent."""
    facts, chosen = parts.facts, dict[str, Any]()
    if "default_steps" in facts:
        chosen["default_steps"] = int(facts["default_steps"])
    if "default_guidance_scale" in facts:
        chosen["default_guider"] = Selection(id="sfumato.cfg", params={"scale": float(facts["default_guidance_scale"])})
    for kind in ("sampler", "schedule"):
        if name := facts.get(f"default_{kind}"):
            chosen[f"default_{kind}"] = Selection(id=str(name))
    return chosen
