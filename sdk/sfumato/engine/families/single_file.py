"""A Stable Diffusion model in one safetensors file, in the layout of the original latent-diffusion code."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType, SimpleNamespace
from typing import Any, Final

import torch

from sfumato.engine.architectures import CLIP, OPEN_CLIP, UNET, VAE, Architecture, recognise
from sfumato.engine.families.checkpoint import Parts
from sfumato.engine.families.folder import clip_names, read_tokenizer
from sfumato.engine.families.noise_levels import STABLE_DIFFUSION
from sfumato.engine.weights import Header, load_tensors, read_header
from sfumato.errors import NotFound

#: CLIP's vocabulary is in no single file; SD 2.x has the same one and pads with "!" instead of the end token.
VOCABULARY: Final = "openai/clip-vit-large-patch14"
_SD2_PADDING: Final = "!"

#: https://github.com/Stability-AI/ModelSpec
_MODEL_SPEC: Final = MappingProxyType({"title": "modelspec.title", "licence": "modelspec.license"})
#: Where ComfyUI found that SD 2.x at 768 pixels, which predicts v, differs from the one at 512: in no shape, but in
#: the spread of this bias.
_V_PREDICTION_CLUE: Final = UNET + "output_blocks.11.1.transformer_blocks.0.norm1.bias"
_V_PREDICTION_SPREAD: Final = 0.09


class SingleFile:
    """One file with UNet, VAE and text encoder. Configurations come from its tensors, weights by diffusers' maps."""

    def __init__(self, source: Path, header: Header, architecture: Architecture) -> None:
        self.source = source
        self.control: Path | None = None
        self._is_sd2 = architecture.name == "sd2"
        prediction_type = _prediction_type(source, header, is_sd2=self._is_sd2)
        native_cells = 96 if self._is_sd2 and prediction_type == "v_prediction" else 64
        self.parts = Parts(
            unet={**architecture.unet, "sample_size": native_cells},
            vae=architecture.vae,
            text_encoder=architecture.text_encoder,
            scheduler={**STABLE_DIFFUSION, "prediction_type": prediction_type},
            parameter_count=header.parameter_count(UNET, VAE, CLIP, OPEN_CLIP),
            facts={fact: header.metadata[key] for fact, key in _MODEL_SPEC.items() if key in header.metadata},
        )

    @classmethod
    def open(cls, source: Path) -> SingleFile | None:
        """The model in `source`; None where it is a folder or holds no UNet in this layout. Raises WeightsRefused."""
        if source.is_dir():
            return None
        header = read_header(source)
        architecture = recognise(source, header)
        return cls(source, header, architecture) if architecture else None

    def tensors(self, part: str) -> dict[str, torch.Tensor]:
        """The weights of `part` by the names that diffusers and transformers give them."""
        from diffusers.loaders import single_file_utils  # takes seconds to import, and a model's card does without

        if part == "unet":
            return dict(single_file_utils.convert_ldm_unet_checkpoint(load_tensors(self.source, UNET), self.parts.unet))
        if part == "vae":
            return dict(single_file_utils.convert_ldm_vae_checkpoint(load_tensors(self.source, VAE), self.parts.vae))
        return self._open_clip() if self._is_sd2 else self._clip()

    def tokenizer(self) -> Any:
        """CLIP's tokenizer, from a folder `tokenizer` beside the file or from the hub. Raises NotFound."""
        from huggingface_hub.errors import HfHubHTTPError
        from transformers import CLIPTokenizer

        beside = self.source.parent / "tokenizer"
        if beside.is_dir():
            return read_tokenizer(beside)
        padding = {"pad_token": _SD2_PADDING} if self._is_sd2 else {}
        for local_only in (True, False):
            try:
                return CLIPTokenizer.from_pretrained(VOCABULARY, local_files_only=local_only, **padding)
            except (OSError, HfHubHTTPError) as error:
                failure = error
        raise NotFound(
            f"{self.source} needs CLIP's vocabulary, which no single file holds, and {VOCABULARY} cannot be fetched; "
            f"put a folder `tokenizer` with its vocab.json and merges.txt beside the file",
            path=self.source,
        ) from failure

    def _clip(self) -> dict[str, torch.Tensor]:
        found = load_tensors(self.source, CLIP)
        return clip_names({name.removeprefix(CLIP): tensor for name, tensor in found.items()})

    def _open_clip(self) -> dict[str, torch.Tensor]:
        from diffusers.loaders.single_file_utils import convert_open_clip_checkpoint

        found = load_tensors(self.source, OPEN_CLIP)
        width = SimpleNamespace(config=SimpleNamespace(hidden_size=self.parts.text_encoder["hidden_size"]))
        converted = convert_open_clip_checkpoint(width, found, prefix=OPEN_CLIP)
        layers = tuple(f"encoder.layers.{n}." for n in range(self.parts.text_encoder["num_hidden_layers"]))
        plain = clip_names(converted)
        return {name: plain[name] for name in plain if name.startswith((*layers, "embeddings.", "final_layer_norm."))}


def _prediction_type(source: Path, header: Header, *, is_sd2: bool) -> str:
    """What the file's ModelSpec metadata says that it predicts; else v for an SD 2.x with the clue, else epsilon."""
    said = header.metadata.get("modelspec.prediction_type", "").lower()
    if said:
        return "v_prediction" if said.startswith("v") else "epsilon"
    inpaints = header.tensors[UNET + "input_blocks.0.0.weight"].shape[1] == 9
    if not is_sd2 or inpaints or _V_PREDICTION_CLUE not in header.tensors:
        return "epsilon"
    spread = load_tensors(source, _V_PREDICTION_CLUE)[_V_PREDICTION_CLUE].float().std(unbiased=False)
    return "v_prediction" if spread > _V_PREDICTION_SPREAD else "epsilon"
