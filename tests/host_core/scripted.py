"""A channel without a process: what is sent is kept, what arrives is scripted."""

from collections import deque

from host_adapters.core.frames import Frame, encode
from host_adapters.core.session import Session


class ScriptedChannel:
    """Stands in for `channel.Channel`; `say` is the bridge's part."""

    def __init__(self, wake):
        self.wake = wake
        self.sent = []
        self.arrived = deque()
        self.ending = None
        self.opened = self.closed = False

    def open(self):
        self.opened = True

    def send(self, header, chunks=()):
        encode(header, chunks)
        self.sent.append((header, b"".join(chunks)))

    def drain(self, budget_s):
        while self.arrived:
            yield self.arrived.popleft()

    @property
    def empty(self):
        return not self.arrived

    def complaint(self):
        return "it said this"

    def close(self):
        self.closed = True

    def say(self, op, body=b"", **fields):
        self.arrived.append(Frame({"op": op, **fields}, body))
        self.wake()

    def die(self, said="ended (status 9)"):
        self.ending = said
        self.wake()

    def of(self, op):
        """The headers of this op that were sent."""
        return [header for header, _ in self.sent if header["op"] == op]


class Clock:
    """A clock that is set."""

    def __init__(self):
        self.now_s = 100.0

    def __call__(self):
        return self.now_s


class Line:
    """Scripted channels, one for each bridge that the session starts."""

    def __init__(self, command=("python",)):
        self.channels = []
        self.wakes = 0
        self.clock = Clock()
        self.command = command
        self.session = Session("fake", "1.0", lambda: self.command, self.woken, opener=self.opener, clock=self.clock)

    def opener(self, command, environment, wake):
        self.channels.append(ScriptedChannel(wake))
        return self.channels[-1]

    def woken(self):
        self.wakes += 1

    @property
    def channel(self):
        return self.channels[-1]

    def ready(self, catalogue=None):
        """The bridge greets and the daemon is there."""
        self.session.start()
        self.channel.say("welcome", protocol=1, version="1", pid=1)
        self.channel.say("state", state="ready", message="Sfumato 1")
        self.channel.say("catalogue", **(catalogue or {"models": [GROUND], "contributions": [], "plugins": []}))
        self.session.drain()


GROUND = {
    "id": "ground", "title": "Ground", "family": "sd", "native_size_px": 64, "size_multiple_px": 8, "max_size_px": 2048,
    "default_steps": 12, "default_sampler": {"id": "s.euler", "params": {}},
}  # fmt: skip
