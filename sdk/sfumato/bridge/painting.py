"""Painting a mesh: one ticket from its order to its textures, the daemon drawing every view."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from sfumato.bridge.faults import fault_of
from sfumato.bridge.link import Link
from sfumato.bridge.painting_order import Order, order_of, unwrapping_of
from sfumato.bridge.painting_process import PaintingProcess
from sfumato.bridge.painting_view import ViewDrawing, ViewEnded
from sfumato.bridge.telling import Told, rejected
from sfumato.catalogue import Catalogue, nearest
from sfumato.client import operations
from sfumato.errors import InvalidRecipe, SfumatoError
from sfumato.places import data_dir

Tell = Callable[[Told], None]

#: A state that nobody has gone on from for so long is thrown away.
_STATE_AGE_S: Final = 30 * 24 * 3600.0
#: The daemon is told of a cancel within milliseconds, unless it is away.
_CANCEL_S: Final = 2.0
_DEFAULT_MODEL: Final = "ground"


class PaintingWork:
    """A painting under a ticket. What each view brings is told as it comes."""

    def __init__(self, ticket: str, link: Link, tell: Tell) -> None:
        self._ticket = ticket
        self._link = link
        self._tell = tell
        self._cancelled = asyncio.Event()
        self._drawing: ViewDrawing | None = None
        self._begun: dict[str, Any] = {}
        self._accepted = self._ended = False
        self._event = 0
        self._done: dict[str, Any] = {"views_done": 0, "view_count": 0}

    def cancel(self) -> None:
        """Stop this painting; what its views have brought is kept, to go on from."""
        self._cancelled.set()

    async def run(self, header: Mapping[str, Any], body: bytes) -> None:
        """Paint what a frame orders and tell of it until it ends."""
        painting = asyncio.create_task(self._run(header, body))
        stopping = asyncio.create_task(self._cancelled.wait())
        await asyncio.wait({painting, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if not painting.done():
            await self._stop(painting)
        if not painting.cancelled():
            painting.result()

    async def _run(self, header: Mapping[str, Any], body: bytes) -> None:
        try:
            order = await asyncio.to_thread(order_of, header, body)
            whole = order.header | {"state": await asyncio.to_thread(_state_of, order.painting)}
            whole["catalogue"] = (await self._catalogue(whole["recipe"])).to_json()
        except SfumatoError as error:
            self._tell(rejected(self._ticket, fault_of(error)))
            return
        self._begun["recipe"] = {**whole["recipe"], "prompt": whole["prompt"]}
        async with PaintingProcess() as process:
            await self._paint(process, whole, order)

    async def _catalogue(self, recipe: dict[str, Any]) -> Catalogue:
        connection = await self._link.reached()
        found = await connection.run(operations.catalogue())
        model = recipe.setdefault("model", _DEFAULT_MODEL)
        if not isinstance(model, str) or found.model(model) is None:
            close = nearest(str(model), [each.id for each in found.models])
            raise InvalidRecipe.of("recipe.model", f"no model {model!r}{close}")
        return found

    async def _paint(self, process: PaintingProcess, whole: dict[str, Any], order: Order) -> None:
        await process.send(whole, order.body)
        while frame := await process.receive():
            header, body = frame
            try:
                if header["op"] == "draw":
                    await process.send(*await self._drawn(header, body, whole, order))
                elif self._take(header, body):
                    return
            except ViewEnded as ended:
                self._end(ended.state, ended.fault)
                return
        self._end("failed", {"code": "INTERNAL", "message": "The process that paints has ended.", "fields": []})

    def _take(self, header: dict[str, Any], body: bytes) -> bool:
        """Pass on what the process tells; whether it was the last."""
        op = header.pop("op")
        if op == "refused":
            self._end("failed", _fault(header["error"]))
        elif op == "begun":
            self._begun.update(header)
            self._done = {name: header[name] for name in self._done}
        elif op == "progress":
            self._accept()
            self._done = {name: header[name] for name in self._done}
            self._tell_event("view", **header)
        elif op == "filling":
            self._accept()
            self._tell_event("stage", stage="fill")
        elif op == "texture":
            key = None if header["final"] else ("texture", self._ticket, header["texture_index"])
            self._event += 1
            self._tell(Told({"op": "texture", "ticket": self._ticket, "event": self._event, **header}, body, key))
        elif op == "painted":
            self._end("succeeded", None)
        return op in ("refused", "painted")

    async def _drawn(
        self, header: Mapping[str, Any], body: bytes, whole: Mapping[str, Any], order: Order
    ) -> tuple[dict[str, Any], bytes]:
        """The picture of a view, drawn by the daemon, however often that is lost. Raises ViewEnded."""
        if self._cancelled.is_set():  # as the view before was being finished
            raise ViewEnded("cancelled", None)
        recipe = {**header["recipe"], "prompt": whole["prompt"]}
        submit = {"recipe": recipe, "pictures": header["pictures"], "priority": order.priority}
        self._drawing = ViewDrawing(f"{self._ticket}/{header['number']}", self._link, self._heard)
        picture, pixels = await self._drawing.run(submit, body)
        self._drawing = None
        return {"op": "drawn", "picture": picture}, pixels

    def _heard(self, kind: str, told: Mapping[str, Any], body: bytes) -> None:
        """A view's drawing goes on; that its recipe is taken means that the painting is."""
        self._accept()
        if kind == "accepted":
            return
        place = {"view_index": self._done["views_done"], "view_count": self._done["view_count"]}
        self._tell_event(kind, body, **told, **place)

    def _accept(self) -> None:
        if not self._accepted:
            self._accepted = True
            self._tell(Told({"op": "accepted", "ticket": self._ticket, "job": "", "adjustments": [], **self._begun}))

    def _tell_event(self, kind: str, body: bytes = b"", **fields: Any) -> None:
        self._event += 1
        key = ("step", self._ticket) if kind == "step" else None
        start = {"op": "event", "ticket": self._ticket, "event": self._event, "kind": kind}
        self._tell(Told({**start, **fields}, body, key))

    def _end(self, state: str, fault: dict[str, Any] | None) -> None:
        """Tell the end, once: whoever cancels may find a painting that has told its own."""
        if self._ended:
            return
        self._ended = True
        if state == "failed" and not self._accepted:
            self._tell(rejected(self._ticket, fault))
            return
        end = {"op": "finished", "ticket": self._ticket, "event": self._event + 1, "state": state, "error": fault}
        self._tell(Told({**end, **self._done}))

    async def _stop(self, painting: asyncio.Task[None]) -> None:
        """End what is under way: the job in the daemon first, where there is one."""
        if self._drawing:
            self._drawing.cancel()
            await asyncio.wait({painting}, timeout=_CANCEL_S)
        if not painting.done():
            if not self._ended:  # else its process is being ended
                painting.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await painting
            self._end("cancelled", None)


