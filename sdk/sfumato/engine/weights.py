"""Weight files judged by their content, never by their name: whole safetensors, or refused.

    u64 header length | header: JSON {name: {dtype, shape, data_offsets}, "__metadata__": {...}} | tensor bytes

The layout is https://github.com/huggingface/safetensors#format: the offsets cover the rest of the file exactly.
Nothing here unpickles, and nothing but the header is read before the file has been judged.
"""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeGuard

import torch
from safetensors import SafetensorError, safe_open

from sfumato.errors import NotFound, WeightsRefused

#: The headers of the largest models in use are under 1 MiB; parsing one costs several times its size in memory.
HEADER_LIMIT: Final = 16 * 2**20

_LENGTH: Final = struct.Struct("<Q")
_METADATA: Final = "__metadata__"
_BITS: Final = {
    "BOOL": 8, "U8": 8, "I8": 8, "U16": 16, "I16": 16, "U32": 32, "I32": 32, "U64": 64, "I64": 64, "F16": 16,
    "BF16": 16, "F32": 32, "F64": 64, "C64": 64, "F8_E4M3": 8, "F8_E5M2": 8, "F8_E8M0": 8, "F4": 4,
}  # fmt: skip

_TAR_MAGIC_AT: Final = 257
_CONVERT: Final = "take the safetensors file of the same model, or convert this one where it may be trusted"
#: What a file that is not safetensors holds at an offset, what it is then, and what to do.
_OTHER_FORMATS: Final = (
    (0, b"PK", "a zip archive with a pickle inside, which can run any code when it is loaded", _CONVERT),
    (0, b"\x80", "a pickle, which can run any code when it is loaded", _CONVERT),
    (_TAR_MAGIC_AT, b"ustar", "a tar archive, in which old versions of torch kept a pickle", _CONVERT),
    (0, b"GGUF", "GGUF, which this version does not read", "take the safetensors file of the same model"),
    (0, b"version https://git-lfs", "a Git LFS pointer and not the weights", "run `git lfs pull` in its folder"),
    (0, b"<", "a web page and not the weights", "download the file itself"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TensorInfo:
    """What the header says about one tensor; `dtype` is safetensors' word, such as `F16`."""

    dtype: str
    shape: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """The header of a sound safetensors file."""

    tensors: Mapping[str, TensorInfo]
    metadata: Mapping[str, str] = field(default_factory=dict)

    def parameter_count(self, *prefixes: str) -> int:
        """How many numbers the file holds, in tensors whose names start with one of `prefixes` if any are given."""
        counted = (info.shape for name, info in self.tensors.items() if name.startswith(prefixes or ""))
        return sum(map(math.prod, counted))


def read_header(path: Path) -> Header:
    """The header of the safetensors file at `path`. Raises NotFound, and WeightsRefused for anything else."""
    if not path.exists():
        raise NotFound(f"no weight file at {path}; was it moved or renamed?", path=path)
    if not path.is_file():
        raise refused(path, "not a regular file", "name the weight file itself")
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            start = file.read(_TAR_MAGIC_AT + 5)
            length = _header_length(path, start, size)
            file.seek(_LENGTH.size)
            text = file.read(length)
    except OSError as error:
        raise refused(path, f"unreadable ({error.strerror})", "check its permissions and its disk") from error
    return _parse(path, text, size - _LENGTH.size - length)


def load_tensors(path: Path, prefix: str = "") -> dict[str, torch.Tensor]:
    """The tensors whose names start with `prefix`, mapped from the file: bytes are read when they are used.

    Raises NotFound and WeightsRefused.
    """
    names = [name for name in read_header(path).tensors if name.startswith(prefix)]
    try:
        with safe_open(path, framework="pt") as file:
            return {name: file.get_tensor(name) for name in names}
    except SafetensorError as error:
        raise _damaged(path, str(error)) from error


def refused(path: Path, what: str, advice: str) -> WeightsRefused:
    """The error for a file that was expected to be safetensors and is `what`."""
    return WeightsRefused(f"{path} is {what}, expected safetensors; {advice}", path=path)


def _damaged(path: Path, detail: str) -> WeightsRefused:
    return refused(path, f"damaged safetensors ({detail})", "download it again")


def _header_length(path: Path, start: bytes, size: int) -> int:
    """The length of the header, from the first bytes of the file."""
    if start[_LENGTH.size : _LENGTH.size + 1] != b"{":
        raise _foreign(path, start, size)
    length: int = _LENGTH.unpack_from(start)[0]
    if length > size - _LENGTH.size:
        # A file of another format can have a brace there too, and then its "length" is astronomical.
        raise _foreign(path, start, size) if length > HEADER_LIMIT else _damaged(path, f"cut short after {size} bytes")
    if length > HEADER_LIMIT:
        raise _damaged(path, f"a header of {length} bytes, at most {HEADER_LIMIT} are taken")
    return length


def _foreign(path: Path, start: bytes, size: int) -> WeightsRefused:
    for offset, magic, what, advice in _OTHER_FORMATS:
        if start.startswith(magic, offset):
            return refused(path, what, advice)
    return refused(path, f"{size} bytes of something else", "see which file the model's page calls safetensors")


def _parse(path: Path, text: bytes, data_size: int) -> Header:
    try:
        found = json.loads(text, object_pairs_hook=_unique)
    except (ValueError, RecursionError) as error:
        raise _damaged(path, f"its header is not JSON: {error}") from error
    metadata = found.pop(_METADATA, {})
    if not isinstance(metadata, dict):
        raise _damaged(path, "its metadata is not an object")
    spans: list[tuple[int, int]] = []
    tensors: dict[str, TensorInfo] = {}
    for name, row in found.items():
        if not _sound(row):
            raise _damaged(path, f"its header says {str(row)[:100]} about tensor {name!r}")
        tensors[name] = TensorInfo(dtype=row["dtype"], shape=tuple(row["shape"]))
        spans.append((row["data_offsets"][0], row["data_offsets"][1]))
    _check_cover(path, spans, data_size)
    return Header(tensors=tensors, metadata={key: str(value) for key, value in metadata.items()})


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    row = dict(pairs)
    if len(row) != len(pairs):
        raise ValueError("a name occurs twice")
    return row


def _sound(row: object) -> bool:
    """Whether a header row has a known dtype, a shape, and offsets that fit both."""
    if not isinstance(row, dict) or not isinstance(row.get("dtype"), str) or row["dtype"] not in _BITS:
        return False
    shape, offsets = row.get("shape"), row.get("data_offsets")
    if not _naturals(shape) or not _naturals(offsets) or len(offsets) != 2:
        return False
    return (offsets[1] - offsets[0]) * 8 == math.prod(shape) * _BITS[row["dtype"]]


def _naturals(value: object) -> TypeGuard[list[int]]:
    """Short lists of machine integers only: the product of a hostile shape could take hours."""
    return isinstance(value, list) and len(value) <= 64 and all(type(n) is int and 0 <= n < 2**63 for n in value)


def _check_cover(path: Path, spans: list[tuple[int, int]], data_size: int) -> None:
    """Tensors lie one after the other, from the first byte after the header to the last of the file."""
    end = 0
    for first, last in sorted(spans):
        if first != end:
            raise _damaged(path, f"its tensors leave a gap or overlap at byte {first} of the data")
        end = last
    if end != data_size:
        raise _damaged(path, f"its tensors take {end} bytes, and {data_size} are there")
