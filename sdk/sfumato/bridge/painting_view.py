"""One view of a painting: a job like any other, drawn again from the start where the daemon could not take it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from sfumato.bridge.link import Link
from sfumato.bridge.telling import Told
from sfumato.bridge.work import Work
from sfumato.errors import DaemonUnavailable

#: Told of a view: `accepted`, `step` or `interrupted`, the fields of the frame, and its pixels.
Heard = Callable[[str, Mapping[str, Any], bytes], None]

_STEP_FIELDS: Final = ("step_index", "step_count", "picture")


class ViewEnded(Exception):
    """The view was not drawn: `state` is failed or cancelled, `fault` why."""

    def __init__(self, state: str, fault: dict[str, Any] | None) -> None:
        super().__init__(state)
        self.state = state
        self.fault = fault


class ViewDrawing:
    """Draws one view. `heard` is told how it goes on."""

    def __init__(self, ticket: str, link: Link, heard: Heard) -> None:
        self._ticket = ticket
        self._link = link
        self._heard = heard
        self._work: Work | None = None
        self._stopped = False
        self._picture: tuple[dict[str, Any], bytes] | None = None
        self._end: tuple[str, dict[str, Any] | None] = ("failed", None)

    def cancel(self) -> None:
        """Stop the job, and take no further one."""
        self._stopped = True
        if self._work:
            self._work.cancel()

    async def run(self, header: Mapping[str, Any], body: bytes) -> tuple[dict[str, Any], bytes]:
        """The picture and its pixels. Raises ViewEnded."""
        while not self._stopped:
            self._work = Work(self._ticket, self._link, self._take)
            await self._work.submit(header, body)
            if self._picture:
                return self._picture
            state, fault = self._end
            if not fault or fault["code"] != DaemonUnavailable.reason:
                raise ViewEnded(state, fault)
            self._heard("interrupted", {"description": fault["message"]}, b"")
            await self._link.reached_at_last()
        raise ViewEnded("cancelled", None)

    def _take(self, told: Told) -> None:
        header = told.header
        match header["op"], header.get("kind"):
            case "accepted", _:
                self._heard("accepted", {}, b"")
            case "event", "step":
                fields: dict[str, Any] = {name: header[name] for name in _STEP_FIELDS if name in header}
                self._heard("step", fields, told.body)
            case "event", "interrupted":
                self._heard("interrupted", {"description": header["description"]}, b"")
            case "image", _ if not header["layer_index"]:
                self._picture = header["picture"], told.body
            case "rejected", _:
                self._end = "failed", header["error"]
            case "finished", _:
                self._end = header["state"], header["error"]