async def unwrap(ticket: str, header: Mapping[str, Any], body: bytes) -> Told:
    """New UVs for the meshes of a frame."""
    try:
        order, blobs = await asyncio.to_thread(unwrapping_of, header, body)
    except SfumatoError as error:
        return rejected(ticket, fault_of(error))
    async with PaintingProcess() as process:
        await process.send(order, blobs)
        answer = await process.receive()
    if answer is None:
        return rejected(ticket, {"code": "INTERNAL", "message": "The process that unwraps has ended.", "fields": []})
    if answer[0]["op"] == "refused":
        return rejected(ticket, _fault(answer[0]["error"]))
    return Told({"op": "unwrapped", "ticket": ticket, "meshes": answer[0]["meshes"]}, answer[1])


def _fault(error: Mapping[str, Any]) -> dict[str, Any]:
    """What the process raised, as a frame for the adapter has it."""
    fields = list(error.get("violations") or ())
    objects = str((error.get("metadata") or {}).get("objects", ""))
    fields += [{"field": f"meshes.{name}.uvs", "description": error["message"]} for name in objects.splitlines()]
    return {"code": error["reason"], "message": error["message"], "fields": fields}


def _state_of(painting: str) -> str:
    """Where the painting's state is kept; states that are long forgotten are thrown away."""
    if not painting:
        return ""
    folder = data_dir() / "paintings"
    folder.mkdir(parents=True, exist_ok=True)
    for each in folder.glob("*.npz"):
        with contextlib.suppress(OSError):
            if time.time() - each.stat().st_mtime > _STATE_AGE_S:
                each.unlink()
    return str(Path(folder, f"{painting}.npz"))
