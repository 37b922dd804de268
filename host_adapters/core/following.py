"""Following: jobs outlive bridges, documents and programs, and are taken up again from what is kept here."""

import uuid
from typing import Any, Dict, List, Optional, Set

from .history import Waiting, waiting_of
from .host import Document
from .jobs import Job, JobBook
from .news import News
from .pending import Orphan, Pending
from .session import Session
from .sheets import Sheet, Sheets


class Follower:
    """Keeps what it takes to follow each open job, with its document and in the program's own file.

    `orphans` are the jobs whose document is not open; they go on in the daemon until somebody adopts or dismisses them.
    """

    def __init__(
        self, jobs: JobBook, session: Session, sheets: Sheets, news: News, pending: Optional[Pending] = None
    ) -> None:
        self.orphans: List[Orphan] = []
        self._jobs = jobs
        self._session = session
        self._sheets = sheets
        self._news = news
        self._pending = pending
        self._regions: Dict[str, Dict[str, Any]] = {}
        #: The tickets that this life of the bridge has seen: it takes each of them once.
        self._spoken: Set[str] = set()

    def start(self) -> None:
        """Take over the jobs of programs that are gone."""
        if self._pending:
            self.orphans += self._pending.orphans()
            self._news.changed("orphans")

    def stop(self) -> None:
        """The program ends; the next one takes over what is open."""
        if self._pending:
            self._pending.close()

    def region_of(self, ticket: str) -> Dict[str, Any]:
        """What the pictures of this ticket are a cut of."""
        return self._regions.get(ticket, {})

    def sent(self, ticket: str, region: Dict[str, Any]) -> None:
        """A job was sent under this ticket."""
        self._spoken.add(ticket)
        self._regions[ticket] = region

    def keep(self, job: Job) -> None:
        """Remember how far an open job is."""
        waiting = waiting_of(job, self.region_of(job.ticket))
        sheet = self._sheets.of(job.document)
        sheet.history.await_job(waiting)
        self._sheets.mark(sheet)
        if self._pending:
            self._pending.put(job.document, waiting)

    def settle(self, document: Document, ticket: str) -> None:
        """The work under this ticket has ended, or goes on under another."""
        sheet = self._sheets.of(document)
        sheet.history.settle(ticket)
        self._sheets.mark(sheet)
        if self._pending:
            self._pending.drop(ticket)

    def follow_all(self) -> List[Job]:
        """Follow every open job over a new bridge, which knows none of our tickets; those that were never accepted."""
        self._spoken.clear()
        for job in self._jobs.open():
            if job.id:
                self._send(job)
                if job.cancelling:
                    self._cancel(job.ticket)
        return [job for job in self._jobs.open() if not job.id]

    def opened(self, sheet: Sheet) -> None:
        """A document with a past: its results know their regions again, its open jobs are followed."""
        for entry in sheet.history.entries:
            self._regions.setdefault(entry.key.split("/")[0], entry.region)
        for waiting in sheet.history.waiting:
            self._follow(waiting, sheet.document)

    def closed(self, document: Document) -> None:
        """The document was closed: its jobs are orphans now."""
        for job in self._jobs.open():
            if job.document.key == document.key:
                self._jobs.forget(job.ticket)
                if job.id:
                    self.orphans.append(Orphan(document, waiting_of(job, self.region_of(job.ticket))))
                self._news.changed("queue", "orphans")

    def adopt_matching(self, document: Document) -> None:
        """Follow the orphans of a document that is opened again: of the same name and size."""
        for orphan in list(self.orphans):
            if document.key and orphan.document[1:] == document[1:]:
                self.adopt(orphan, document)

    def adopt(self, orphan: Orphan, document: Document) -> None:
        """Follow an orphan for this document; its results arrive there."""
        self._forget(orphan)
        self._follow(orphan.waiting, document)

    def dismiss(self, orphan: Orphan) -> None:
        """Nobody wants what would come of an orphan: it is cancelled and forgotten."""
        self._forget(orphan)
        ticket = orphan.waiting.ticket
        if self._pending:
            self._pending.drop(ticket)
        if ticket not in self._spoken:
            self._spoken.add(ticket)
            self._session.send({"op": "follow", "ticket": ticket, "job": orphan.waiting.job, "after_event": 0})
        self._cancel(ticket)

    def _forget(self, orphan: Orphan) -> None:
        self.orphans = [each for each in self.orphans if each is not orphan]
        self._news.changed("orphans")

    def _follow(self, waiting: Waiting, document: Document) -> None:
        if any(job.id == waiting.job for job in self._jobs.all()):
            return
        ticket = uuid.uuid4().hex if waiting.ticket in self._spoken else waiting.ticket
        job = Job(ticket, document, waiting.bounds, waiting.mode, waiting.title, 1)
        job.id, job.last_event, job.state, job.words = waiting.job, 0, "queued", "Taking up"
        self._jobs.add(job)
        self._regions[ticket] = waiting.region
        if ticket != waiting.ticket:
            self.settle(document, waiting.ticket)
        self.keep(job)
        self._news.changed("queue")
        if self._session.connected:
            self._send(job)

    def _send(self, job: Job) -> None:
        self._spoken.add(job.ticket)
        said = {"op": "follow", "ticket": job.ticket, "job": job.id, "after_event": job.last_event}
        bound = {"ends_with_adapter": True} if job.ends_with_adapter else {}
        self._session.send({**said, **bound, "region": self.region_of(job.ticket)})

    def _cancel(self, ticket: str) -> None:
        self._session.send({"op": "cancel", "ticket": ticket})
