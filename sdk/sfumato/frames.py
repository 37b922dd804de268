"""Frames: how two of our processes talk over a pipe. A JSON header, then raw bytes; never a pickle.

    u32 header length | u32 body length | header (UTF-8 JSON object) | body

Lengths are little-endian. The front and its worker speak this, and so do the adapters inside a host and
their bridge.
"""

from __future__ import annotations

import json
import struct
from typing import Any, BinaryIO, Final

HEADER_LIMIT: Final = 16 * 2**20
BODY_LIMIT: Final = 1024 * 2**20
_LENGTHS: Final = struct.Struct("<II")


class FrameError(Exception):
    """The stream was cut inside a frame, or holds something that is not one."""


def encode(header: dict[str, Any], body: bytes | memoryview = b"") -> bytes:
    """One frame as bytes."""
    text = json.dumps(header, separators=(",", ":")).encode()
    return b"".join((_LENGTHS.pack(len(text), len(body)), text, body))


def read(stream: BinaryIO) -> tuple[dict[str, Any], bytes] | None:
    """The next frame of a blocking stream; None at its end. Raises FrameError on a cut or foreign one."""
    start = stream.read(_LENGTHS.size)
    if not start:
        return None
    header_size, body_size = lengths(start)
    return parse_header(_exactly(stream, header_size)), _exactly(stream, body_size)


def lengths(start: bytes) -> tuple[int, int]:
    """Header and body length from a frame's first eight bytes."""
    if len(start) != _LENGTHS.size:
        raise FrameError(f"the stream ended after {len(start)} of {_LENGTHS.size} bytes of a frame's lengths")
    header_size, body_size = _LENGTHS.unpack(start)
    if header_size > HEADER_LIMIT or body_size > BODY_LIMIT:
        raise FrameError(f"a frame of {header_size} + {body_size} bytes is over {HEADER_LIMIT} + {BODY_LIMIT}")
    return header_size, body_size


def parse_header(text: bytes) -> dict[str, Any]:
    """A frame's header as a dict."""
    try:
        header = json.loads(text)
    except ValueError as error:
        raise FrameError(f"a frame's header is not JSON: {error}") from error
    if not isinstance(header, dict):
        raise FrameError(f"a frame's header is {type(header).__name__}, expected an object")
    return header


def _exactly(stream: BinaryIO, size: int) -> bytes:
    data = stream.read(size)
    if len(data) != size:
        raise FrameError(f"the stream ended after {len(data)} of {size} bytes of a frame")
    return data
