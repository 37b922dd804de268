"""Which files of a published model are taken: what is needed and runs no code, each part in one precision."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePosixPath
from typing import Final

from sfumato.errors import WeightsRefused

#: `stem.safetensors`, not `stem.fp16.safetensors`; `-00001-of-00002` is a shard of either.
_PLAIN: Final = re.compile(r"[^.]+\.safetensors")
_PICKLES: Final = (".bin", ".ckpt", ".pt", ".pth", ".pkl")
#: Parts of published pipelines that nothing here loads, a gigabyte among them.
_UNUSED: Final = ("safety_checker", "feature_extractor", "image_encoder")


def wanted(files: Iterable[str]) -> Iterator[str]:
    """Configurations and weights, each in one precision: safetensors, JSON and text, and nothing that runs code."""
    paths = _used(files)
    in_parts = _is_in_parts(paths)
    plain = {path.parent for path in paths if _PLAIN.fullmatch(path.name)}
    for path in paths:
        is_whole_model = in_parts and len(path.parts) == 1
        is_other_precision = path.parent in plain and not _PLAIN.fullmatch(path.name)
        is_weights = path.suffix == ".safetensors" and not is_whole_model and not is_other_precision
        if is_weights or path.suffix in (".json", ".txt"):
            yield str(path)


def refuse_pickles(name: str, files: Sequence[str]) -> None:
    """Raise WeightsRefused where a part of the model has no safetensors, before anything is downloaded."""
    paths = _used(files)
    if _is_in_parts(paths):
        paths = [path for path in paths if len(path.parts) > 1]
    safe = {path.parent for path in paths if path.suffix == ".safetensors"}
    pickled = sorted(str(path) for path in paths if path.suffix in _PICKLES and path.parent not in safe)
    if pickled:
        said = f"{name} has {', '.join(pickled[:3])} only as a pickle, which may run code; look for it in safetensors"
        raise WeightsRefused(said, model=name)
    if not safe:
        raise WeightsRefused(f"{name} has no weights in safetensors; it is no model that can be drawn with", model=name)


def lone_file(name: str, files: Sequence[str]) -> str:
    """The one file that is the whole model; "" where it comes in parts. Raises WeightsRefused for several models."""
    paths = _used(files)
    whole = [str(path) for path in paths if len(path.parts) == 1 and path.suffix == ".safetensors"]
    if _is_in_parts(paths) or not whole:
        return ""
    if len(whole) > 1:
        said = f"{name} holds several models: {', '.join(whole[:5])}; download the one that you want and add the file"
        raise WeightsRefused(said, model=name)
    return whole[0]


def _used(files: Iterable[str]) -> list[PurePosixPath]:
    return [path for path in map(PurePosixPath, files) if path.parent.name not in _UNUSED]


def _is_in_parts(paths: Iterable[PurePosixPath]) -> bool:
    return any(path.name == "model_index.json" for path in paths)
