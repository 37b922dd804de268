"""The process that paints: started for one order, spoken to in frames, ended with it."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import Mapping
from typing import Any, Final, Self

from sfumato.frames import encode, lengths, parse_header

_COMMAND: Final = ("-P", "-m", "sfumato.texturing")
_LENGTHS_BYTES: Final = 8


class PaintingProcess:
    """`python -m sfumato.texturing` as a context; it is killed on the way out, where it still runs."""

    def __init__(self) -> None:
        self._process: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> Self:
        pipe = asyncio.subprocess.PIPE
        self._process = await asyncio.create_subprocess_exec(sys.executable, *_COMMAND, stdin=pipe, stdout=pipe)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._process
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        # asyncio calls a process ended when its pipes are, and a pipe that nobody reads never is: read it out.
        await self._process.communicate()

    async def send(self, header: Mapping[str, Any], body: bytes) -> None:
        """Say something; a process that has ended hears nothing, and `receive` tells of it."""
        assert self._process
        assert self._process.stdin
        with contextlib.suppress(ConnectionError):
            self._process.stdin.write(encode(dict(header), body))
            await self._process.stdin.drain()

    async def receive(self) -> tuple[dict[str, Any], bytes] | None:
        """The next frame; None when the process has ended."""
        assert self._process
        assert self._process.stdout
        stream = self._process.stdout
        try:
            header_size, body_size = lengths(await stream.readexactly(_LENGTHS_BYTES))
            header = parse_header(await stream.readexactly(header_size))
            return header, await stream.readexactly(body_size)
        except asyncio.IncompleteReadError:
            return None
