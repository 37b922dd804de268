"""The connection's state machine: from a bridge that is started to a daemon that is ready, and every way to fail."""

import threading
import time
from typing import Any, Callable, Dict, List, NamedTuple, Optional, Sequence

from .catalogue import Catalogue
from .channel import Channel, Opener
from .frames import PROTOCOL, Frame
from .installation import child_environment

ADAPTER_VERSION = "0.1.0"

#: After a crash the bridge is started again after 0.5 s, then 1, 2, ... 15; it has recovered once a daemon was ready.
_FIRST_PAUSE_S = 0.5
_LONGEST_PAUSE_S = 15.0
#: The clock of Windows moves in steps of 16 ms: who wakes at the very moment may be too early by one, and for good.
_CLOCK_STEP_S = 0.05


class State(NamedTuple):
    """Where the connection stands, in words for the artist.

    `name` is off, starting, ready, unavailable, incompatible, crashed or missing. `button` is what to press, and
    `Session.press()` does it; empty where there is nothing to press.
    """

    name: str
    title: str
    words: str
    button: str = ""


OFF = State("off", "Off", "Sfumato is not connected.", "Connect")
STARTING = State("starting", "Starting", "Sfumato is starting. You can ask for pictures already; they wait.")
READY = State("ready", "Ready", "")
MISSING = State(
    "missing",
    "Not installed",
    "The Python of Sfumato is not where it was when this adapter was installed. "
    "Run `sfumato hosts install` in a terminal, then try again.",
    "Try again",
)


class Session:
    """Owns the bridge: starts it, starts it again when it dies, and hands its frames on.

    All methods are the main thread's and return at once. `command` gives the bridge's command line when it is
    needed, None where Sfumato's Python is missing. `wake` is called from other threads: have `drain` called soon on
    the main thread then.
    """

    def __init__(
        self,
        host_name: str,
        host_version: str,
        command: Callable[[], Optional[Sequence[str]]],
        wake: Callable[[], None],
        opener: Opener = Channel,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._hello = {
            "op": "hello",
            "protocol": PROTOCOL,
            "host": host_name,
            "host_version": host_version,
            "adapter_version": ADAPTER_VERSION,
        }
        self._command = command
        self._wake = wake
        self._opener = opener
        self._clock = clock
        self._channel: Optional[Channel] = None
        self._timer: Optional[threading.Timer] = None
        self._pause_s = _FIRST_PAUSE_S
        self._restart_at: Optional[float] = None
        self.state = OFF
        #: The daemon's last catalogue; it stays while the daemon is away.
        self.catalogue = Catalogue({})
        #: Called with each frame that is not about the connection, and with `state` and `catalogue` frames too.
        self.on_frame: Callable[[Frame], None] = lambda frame: None
        #: Called when the bridge is a new one: every ticket of the old one is forgotten over there.
        self.on_restart: Callable[[], None] = lambda: None
        #: Called when `state` has changed.
        self.on_state: Callable[[], None] = lambda: None

    @property
    def connected(self) -> bool:
        """Whether there is a bridge to send frames to; it keeps them while the daemon is starting."""
        return self._channel is not None and self._channel.ending is None

    def start(self) -> None:
        """Start the bridge unless it runs."""
        if self._channel is None:
            self._open()

    def stop(self) -> None:
        """End the bridge. Jobs go on in the daemon."""
        self._cancel_timer()
        if self._channel:
            self._channel.close()
        self._channel = None
        self._set(OFF)

    def press(self) -> None:
        """What the state's button says: connect, try again now."""
        if self._channel is None:
            self._pause_s = _FIRST_PAUSE_S
            self._open()
        elif self.state.name != "ready":
            self.send({"op": "retry"})

    def send(self, header: Dict[str, Any], chunks: Sequence[bytes] = ()) -> bool:
        """Send a frame; False where there is no bridge to take it. Raises FrameError where it is too large."""
        if self._channel is None or self._channel.ending is not None:
            return False
        self._channel.send(header, chunks)
        return True

    def drain(self, budget_s: float = 0.004) -> None:
        """Take in what has come. `wake` is called again where the budget did not do."""
        if self._channel is None:
            self._restart_if_due()
            return
        channel = self._channel
        for frame in channel.drain(budget_s):
            self._take(frame)
            if self._channel is not channel:
                return
        if channel.ending is not None and channel.empty:
            self._died(channel)

    def _open(self) -> None:
        self._cancel_timer()
        command = self._command()
        if not command:
            self._set(MISSING)
            return
        self._set(STARTING)
        self._channel = self._opener(command, child_environment(), self._wake)
        self._channel.open()
        self._channel.send(self._hello)
        self.on_restart()

    def _take(self, frame: Frame) -> None:
        handler = {"state": self._state_came, "catalogue": self._catalogue_came, "refused": self._refused}.get(frame.op)
        if handler:
            handler(frame.header)
        self.on_frame(frame)

    def _state_came(self, header: Dict[str, Any]) -> None:
        name, message = str(header.get("state", "")), str(header.get("message", ""))
        if name == "ready":
            self._pause_s = _FIRST_PAUSE_S
            self._set(READY._replace(words=message))
        elif name == "starting":
            self._set(STARTING)
        elif name == "incompatible":
            self._set(State(name, "Versions do not fit", message, "Try again"))
        elif name == "unavailable":
            self._set(State(name, "No connection", _unavailable_words(message, header), "Try again now"))

    def _catalogue_came(self, header: Dict[str, Any]) -> None:
        self.catalogue = Catalogue(header)

    def _refused(self, header: Dict[str, Any]) -> None:
        words = str(header.get("message", "")) or "This adapter and Sfumato are of different versions."
        self._close()
        self._set(State("incompatible", "Versions do not fit", words, "Try again"))

    def _died(self, channel: Channel) -> None:
        self._channel = None
        self._restart_at = self._clock() + self._pause_s
        words = f"The bridge {channel.ending}. It is started again in {self._pause_s:g} s."
        said = channel.complaint()
        self._set(State("crashed", "Interrupted", "\n".join(filter(None, (words, said))), "Start it now"))
        self._timer = threading.Timer(self._pause_s + _CLOCK_STEP_S, self._wake)
        self._timer.daemon = True
        self._timer.start()
        self._pause_s = min(2 * self._pause_s, _LONGEST_PAUSE_S)

    def _restart_if_due(self) -> None:
        if self._restart_at is not None and self._clock() >= self._restart_at:
            self._open()

    def _close(self) -> None:
        if self._channel:
            self._channel.close()
        self._channel = None

    def _cancel_timer(self) -> None:
        self._restart_at = None
        if self._timer:
            self._timer.cancel()
        self._timer = None

    def _set(self, state: State) -> None:
        if state != self.state:
            self.state = state
            self.on_state()


def _unavailable_words(message: str, header: Dict[str, Any]) -> str:
    retry_in_s = header.get("retry_in_s")
    parts: List[str] = [message or "Sfumato's daemon does not answer."]
    if isinstance(retry_in_s, (int, float)):
        parts.append(f"The next try is in {retry_in_s:g} s.")
    return " ".join(parts)
