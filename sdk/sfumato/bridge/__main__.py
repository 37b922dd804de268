"""`python -m sfumato.bridge`: answer the adapter's hello, then serve it until it or its program ends."""

from __future__ import annotations

import asyncio
import os
import signal
import sys

from sfumato.bridge.handshake import Refused, welcome
from sfumato.bridge.parent import watch_parent
from sfumato.bridge.pipe import Frame, Pipe
from sfumato.frames import FrameError

_OK, _REFUSED, _CUT = 0, 2, 3
#: A parent that dies while this starts is not seen to die, where others hold stdin open.
_HELLO_S = 60.0


async def _serve(pipe: Pipe) -> int:
    try:
        first = await _first(pipe)
        if first is None:
            return _OK
        pipe.send(welcome(first[0]))
        from sfumato.bridge.desk import Desk  # now that the adapter has its answer, what is slow to import

        desk = Desk(pipe)
        desk.open()
        try:
            while (frame := await pipe.receive()) is not None:
                desk.take(*frame)
        finally:
            await desk.leave()
    except Refused as refused:
        pipe.send(refused.frame)
        return _REFUSED
    except FrameError as error:
        pipe.complain(f"what came from the adapter is no frame: {error}")
        pipe.send(Refused(f"What came from the adapter is no frame: {error}").frame)
        return _CUT
    return _OK


async def _first(pipe: Pipe) -> Frame | None:
    try:
        return await asyncio.wait_for(pipe.receive(), _HELLO_S)
    except TimeoutError:
        raise Refused(f"No adapter has said hello within {_HELLO_S:g} s.") from None


async def _run(pipe: Pipe) -> None:
    """Serve, and end at once: threads that still wait for a daemon hold nobody up, and its jobs go on."""
    pipe.start(asyncio.get_running_loop())
    watch_parent(pipe.hang_up)
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: pipe.hang_up())
    status = await _serve(pipe)
    pipe.flush()
    sys.stderr.flush()
    os._exit(status)


def main() -> None:
    """Serve the adapter at the other end of stdin and stdout."""
    pipe = Pipe.claim()
    asyncio.run(_run(pipe))


if __name__ == "__main__":
    main()
