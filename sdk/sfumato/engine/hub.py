"""Models by their name on a hub: which files to take, and the revision that they were taken at."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from huggingface_hub import HfApi, snapshot_download

from sfumato.errors import NotFound

_NAME: Final = re.compile(r"[\w-][\w.-]*/[\w-][\w.-]*(@[\w./-]+)?")
#: `stem.safetensors`, not `stem.fp16.safetensors`; `-00001-of-00002` is a shard of either.
_PLAIN: Final = re.compile(r"[^.]+\.safetensors")
#: Parts of published pipelines that nothing here loads, a gigabyte among them.
_UNUSED: Final = ("safety_checker", "feature_extractor", "image_encoder")


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A model from the hub on this disk."""

    path: Path
    revision: str


def is_name(source: str) -> bool:
    """Whether `source` reads as `owner/name` or `owner/name@revision`."""
    return _NAME.fullmatch(source) is not None


def fetch(name: str, endpoint: str | None = None) -> Snapshot:
    """Download what is needed of `owner/name` or `owner/name@revision`, into the cache that all tools share.

    `endpoint` is the hub's address; $HF_ENDPOINT, or the public one, unless given. Raises NotFound.
    """
    repository, _, revision = name.partition("@")
    try:
        info = HfApi(endpoint=endpoint).model_info(repository, revision=revision or None)
        files = list(wanted(sibling.rfilename for sibling in info.siblings or ()))
        path = snapshot_download(repository, revision=info.sha, allow_patterns=files, endpoint=endpoint)
    except Exception as error:  # the client's own errors, and those of whichever HTTP library it uses
        said = f"{name} cannot be fetched from the hub: {error}; check the name, the network and the access rights"
        raise NotFound(said, model=name) from error
    return Snapshot(path=Path(path), revision=str(info.sha))


def wanted(files: Iterable[str]) -> Iterator[str]:
    """Configurations and weights, each in one precision: safetensors, JSON and text, and nothing that runs code."""
    paths = [path for path in map(PurePosixPath, files) if path.parent.name not in _UNUSED]
    in_parts = any(path.name == "model_index.json" for path in paths)
    plain = {path.parent for path in paths if _PLAIN.fullmatch(path.name)}
    for path in paths:
        is_whole_model = in_parts and len(path.parts) == 1
        is_other_precision = path.parent in plain and not _PLAIN.fullmatch(path.name)
        is_weights = path.suffix == ".safetensors" and not is_whole_model and not is_other_precision
        if is_weights or path.suffix in (".json", ".txt"):
            yield str(path)
