"""Painting live: the canvas is watched, what is new is sent, and results are shown in their order."""

import time
import uuid
from dataclasses import replace
from typing import Any, Callable, Dict, Optional, Tuple

from .asking import Asking, Refusal, ask
from .catalogue import Catalogue
from .frames import Frame
from .geometry import Bounds
from .host import Document, Host, Picture
from .jobs import Fault
from .pictures import picture_of
from .workspace import Workspace

#: A change is sent when the canvas has been still for so long, but no later than so long after it began.
GRACE_S = 0.12
LONGEST_GRACE_S = 0.5
#: A frame that nobody has answered for so long does not hold back the next one any more.
PATIENCE_S = 10.0
#: More of the canvas than this is not watched: capturing it at every stroke would be felt.
LARGEST_PX = 2048 * 2048

Send = Callable[[Dict[str, Any], Tuple[bytes, ...]], bool]


class LiveResult:
    """What is shown: the newest picture, and where it belongs."""

    def __init__(self, document: Document, bounds: Bounds, picture: Picture, frame: int, final: bool) -> None:
        self.document = document
        self.bounds = bounds
        self.picture = picture
        self.frame = frame
        self.final = final


class LivePainter:
    """One session of painting live. `tick` is called by a timer of the host, some ten times a second.

    `send` sends a frame to the bridge. Nothing is sent while nothing changes, nor before the last frame was taken up;
    what came of an older frame is never shown after a newer one.
    """

    def __init__(self, host: Host, send: Send, clock: Callable[[], float] = time.monotonic) -> None:
        self._host = host
        self._send = send
        self._clock = clock
        self._ticket = ""
        self._places: Dict[int, Tuple[Document, Bounds]] = {}
        self._seen: Optional[Asking] = None
        self._sent: Optional[Asking] = None
        self._first_change_at: Optional[float] = None
        self._last_change_at = 0.0
        self._sent_at = 0.0
        self._frame = 0
        self._taken_up = 0
        self._shown: Tuple[int, int] = (0, -1)
        #: What holds it up, in words for the artist; empty while it works.
        self.paused = ""
        self.fault: Optional[Fault] = None
        self.result: Optional[LiveResult] = None

    @property
    def on(self) -> bool:
        """Whether it is painting."""
        return bool(self._ticket)

    @property
    def working(self) -> bool:
        """Whether a result for the newest frame is still to come."""
        return self.on and (self.result is None or not self.result.final or self.result.frame < self._frame)

    def start(self) -> None:
        """Begin. The first tick sends the canvas as it is."""
        if not self.on:
            self._ticket = uuid.uuid4().hex
            self._forget()

    def stop(self) -> None:
        """Enough. The last result stays until it is applied or taken away."""
        if self.on:
            self._send({"op": "live_close", "ticket": self._ticket}, ())
        self._ticket = ""

    def begin_again(self) -> None:
        """The bridge is a new one: open again there, and send the canvas."""
        if self.on:
            self._ticket = uuid.uuid4().hex
            self._forget()

    def tick(self, workspace: Workspace, catalogue: Catalogue) -> bool:
        """Look at the canvas, and send it where it is new and its time has come; whether it was sent."""
        if not self.on:
            return False
        asking = self._look(workspace, catalogue)
        if asking is None:
            return False
        now_s = self._clock()
        if self._seen is None or _differs(asking, self._seen):
            self._seen, self._last_change_at = asking, now_s
        if self._sent is not None and not _differs(asking, self._sent):
            self._first_change_at = None
            return False
        if self._first_change_at is None:
            self._first_change_at = now_s
        if not self._is_time(now_s):
            return False
        return self._transmit(asking, now_s)

    def take(self, frame: Frame) -> Optional[LiveResult]:
        """Take in a live frame; the result to show now, if it brought one that is not older than what is shown."""
        header = frame.header
        if not self.on or header.get("ticket") != self._ticket:
            return None
        if frame.op == "live_closed":
            self._ticket, self.fault = "", Fault.of(header.get("error"))
            return None
        number, step = _whole(header.get("frame")), _whole(header.get("step_index"))
        self._taken_up = max(self._taken_up, number)
        picture = picture_of(header.get("picture"), frame.body)
        place = self._places.get(number)
        final = bool(header.get("final"))
        rank = (number, 2**31 if final else step)
        if picture is None or place is None or rank < self._shown:
            return None
        self._shown = rank
        self._places = {each: kept for each, kept in self._places.items() if each >= number}
        self.result = LiveResult(place[0], place[1], picture, number, final)
        return self.result

    def _look(self, workspace: Workspace, catalogue: Catalogue) -> Optional[Asking]:
        """What the canvas says now; None while it holds something up, or the artist looks at another document."""
        try:
            one = replace(workspace, mode="live", count=1)  # another document has a mode, and variations, for its jobs
            asking = ask(one, self._host, catalogue, largest_px=LARGEST_PX)
        except Refusal as refusal:
            self.paused = str(refusal)
            return None
        self.paused = ""
        return asking

    def _is_time(self, now_s: float) -> bool:
        assert self._first_change_at is not None
        waits = self._taken_up < self._frame and now_s - self._sent_at < PATIENCE_S
        still = now_s - self._last_change_at >= GRACE_S or now_s - self._first_change_at >= LONGEST_GRACE_S
        return not waits and (still or self._sent is None)

    def _transmit(self, asking: Asking, now_s: float) -> bool:
        recipe = asking.header["recipe"]
        if self._sent is None and not self._send({"op": "live_open", "ticket": self._ticket, "recipe": recipe}, ()):
            return False
        number = self._frame + 1
        header = {**asking.header, "op": "live_frame", "ticket": self._ticket, "frame": number}
        if not self._send(header, asking.chunks):
            return False
        self._frame, self._sent, self._sent_at, self._first_change_at = number, asking, now_s, None
        self._places[number] = (asking.document, asking.bounds)
        return True

    def _forget(self) -> None:
        self._seen = self._sent = self._first_change_at = self.result = self.fault = None
        self._frame = self._taken_up = 0
        self._shown = (0, -1)
        self._places = {}


def _differs(one: Asking, other: Asking) -> bool:
    """Whether the canvas or the settings are others. Comparing bytes is exact, and faster than any digest of them."""
    return one.document.key != other.document.key or one[1:] != other[1:]


def _whole(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0
