"""A Stable Diffusion model in a diffusers folder: one subfolder for each part, a configuration and weights in each."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import torch

from sfumato.engine.families.checkpoint import Parts
from sfumato.engine.families.noise_levels import STABLE_DIFFUSION
from sfumato.engine.weights import load_tensors, read_header
from sfumato.errors import NotFound, WeightsRefused

#: The only classes that are ever built, whatever a folder names, and the stem of each one's weight files.
PARTS: Final = MappingProxyType(
    {
        "unet": ("UNet2DConditionModel", "diffusion_pytorch_model"),
        "vae": ("AutoencoderKL", "diffusion_pytorch_model"),
        "text_encoder": ("CLIPTextModel", "model"),
    }
)
_PICKLES: Final = ("*.bin", "*.ckpt", "*.pt", "*.pth", "*.pkl")
#: The VAE's attention under the names that it had in diffusers before 0.17.
_OLD_ATTENTION: Final = MappingProxyType(
    {".query.": ".to_q.", ".key.": ".to_k.", ".value.": ".to_v.", ".proj_attn.": ".to_out.0."}
)
_OLD_NAME: Final = re.compile("|".join(map(re.escape, _OLD_ATTENTION)))


class DiffusersFolder:
    """A folder that diffusers' `save_pretrained` wrote. Nothing in it is run, and no class is looked up by name."""

    def __init__(self, source: Path) -> None:
        self.source = source
        control = source / "controlnet"
        self.control: Path | None = control if (control / "config.json").is_file() else None
        configs = {part: _read_json(source / part / "config.json") for part in PARTS}
        scheduler = source / "scheduler" / "scheduler_config.json"
        facts = source / "sfumato.json"
        self._files = {part: list(_weight_files(source / part, stem)) for part, (_, stem) in PARTS.items()}
        self.parts = Parts(
            **configs,
            scheduler=_read_json(scheduler) if scheduler.exists() else STABLE_DIFFUSION,
            facts=_read_json(facts) if facts.exists() else {},
            parameter_count=sum(read_header(file).parameter_count() for part in self._files.values() for file in part),
        )

    @classmethod
    def open(cls, source: Path) -> DiffusersFolder | None:
        """The model in `source`; None where it is no folder of exactly these parts. Raises WeightsRefused."""
        others = source / "text_encoder_2", source / "transformer"
        if any(folder.exists() for folder in others) or not all(_is_ours(source / part, part) for part in PARTS):
            return None
        return cls(source)

    def tensors(self, part: str) -> dict[str, torch.Tensor]:
        """The weights of `part`, with old names brought up to date."""
        found = {name: tensor for file in self._files[part] for name, tensor in load_tensors(file).items()}
        if part == "vae":
            return {_OLD_NAME.sub(lambda old: _OLD_ATTENTION[old[0]], name): found[name] for name in found}
        if part == "text_encoder":
            return clip_names(found)
        return found

    def tokenizer(self) -> Any:
        """The CLIP tokenizer in `tokenizer/`. Raises NotFound."""
        return read_tokenizer(self.source / "tokenizer")


def clip_names(tensors: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """A CLIP text encoder's tensors by the names of today: no wrapper's prefix, no buffer of positions."""
    plain = {name.removeprefix("text_model."): tensor for name, tensor in tensors.items()}
    return {name: tensor for name, tensor in plain.items() if not name.endswith("position_ids")}


def read_tokenizer(folder: Path) -> Any:
    """The CLIP tokenizer whose vocabulary is in `folder`. Raises NotFound."""
    if not (folder / "tokenizer.json").exists() and not (folder / "vocab.json").exists():
        raise NotFound(f"no tokenizer.json or vocab.json in {folder}; copy the model's tokenizer folder there")
    from transformers import CLIPTokenizer  # takes seconds to import, and a model's card does without

    return CLIPTokenizer.from_pretrained(folder, local_files_only=True)


def _is_ours(folder: Path, part: str) -> bool:
    path = folder / "config.json"
    if not path.is_file():
        return False
    config = _read_json(path)
    name, _ = PARTS[part]
    return config.get("_class_name") == name or config.get("architectures") == [name]


def _read_json(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise WeightsRefused(f"{path} cannot be read as JSON: {error}", path=path) from error
    if not isinstance(found, dict):
        raise WeightsRefused(f"{path} holds {type(found).__name__}, expected an object", path=path)
    return found


def _weight_files(folder: Path, stem: str) -> Iterator[Path]:
    """The safetensors files of one part: a single one or shards, full precision before half."""
    for variant in ("", ".fp16"):
        single = folder / f"{stem}{variant}.safetensors"
        index = folder / f"{stem}.safetensors.index{variant}.json"
        if single.exists():
            yield single
            return
        if index.exists():
            yield from _shards(index)
            return
    for pattern in _PICKLES:
        for file in sorted(folder.glob(pattern)):
            read_header(file)
    raise WeightsRefused(f"no {stem}.safetensors in {folder}; take the model's safetensors files", path=folder)


def _shards(index: Path) -> list[Path]:
    names = _read_json(index).get("weight_map")
    if not isinstance(names, dict):
        raise WeightsRefused(f"{index} has no weight_map, so its shards are unknown; download it again", path=index)
    # Only the last part of a name counts: shards lie beside their index, and nowhere else.
    return sorted({index.parent / Path(str(name)).name for name in names.values()})
