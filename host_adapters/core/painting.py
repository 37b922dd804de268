"""A painting: what an adapter knows of it, from its order to its textures."""

from typing import Any, Dict, Mapping, Optional

from .host import Picture
from .jobs import ENDED, OPEN, Fault
from .mesh_order import Order
from .pictures import picture_of

#: What choosing the views and filling what none saw take of the whole.
_FIRST_SHARE, _LAST_SHARE = 0.05, 0.9


class Painting:
    """One ticket. `share` is how much is done, 0 to 1; `words` what goes on.

    `textures` are the newest pictures by the textures' names, whole ones once it `succeeded`; `drawing` is what the
    view at hand looks like. `fresh` names the textures that have come since somebody took them from there.
    """

    def __init__(self, ticket: str, order: Order, title: str) -> None:
        self.ticket = ticket
        self.order = order
        self.title = title
        self.state = "sending"
        self.words = "Looking at the mesh"
        self.share = 0.0
        self.view_count = self.views_done = 0
        self.coverage = 0.0
        self.seed: Optional[int] = None
        #: The conditioner by which views follow the depth; empty where the model has none.
        self.depth = ""
        self.textures: Dict[str, Picture] = {}
        self.fresh: Dict[str, bool] = {}
        self.drawing: Optional[Picture] = None
        self.fault: Optional[Fault] = None
        self.cancelling = False

    @property
    def open(self) -> bool:
        """Whether it may still change."""
        return self.state in OPEN

    @property
    def can_go_on(self) -> bool:
        """Whether it ended before its end, with views that need not be drawn again."""
        return self.state in ("cancelled", "failed") and self.views_done > 0 and bool(self.order.painting)

    @property
    def wants_uvs(self) -> bool:
        """Whether it was refused because the UVs hold no paint."""
        return self.fault is not None and self.fault.code == "UVS_UNFIT"

    def take(self, op: str, header: Mapping[str, Any], body: bytes) -> None:
        """Take in a frame of this ticket."""
        if op == "accepted":
            self._accepted(header)
        elif op == "event":
            self._event(header, body)
        elif op == "texture":
            self._texture(header, body)
        elif op in ("finished", "rejected"):
            self._finished(str(header.get("state", "failed")), header)

    def lose(self) -> None:
        """The bridge that painted it is gone; what its views have brought is kept on disk."""
        words = "The connection broke. Continue paints what is left."
        self._finished("failed", {"error": {"code": "BRIDGE_LOST", "message": words}})

    def _accepted(self, header: Mapping[str, Any]) -> None:
        self.state = "running"
        self.view_count, self.views_done = _whole(header.get("view_count")), _whole(header.get("views_done"))
        seed = header.get("seed")
        self.seed = seed if isinstance(seed, int) else None
        self.depth = str(header.get("depth", ""))
        self._draw(0.0)

    def _event(self, header: Mapping[str, Any], body: bytes) -> None:
        kind = header.get("kind")
        if kind == "view":
            self.views_done, self.view_count = _whole(header.get("views_done")), _whole(header.get("view_count"))
            coverage = header.get("coverage")
            self.coverage = float(coverage) if isinstance(coverage, (int, float)) else 0.0
            self._draw(0.0)
        elif kind == "step":
            index, count = _whole(header.get("step_index")), max(1, _whole(header.get("step_count")))
            self.drawing = picture_of(header.get("picture"), body) or self.drawing
            self._draw(index / count)
        elif kind == "stage":
            self.words, self.share = "Filling what no view saw", _LAST_SHARE
        elif kind == "interrupted":
            self.words = str(header.get("description", "")) or "Interrupted; it goes on by itself"

    def _draw(self, share: float) -> None:
        """The view at hand is drawn so far."""
        count = max(1, self.view_count)
        if self.views_done < count:
            self.words = f"Painting view {self.views_done + 1} of {count}"
        done = min(1.0, (self.views_done + share) / count)
        self.share = max(self.share, _FIRST_SHARE + (_LAST_SHARE - _FIRST_SHARE) * done)

    def _texture(self, header: Mapping[str, Any], body: bytes) -> None:
        picture = picture_of(header.get("picture"), body)
        if picture:
            name = str(header.get("name", ""))
            self.textures[name] = picture
            self.fresh[name] = bool(header.get("final"))

    def _finished(self, state: str, header: Mapping[str, Any]) -> None:
        self.state = state if state in ENDED else "failed"
        self.fault = Fault.of(header.get("error"))
        self.views_done = max(self.views_done, _whole(header.get("views_done")))
        self.share, self.drawing = 1.0, None
        self.words = {"succeeded": "Painted", "cancelled": "Cancelled"}.get(self.state, "Failed")


def _whole(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0
