"""Checkpoints: the positions of a job's live trajectories as safetensors bytes.

The tensors are `0.x`, `0.sampler.old_denoised`, ... by image; everything else is one JSON text in the file's
metadata, together with the recipe's digest and a sha256 over all of it. Noise needs no place here, because it is
drawn by seed and step, and neither do prompts and masks, which are encoded again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Final

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save

from sfumato.engine.trajectory import Position

FORMAT: Final = "sfumato-checkpoint/1"
_STATES: Final = ("sampler", "guider")


class Unsaveable(ValueError):
    """A state holds something that is neither a tensor nor a number nor a string."""

    def __init__(self, kind: str, said: str) -> None:
        super().__init__(said)
        self.kind = kind


def dump(digest: str, positions: Mapping[int, Position]) -> bytes:
    """The positions by image index, for the recipe with this digest. Raises Unsaveable."""
    tensors: dict[str, torch.Tensor] = {}
    rows = {str(index): _split(f"{index}", position, tensors) for index, position in positions.items()}
    record = {"format": FORMAT, "recipe": digest, "positions": rows, "sha256": _sha256(rows, tensors)}
    data: bytes = save(tensors, metadata={"sfumato": json.dumps(record)})
    return data


def restore(data: bytes, digest: str) -> dict[int, Position]:
    """The positions in a checkpoint of this recipe, on the CPU.

    Empty if the checkpoint is damaged or another recipe's, for then the right thing is to start over.
    """
    record = _record(data)
    if record.get("format") != FORMAT or record.get("recipe") != digest:
        return {}
    try:
        tensors = load(data)
    except (SafetensorError, ValueError, KeyError):
        return {}
    rows = record.get("positions", {})
    if record.get("sha256") != _sha256(rows, tensors):
        return {}
    return {int(index): _join(index, row, tensors) for index, row in rows.items()}


def _record(data: bytes) -> dict[str, Any]:
    """Our part of the safetensors header; empty where there is none."""
    size = int.from_bytes(data[:8], "little")
    try:
        found = json.loads(json.loads(data[8 : 8 + size])["__metadata__"]["sfumato"])
    except (ValueError, KeyError, TypeError):
        return {}
    return found if isinstance(found, dict) else {}


def _split(index: str, position: Position, tensors: dict[str, torch.Tensor]) -> dict[str, Any]:
    """Put the position's tensors into `tensors`; return the rest."""
    tensors[f"{index}.x"] = _own(position.x)
    row: dict[str, Any] = {"step_index": position.step_index}
    for kind, state in zip(_STATES, (position.sampler_state, position.guider_state), strict=True):
        row[kind] = {}
        for name, value in state.items():
            if isinstance(value, torch.Tensor):
                tensors[f"{index}.{kind}.{name}"] = _own(value)
            elif isinstance(value, bool | int | float | str):
                row[kind][name] = value
            else:
                said = f"state {name!r} is {type(value).__name__}, expected a tensor, a number or a string"
                raise Unsaveable(kind, said)
    return row


def _join(index: str, row: Mapping[str, Any], tensors: Mapping[str, torch.Tensor]) -> Position:
    states = {
        kind: row[kind] | {name.removeprefix(start): tensors[name] for name in tensors if name.startswith(start)}
        for kind in _STATES
        for start in (f"{index}.{kind}.",)
    }
    return Position(
        x=tensors[f"{index}.x"],
        step_index=row["step_index"],
        sampler_state=states["sampler"],
        guider_state=states["guider"],
    )


def _own(tensor: torch.Tensor) -> torch.Tensor:
    """A tensor with memory of its own, as safetensors asks; a state may well hold x itself."""
    return tensor.detach().clone(memory_format=torch.contiguous_format)


def _sha256(rows: Mapping[str, Any], tensors: Mapping[str, torch.Tensor]) -> str:
    """Over the rows, then the tensors' names, dtypes, shapes and bytes, by name."""
    digest = hashlib.sha256(json.dumps(rows, sort_keys=True).encode())
    for name, tensor in sorted(tensors.items()):
        digest.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}\n".encode())
        digest.update(tensor.cpu().reshape(-1).view(torch.uint8).numpy().tobytes())
    return digest.hexdigest()
