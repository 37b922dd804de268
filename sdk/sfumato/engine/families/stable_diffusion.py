"""Stable Diffusion 1.x and 2.x, their inpainting networks, and Ground: a UNet that predicts noise, v or the picture."""

from __future__ import annotations

import math
from collections.abc import Generator, Hashable, Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any, Final

import torch

import sfumato.plugin as sf
from sfumato.catalogue import ModelCard
from sfumato.engine.families.checkpoint import Checkpoint, Parts
from sfumato.engine.families.folder import DiffusersFolder
from sfumato.engine.families.latent_rgb import STABLE_DIFFUSION, LatentRgb
from sfumato.engine.families.model_card import card_of
from sfumato.engine.families.noise_levels import model_sigmas
from sfumato.engine.families.prompts import PromptEncoder
from sfumato.engine.families.single_file import SingleFile
from sfumato.engine.families.tiling import CircularPadding
from sfumato.engine.families.vae import PixelCodec
from sfumato.engine.families.wrapping import layers_of, wrapped
from sfumato.errors import WeightsRefused

_DTYPES: Final = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}


class StableDiffusion(sf.Family):
    """Rombach et al. 2022 (arXiv 2112.10752). The network sees x / sqrt(sigma^2 + 1) and a fractional timestep."""

    id, label = "sfumato.stable-diffusion", "Stable Diffusion"
    description = "Stable Diffusion 1.x and 2.x, as a diffusers folder or a single safetensors file; Ground."
    takes = frozenset({"channels", "residuals", "wraps"})

    def __init__(
        self, *, card: ModelCard, parts: Parts, tokenizer: Any, text_encoder: Any, unet: Any, vae: Any
    ) -> None:
        super().__init__()
        self.card = card
        self.sigmas = model_sigmas(parts.scheduler, card.architecture)
        self.device = unet.device
        self._networks = {"unet": unet, "vae": vae, "text_encoder": text_encoder}
        self._unet = unet
        # Asked once: diffusers finds it by walking through all parameters.
        self._dtype: torch.dtype = unet.dtype
        self._layers = layers_of(unet)
        self._prompts = PromptEncoder(tokenizer, text_encoder)
        self._codec = PixelCodec(vae)
        self._rgb = _latent_rgb(parts, self._codec)

    @classmethod
    def describe(cls, source: Path) -> ModelCard | None:
        """The card of a diffusers folder or a single file with UNet, VAE and CLIP; None for anything else.

        Raises WeightsRefused for weights that are damaged or not safetensors.
        """
        checkpoint = _open(source)
        return card_of(checkpoint, cls.id) if checkpoint else None

    @classmethod
    def load(cls, source: Path, card: ModelCard, *, device: str, dtype: str) -> StableDiffusion:
        """Load the model; `dtype` is the UNet's. Raises WeightsRefused, and NotFound without a tokenizer."""
        from sfumato.engine.families.networks import load_text_encoder, load_unet, load_vae

        checkpoint = _open(source)
        if checkpoint is None:
            raise WeightsRefused(f"{source} is no Stable Diffusion model any more; add it again", path=source)
        loaded = cls(
            card=card,
            parts=checkpoint.parts,
            tokenizer=checkpoint.tokenizer(),
            text_encoder=load_text_encoder(checkpoint, device),
            unet=load_unet(checkpoint, _DTYPES[dtype], device),
            vae=load_vae(checkpoint, device),
        )
        loaded.control = checkpoint.control
        return loaded

    def encode_prompt(self, text: str) -> Generator[None, None, torch.Tensor]:
        """The embeddings (1, T, D) of a prompt in the common syntax (`emphasis`), from the cache where it was seen.

        Pauses between chunks of 75 tokens.
        """
        return self._prompts.encode(text)

    def match_prompts(self, prompts: Sequence[Any]) -> list[Any]:
        """The same embeddings, the shorter ones filled up with empty chunks."""
        return self._prompts.match(prompts)

    def latent_shape(self, width_px: int, height_px: int) -> tuple[int, int, int, int]:
        """(1, C, height / 8, width / 8)."""
        return 1, self.card.latent_channels, height_px // self._codec.factor, width_px // self._codec.factor

    def batch_key(self, call: sf.NetworkCall) -> Hashable:
        """Size, padding, number of tokens and whether there are residuals; the noise level is each row's own."""
        return call.x.shape, "".join(sorted(call.tile)), call.prompt.shape[1], call.residuals is None

    @torch.no_grad()
    def evaluate(self, calls: Sequence[sf.NetworkCall]) -> list[torch.Tensor]:
        """The denoised predictions (1, C, h, w), Karras et al. 2022, eq. 7, from one run of the UNet."""
        sample = torch.cat([self._row(call) for call in calls])  # (B, C or 2C + 1, h, w)
        timesteps = torch.tensor([self.sigmas.timestep(call.sigma) for call in calls], device=self.device)
        prompts = torch.cat([call.prompt for call in calls])  # (B, T, D)
        padding = CircularPadding(calls[0].tile) if calls[0].tile else nullcontext()
        with padding, wrapped(self._unet, calls[0].wraps) if calls[0].wraps else nullcontext():
            output = self._unet(
                sample.to(self._dtype),
                timesteps,
                encoder_hidden_states=prompts.to(self._dtype),
                return_dict=False,
                **self._added(calls),
            )[0].float()
        return [self._denoised(call, row) for call, row in zip(calls, output.split(1), strict=True)]

    def _added(self, calls: Sequence[sf.NetworkCall]) -> dict[str, Any]:
        """The residuals of all rows, as the UNet takes them."""
        rows = [call.residuals for call in calls if call.residuals is not None]
        if not rows:
            return {}
        down = zip(*(row.down for row in rows), strict=True)
        return {
            "down_block_additional_residuals": tuple(torch.cat(each).to(self._dtype) for each in down),
            "mid_block_additional_residual": torch.cat([row.middle for row in rows]).to(self._dtype),
        }

    def layers(self) -> Mapping[str, str]:
        """The UNet's attention layers and residual blocks, by module path."""
        return self._layers

    def _row(self, call: sf.NetworkCall) -> torch.Tensor:
        scaled = call.x / math.sqrt(call.sigma**2 + 1)
        return scaled if call.channels is None else torch.cat([scaled, call.channels], dim=1)

    def _denoised(self, call: sf.NetworkCall, output: torch.Tensor) -> torch.Tensor:
        sigma, variance = call.sigma, call.sigma**2 + 1
        match self.sigmas.prediction_type:
            case "epsilon":
                return call.x - sigma * output
            case "v_prediction":
                return call.x / variance - output * (sigma / math.sqrt(variance))
            case _:
                return output

    def encode_image(self, pixels: torch.Tensor, tile: str) -> Generator[None, None, torch.Tensor]:
        """Pixels (1, 3, H, W) in -1..1 to scaled latents; pauses between layers."""
        return self._codec.encode(pixels, tile)

    def decode_latents(self, latents: torch.Tensor, tile: str) -> Generator[None, None, torch.Tensor]:
        """Scaled latents to pixels (1, 3, H, W) in -1..1; pauses between layers."""
        return self._codec.decode(latents, tile)

    def preview(self, denoised: torch.Tensor) -> torch.Tensor:
        """One pixel per latent, (h, w, 3) uint8."""
        return self._rgb.picture(denoised)

    def memory(self) -> Mapping[str, int]:
        """Bytes of each network's weights."""
        return {name: sum(p.nbytes for p in net.parameters()) for name, net in self._networks.items()}


def _open(source: Path) -> Checkpoint | None:
    return DiffusersFolder.open(source) or SingleFile.open(source)


def _latent_rgb(parts: Parts, codec: PixelCodec) -> LatentRgb:
    if stated := parts.facts.get("latent_rgb"):
        return LatentRgb.stated(stated)
    channels = parts.vae["latent_channels"]
    if channels == 4 and parts.vae.get("scaling_factor", 0.18215) == 0.18215:
        return STABLE_DIFFUSION
    return LatentRgb.fitted(codec, channels)
