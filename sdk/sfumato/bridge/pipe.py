"""The pipe to the adapter: whole frames in and out, in threads, so that neither side ever waits for the other."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import Any, BinaryIO, Final, Self

from sfumato.frames import FrameError, encode, read

Frame = tuple[dict[str, Any], bytes]
_FLUSH_S: Final = 5.0


class Pipe:
    """Frames from `reading`, frames to `writing`. A frame with a key takes the place of an older one still unsent."""

    def __init__(self, reading: BinaryIO, writing: BinaryIO) -> None:
        self._reading, self._writing = reading, writing
        self._arrived: asyncio.Queue[Frame | FrameError | None] = asyncio.Queue()
        self._changed = threading.Condition()
        self._waiting: OrderedDict[Hashable, Frame] = OrderedDict()
        self._busy = self._broken = False

    @classmethod
    def claim(cls) -> Self:
        """Take stdin and stdout for frames alone: what else reads finds nothing, what else prints goes to stderr."""
        reading, writing = os.dup(0), os.dup(1)
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.close(nothing)
        os.dup2(2, 1)
        sys.stdout = sys.stderr
        if sys.platform == "win32":
            import msvcrt

            msvcrt.setmode(reading, os.O_BINARY)
            msvcrt.setmode(writing, os.O_BINARY)
        return cls(os.fdopen(reading, "rb"), os.fdopen(writing, "wb", buffering=0))

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begin to read and write; what arrives is received in `loop`."""
        self._loop = loop
        for target, arguments in ((self._read, (loop,)), (self._write, ())):
            threading.Thread(target=target, args=arguments, daemon=True).start()

    async def receive(self) -> Frame | None:
        """The next frame; None when the adapter has ended. Raises FrameError for what is none."""
        found = await self._arrived.get()
        if isinstance(found, FrameError):
            raise found
        return found

    def hang_up(self) -> None:
        """Receive no more: the adapter has gone, though others may hold its end of the pipe open. From any thread."""
        self._loop.call_soon_threadsafe(self._arrived.put_nowait, None)

    def send(self, header: dict[str, Any], body: bytes | memoryview = b"", *, instead_of: Hashable = None) -> None:
        """Queue a frame, from any thread."""
        with self._changed:
            key = object() if instead_of is None else instead_of
            self._waiting.pop(key, None)
            self._waiting[key] = (header, bytes(body))
            self._changed.notify_all()

    def flush(self) -> None:
        """Wait until everything is written, unless the adapter reads no more."""
        with self._changed:
            self._changed.wait_for(lambda: self._broken or not (self._waiting or self._busy), _FLUSH_S)

    @staticmethod
    def complain(words: str) -> None:
        """Tell whoever reads the adapter's log."""
        print(f"sfumato.bridge: {words}", file=sys.stderr, flush=True)

    def _read(self, loop: asyncio.AbstractEventLoop) -> None:
        found: Frame | FrameError | None = None
        while True:
            try:
                found = read(self._reading)
            except FrameError as error:
                found = error
            except OSError:
                found = None
            loop.call_soon_threadsafe(self._arrived.put_nowait, found)
            if found is None or isinstance(found, FrameError):
                return

    def _write(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting)
                _, (header, body) = self._waiting.popitem(last=False)
                self._busy = True
            try:
                self._put(encode(header, body))
            except OSError:
                self._end()
                return
            with self._changed:
                self._busy = False
                self._changed.notify_all()

    def _put(self, frame: bytes) -> None:
        rest = memoryview(frame)
        while rest:
            rest = rest[self._writing.write(rest) :]

    def _end(self) -> None:
        with self._changed:
            self._broken, self._busy = True, False
            self._changed.notify_all()
