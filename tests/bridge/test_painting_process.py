"""The process that paints ends with its order, whatever it was saying."""

import asyncio

from sfumato.bridge import painting_process
from sfumato.bridge.painting_process import PaintingProcess

SAYS_MUCH = "import sys; sys.stdout.buffer.write(bytes(2**23)); sys.stdout.flush()"


def test_one_that_is_left_while_it_tells_of_a_large_picture_is_ended_all_the_same(monkeypatch):
    monkeypatch.setattr(painting_process, "_COMMAND", ("-c", SAYS_MUCH))

    async def leave():
        async with PaintingProcess() as process:
            while not process._process.stdout._paused:  # more has come than anybody has read
                await asyncio.sleep(0.01)
        return process._process.returncode

    assert asyncio.run(asyncio.wait_for(leave(), 30)) is not None
