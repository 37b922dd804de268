"""Frames, as docs/bridge_protocol.md describes them: a JSON header, then raw bytes."""

import json
import struct
from typing import IO, Any, Dict, List, NamedTuple, Optional, Sequence

PROTOCOL = 1
HEADER_LIMIT = 16 * 2**20
BODY_LIMIT = 1024 * 2**20

_LENGTHS = struct.Struct("<II")


class FrameError(Exception):
    """The stream was cut inside a frame, or holds something that is not one."""


class Frame(NamedTuple):
    """One message: `header["op"]` names it, `body` holds its pixels."""

    header: Dict[str, Any]
    body: bytes = b""

    @property
    def op(self) -> str:
        """What the frame is for."""
        return str(self.header.get("op", ""))


def encode(header: Dict[str, Any], chunks: Sequence[bytes] = ()) -> List[bytes]:
    """One frame as pieces to be written one after the other, so that pixels are never copied together."""
    text = json.dumps(header, separators=(",", ":")).encode("utf-8")
    size = sum(map(len, chunks))
    if len(text) > HEADER_LIMIT or size > BODY_LIMIT:
        raise _too_large(len(text), size)
    return [_LENGTHS.pack(len(text), size) + text, *chunks]


def read(stream: IO[bytes]) -> Optional[Frame]:
    """The next frame of a blocking stream; None at its end. Raises FrameError on a cut or foreign one."""
    start = stream.read(_LENGTHS.size)
    if not start:
        return None
    if len(start) != _LENGTHS.size:
        raise FrameError(f"the stream ended after {len(start)} of {_LENGTHS.size} bytes of a frame's lengths")
    header_size, body_size = _LENGTHS.unpack(start)
    if header_size > HEADER_LIMIT or body_size > BODY_LIMIT:
        raise _too_large(header_size, body_size)
    return Frame(_header(_exactly(stream, header_size)), _exactly(stream, body_size))


def _header(text: bytes) -> Dict[str, Any]:
    try:
        header = json.loads(text.decode("utf-8"))
    except ValueError as error:
        raise FrameError(f"a frame's header is not JSON: {error}") from error
    if not isinstance(header, dict):
        raise FrameError(f"a frame's header is {type(header).__name__}, expected an object")
    return header


def _exactly(stream: IO[bytes], size: int) -> bytes:
    data = stream.read(size) if size else b""
    if len(data) != size:
        raise FrameError(f"the stream ended after {len(data)} of {size} bytes of a frame")
    return data


def _too_large(header_size: int, body_size: int) -> FrameError:
    return FrameError(f"a frame of {header_size} + {body_size} bytes is over {HEADER_LIMIT} + {BODY_LIMIT}")
