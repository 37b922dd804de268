"""The mesh painter: sends orders, takes in what comes of them, and asks for new UVs."""

import uuid
from typing import Any, Callable, Dict, List, Optional, Sequence

from .asking import Refusal
from .frames import Frame
from .jobs import Fault
from .mesh_order import Mesh, Order, paint_frame, unwrap_frame
from .painting import Painting
from .session import Session

#: Called with the new UVs, float32 (F, 3, 2) as bytes by the meshes' names, or with what stands against them.
Unwrapped = Callable[[Dict[str, bytes], Optional[Fault]], None]
_BYTES_PER_TRIANGLE = 24


class MeshPainter:
    """All paintings of this life of the adapter. Every method is the main thread's and returns soon.

    `changed` is called with a painting whenever it has changed. Make it after whatever else listens to the session.
    """

    def __init__(self, session: Session, changed: Callable[[Painting], None]) -> None:
        self._session = session
        self._changed = changed
        self._paintings: Dict[str, Painting] = {}
        self._unwrapping: Dict[str, Unwrapped] = {}
        others = session.on_restart

        def restarted() -> None:
            others()
            self._lost()

        session.on_restart = restarted

    def paintings(self) -> List[Painting]:
        """Every painting, the oldest first."""
        return list(self._paintings.values())

    def open(self) -> List[Painting]:
        """Those that may still change."""
        return [each for each in self._paintings.values() if each.open]

    def get(self, ticket: str) -> Optional[Painting]:
        """The painting with this ticket."""
        return self._paintings.get(ticket)

    def paint(self, order: Order, title: str) -> Painting:
        """Send an order. Raises Refusal where there is no bridge to take it, FrameError where it is too large."""
        ticket = uuid.uuid4().hex
        self._send(*paint_frame(order, ticket))
        painting = self._paintings[ticket] = Painting(ticket, order, title)
        self._changed(painting)
        return painting

    def unwrap(self, meshes: Sequence[Mesh], size_px: int, then: Unwrapped) -> None:
        """Ask for new UVs. Raises as `paint` does."""
        ticket = uuid.uuid4().hex
        self._send(*unwrap_frame(meshes, size_px, ticket))
        self._unwrapping[ticket] = then

    def cancel(self, ticket: str) -> None:
        """Stop this painting and no other."""
        painting = self._paintings.get(ticket)
        if painting and painting.open:
            painting.cancelling, painting.words = True, "Cancelling"
            self._session.send({"op": "cancel", "ticket": ticket})
            self._changed(painting)

    def forget(self, ticket: str) -> None:
        """Take a painting out of the list."""
        self._paintings.pop(ticket, None)

    def take(self, frame: Frame) -> bool:
        """Take in a frame of the bridge; whether it was about a painting."""
        ticket = str(frame.header.get("ticket", ""))
        if ticket in self._unwrapping:
            self._unwrapped(self._unwrapping.pop(ticket), frame)
            return True
        painting = self._paintings.get(ticket)
        if painting is None:
            return False
        if painting.open:
            painting.take(frame.op, frame.header, frame.body)
            self._changed(painting)
        return True

    def _send(self, header: Dict[str, Any], chunks: List[bytes]) -> None:
        self._session.start()
        if not self._session.send(header, chunks):
            raise Refusal(f"{self._session.state.title}: {self._session.state.words}")

    def _lost(self) -> None:
        """A new bridge knows none of our tickets."""
        for painting in self.open():
            painting.lose()
            self._changed(painting)
        waiting, self._unwrapping = self._unwrapping, {}
        for then in waiting.values():
            then({}, Fault("BRIDGE_LOST", "The connection broke. Ask again.", {}))

    @staticmethod
    def _unwrapped(then: Unwrapped, frame: Frame) -> None:
        found: Dict[str, bytes] = {}
        rows, start = frame.header.get("meshes"), 0
        for row in rows if isinstance(rows, list) and frame.op == "unwrapped" else ():
            end = start + _BYTES_PER_TRIANGLE * int(row.get("triangle_count", 0))
            found[str(row.get("name", ""))] = frame.body[start:end]
            start = end
        fault = None if found else Fault.of(frame.header.get("error")) or Fault("INTERNAL", "There are no new UVs.", {})
        then(found, fault)
