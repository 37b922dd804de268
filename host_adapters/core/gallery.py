"""The gallery: results are looked at on the canvas, become layers, or are thrown away."""

import uuid
from typing import Callable, Dict, Optional, Tuple

from .easel import Easel
from .following import Follower
from .frames import Frame
from .history import Entry, entry_of
from .host import Document
from .jobs import Result
from .news import News
from .pictures import picture_of
from .session import Session
from .sheets import Sheet, Sheets, result_of


class Gallery:
    """The results of all documents. `shown` is the one that lies over the canvas; None while the canvas is seen."""

    def __init__(self, easel: Easel, sheets: Sheets, session: Session, follower: Follower, news: News) -> None:
        self.shown: Optional[Result] = None
        self._easel = easel
        self._sheets = sheets
        self._session = session
        self._follower = follower
        self._news = news
        #: What waits for pixels, by the ticket that they were asked for with, and what is to be done then.
        self._fetching: Dict[str, Tuple[Result, Callable[[Result], object]]] = {}

    def add(self, result: Result) -> None:
        """A result has arrived: first in its document's list, and in its history."""
        self._sheets.of(result.document).results.insert(0, result)
        self._remember(result)

    def show(self, result: Result) -> None:
        """Show a result on the canvas, above everything; nothing of the document changes."""
        if result.picture is None:
            self._fetch(result, self.show)
            return
        previous, self.shown = self.shown, result
        if previous and previous.state == "shown":
            previous.state = "new"
        if previous and previous.document.key != result.document.key:
            self._easel.preview(previous.document, previous.place, None)
        if result.state == "new":
            result.state = "shown"
        self._easel.preview(result.document, result.place, result.picture)
        self._news.changed("results")

    def hide(self) -> None:
        """Show the canvas as it is."""
        previous, self.shown = self.shown, None
        if previous:
            if previous.state == "shown":
                previous.state = "new"
            self._easel.preview(previous.document, previous.place, None)
            self._news.changed("results")

    def apply(self, result: Result) -> Optional[str]:
        """Make a result a layer of its document; the layer's key, None where that cannot be, or not yet."""
        if result.picture is None:
            self._fetch(result, self.apply)
            return None
        if self.shown is result:
            self.hide()
        key = self._easel.place(result.document, result.place, result.picture, result.name)
        if key is not None:
            result.state = "applied"
            self._remember(result)
        return key

    def discard(self, result: Result) -> None:
        """Take a result out of the list and the history."""
        if self.shown is result:
            self.hide()
        result.state = "discarded"
        sheet = self._sheets.of(result.document)
        sheet.results = [each for each in sheet.results if each is not result]
        sheet.history.forget(result.key)
        self._changed(sheet)

    def closed(self, document: Document) -> None:
        """The document was closed, and what was shown on it with it."""
        if self.shown and self.shown.document.key == document.key:
            self.shown = None

    def reopen(self, entry: Entry, sheet: Sheet) -> Result:
        """The result of an entry of a document's history; its pixels are fetched when they are needed."""
        known = next((each for each in sheet.results if each.key == entry.key), None)
        if known:
            return known
        result = result_of(entry, sheet.document)
        sheet.results.append(result)
        self._news.changed("results")
        return result

    def waits_for(self, ticket: str) -> bool:
        """Whether pixels were asked for with this ticket."""
        return ticket in self._fetching

    def take(self, ticket: str, frame: Frame) -> None:
        """The pixels that were asked for, or word that they are gone."""
        result, then = self._fetching.pop(ticket)
        result.picture = picture_of(frame.header.get("picture"), frame.body)
        self._news.changed("results")
        if result.picture is None:
            self._news.say(f"The picture {result.name!r} is not there any more; make it again from its recipe.")
        else:
            then(result)

    def _fetch(self, result: Result, then: Callable[[Result], object]) -> None:
        ticket = uuid.uuid4().hex
        region = self._follower.region_of(result.ticket)
        if self._session.send({"op": "fetch", "ticket": ticket, "sha256": result.sha256, "region": region}):
            self._fetching[ticket] = (result, then)
        else:
            self._news.say(f"{self._session.state.title}: {self._session.state.words}")

    def _remember(self, result: Result) -> None:
        sheet = self._sheets.of(result.document)
        sheet.history.remember(entry_of(result, self._follower.region_of(result.ticket)))
        self._changed(sheet)

    def _changed(self, sheet: Sheet) -> None:
        self._sheets.mark(sheet)
        self._news.changed("results", "history")
