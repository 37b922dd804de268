"""The studio: what an adapter owns. It turns presses of buttons into frames, and frames into layers."""

import time
import uuid
from typing import Any, Callable, Dict, List, Optional

from .asking import Asking, Refusal, ask
from .easel import Easel
from .following import Follower
from .frames import Frame, FrameError
from .gallery import Gallery
from .history import Entry, History
from .host import Document, Host, HostError
from .jobs import Job, JobBook, Result
from .live import LivePainter
from .live_canvas import LiveCanvas
from .news import News, Observer
from .pending import Orphan, Pending
from .session import Session
from .sheets import Sheet, Sheets
from .workspace import Workspace

#: What happens by itself when a job has ended: its first result is shown on the canvas, applied, or neither.
ON_FINISH = ("show", "apply", "nothing")


class Studio:
    """The controller of an adapter. Every method is the main thread's and returns soon.

    `observer` is called with names of news.CHANGES, at most once for each call of a method. What cannot be done is told
    as `notice`, in words for the artist, and never raised.
    """

    def __init__(
        self,
        host: Host,
        session: Session,
        observer: Observer = lambda changes: None,
        pending: Optional[Pending] = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.host = host
        self.session = session
        self.jobs = JobBook()
        self.live = LivePainter(host, self._send_live, clock)
        self.on_finish = "show"
        #: Whether jobs are cancelled when this program goes, for one that nobody will start again to fetch them.
        self.ends_jobs = False
        self._news = News(observer)
        self._easel = Easel(host, self._news.say)
        self._sheets = Sheets(self._easel, lambda sheet: self._follower.opened(sheet))
        self._follower = Follower(self.jobs, session, self._sheets, self._news, pending)
        self._gallery = Gallery(self._easel, self._sheets, session, self._follower, self._news)
        self._live_canvas = LiveCanvas(self.live, self._easel, self._news)
        self._attended = self._sheets.blank
        self._preview_of: Optional[Job] = None
        session.on_frame = self._take
        session.on_restart = self._bridge_is_new
        session.on_state = lambda: self._news.changed("session")

    # What the window shows

    @property
    def workspace(self) -> Workspace:
        """The workspace of the document that is attended to."""
        return self._attended.workspace

    @property
    def history(self) -> History:
        """The history of the document that is attended to."""
        return self._attended.history

    @property
    def results(self) -> List[Result]:
        """The results of that document that wait for a decision, the newest first; layers follow their image."""
        return self._attended.results

    @property
    def shown(self) -> Optional[Result]:
        """The result that lies over the canvas; None while the canvas is seen."""
        return self._gallery.shown

    @property
    def orphans(self) -> List[Orphan]:
        """Jobs of documents that are not open, to be adopted or dismissed."""
        return self._follower.orphans

    @property
    def notice(self) -> str:
        """The last thing that the artist should know; set it to nothing when it was read."""
        return self._news.notice

    @notice.setter
    def notice(self, words: str) -> None:
        self._news.notice = words

    def queue(self) -> List[Job]:
        """The jobs that have not ended, of all documents."""
        return self.jobs.open()

    # The connection

    def start(self) -> None:
        """Connect, and take up the jobs that an earlier life of the program left."""
        self._follower.start()
        self.session.start()
        self._follower.adopt_matching(self._attended.document)
        self._news.tell()

    def stop(self) -> None:
        """The program closes: keep everything, take previews away, end the bridge. Jobs go on."""
        self.live.stop()
        self.hide()
        self.save()
        self.session.stop()
        self._follower.stop()
        self._news.tell()

    def press(self) -> None:
        """The button of the connection's state was pressed."""
        self.session.press()
        self._news.tell()

    def drain(self, budget_s: float = 0.004) -> None:
        """Take in what the bridge has said. Call it on the main thread after each `wake`."""
        self.session.drain(budget_s)
        self._show_preview()
        self._sheets.save_changed()
        self._news.tell()

    # Documents

    def attend(self, document: Optional[Document]) -> Workspace:
        """The artist looks at this document now; what was kept with it is read the first time. Its workspace."""
        sheet = self._sheets.of(document) if document else self._sheets.blank
        if sheet is not self._attended:
            self._attended = sheet
            self._news.changed("workspace", "results", "history")
        self._follower.adopt_matching(self._attended.document)
        self._news.tell()
        return sheet.workspace

    def use(self, workspace: Workspace) -> None:
        """Replace the workspace of the document at hand, with a preset for instance."""
        self._attended.workspace = workspace
        self._mark(self._attended, "workspace")
        self._finish()

    def save(self) -> None:
        """Keep the workspace and the history of every document with it; call it before documents are saved."""
        self._sheets.mark_all()
        self._sheets.save_changed()

    def close(self, document: Document) -> None:
        """The document was closed. Its jobs go on; their results come when it is opened again."""
        self._follower.closed(document)
        self._gallery.closed(document)
        self._sheets.close(document)
        if self._attended.document.key == document.key:
            self._attended = self._sheets.blank
            self._news.changed("workspace", "results", "history")
        self._news.tell()

    def adopt(self, orphan: Orphan, document: Document) -> None:
        """Follow a job of a document that is not open for this one: its results arrive here."""
        self._follower.adopt(orphan, document)
        self._finish()

    def dismiss(self, orphan: Orphan) -> None:
        """Cancel a job of a document that is not open, and forget it."""
        self._follower.dismiss(orphan)
        self._finish()

    # Asking

    def submit(self, workspace: Optional[Workspace] = None, result: Optional[Result] = None) -> Optional[str]:
        """Ask for what the workspace says (the one at hand), or process `result` with it; the ticket.

        The canvas is captured now. None where it cannot be asked; `notice` says why, and nothing of earlier attempts.
        """
        self._news.hush()
        wanted = workspace or self.workspace
        source = (result.document, result.bounds, result.picture) if result and result.picture else None
        try:
            asking = ask(wanted, self.host, self.session.catalogue, source=source)
            ticket = self._send(asking, wanted)
        except (Refusal, HostError, FrameError) as refusal:
            self._news.say(str(refusal))
            ticket = None
        self._finish()
        return ticket

    def cancel(self, ticket: str) -> None:
        """Stop this job and no other."""
        job = self.jobs.get(ticket)
        if job and job.open:
            job.cancelling, job.words = True, "Cancelling"
            self.session.send({"op": "cancel", "ticket": ticket})
            self._news.changed("queue")
        self._news.tell()

    def cancel_all(self) -> None:
        """Stop every job that was asked for here."""
        for job in self.jobs.open():
            self.cancel(job.ticket)

    # Results

    def show(self, result: Result) -> None:
        """Show a result on the canvas, above everything; nothing of the document changes."""
        self._gallery.show(result)
        self._finish()

    def hide(self) -> None:
        """Show the canvas as it is."""
        self._gallery.hide()
        self._finish()

    def apply(self, result: Result) -> Optional[str]:
        """Make a result a layer of its document, in one undo step; the layer's key, None where that cannot be."""
        key = self._gallery.apply(result)
        self._finish()
        return key

    def discard(self, result: Result) -> None:
        """Take a result out of the list and the history."""
        self._gallery.discard(result)
        self._finish()

    def layers_of(self, result: Result) -> List[Result]:
        """The results of the same image: itself, and the layers that post-processors made of it, in their order."""
        return self._sheets.of(result.document).image_of(result)

    def reopen(self, entry: Entry) -> Result:
        """A result of the history that can be shown and applied; its pixels are fetched when they are needed."""
        result = self._gallery.reopen(entry, self._attended)
        self._news.tell()
        return result

    def recall_settings(self, result: Result) -> None:
        """Put the words, the model and the very seed of a result into the workspace at hand."""
        self.workspace.recall({**result.recipe, "seed": result.seed})
        self._mark(self._attended, "workspace")
        self._finish()

    # Painting live

    def start_live(self) -> None:
        """Paint live with the workspace at hand; the host's timer calls `tick` from now on."""
        self._news.hush()
        self._gallery.hide()
        self.session.start()
        self.live.start()
        self._news.changed("live")
        self._news.tell()

    def stop_live(self) -> None:
        """Enough; its last result is taken off the canvas."""
        self.live.stop()
        self._live_canvas.clear()
        self._news.tell()

    def tick(self) -> bool:
        """Look at the canvas, some ten times a second while painting live; whether something new was sent."""
        able = self.live.on and self.session.state.name == "ready"
        sent = able and self._live_canvas.tick(self.workspace, self.session.catalogue)
        self._news.tell()
        return sent

    def apply_live(self) -> Optional[str]:
        """Make what is shown live a layer, in one undo step, once it is finished; painting goes on. The layer's key."""
        key = self._live_canvas.keep()
        self._finish()
        return key

    # From the bridge

    def _take(self, frame: Frame) -> None:
        ticket = str(frame.header.get("ticket", ""))
        if frame.op == "catalogue":
            self._news.changed("catalogue")
        elif frame.op in ("live_result", "live_closed"):
            self._live_canvas.take(frame)
        elif self._gallery.waits_for(ticket):
            self._gallery.take(ticket, frame)
        else:
            job = self.jobs.get(ticket)
            if job:
                self._take_job(job, frame)

    def _take_job(self, job: Job, frame: Frame) -> None:
        result = job.take(frame.op, frame.header, frame.body)
        self._news.changed("queue")
        if frame.op == "accepted":
            self._follower.keep(job)
        if result:
            self._gallery.add(result)
        if job.preview and frame.op == "event":
            self._preview_of = job
        if job.open:
            self._easel.report(job.words, job.share)
        else:
            self._ended(job)

    def _ended(self, job: Job) -> None:
        if self.shown is None and not self.live.on:
            self._preview_of = None
            self._easel.preview(job.document, job.bounds, None)
        if job.fault and job.state == "failed":
            self._news.say(job.fault.message)
        self._follower.settle(job.document, job.ticket)
        rest = self.jobs.open()
        self._easel.report(*((rest[0].words, rest[0].share) if rest else ("", None)))
        images = [each for each in job.results if each.layer_index == 0]
        if images and self.on_finish == "show":
            self._gallery.show(images[0])
        elif self.on_finish == "apply":
            for image in images:
                self._gallery.apply(image)

    def _bridge_is_new(self) -> None:
        self.live.begin_again()
        lost = {"error": {"code": "BRIDGE_LOST", "message": "The connection broke while it was sent. Ask again."}}
        for job in self._follower.follow_all():
            job.take("rejected", lost, b"")
            self._ended(job)

    # What they share

    def _send(self, asking: Asking, workspace: Workspace) -> str:
        self.session.start()
        ticket = uuid.uuid4().hex
        recipe = asking.header["recipe"]
        header = {**asking.header, "op": "submit", "ticket": ticket}
        if self.ends_jobs:
            header["ends_with_adapter"] = True
        if not self.session.send(header, asking.chunks):
            raise Refusal(f"{self.session.state.title}: {self.session.state.words}")
        job = Job(ticket, asking.document, asking.bounds, workspace.mode, asking.title, recipe.get("count", 1))
        job.ends_with_adapter = self.ends_jobs
        self.jobs.add(job)
        self._follower.sent(ticket, asking.header["region"])
        sheet = self._sheets.of(asking.document)
        sheet.history.remember_prompt(workspace.prompt)
        self._mark(sheet, "queue", "history")
        self._easel.report(job.words, job.share)
        return ticket

    def _send_live(self, header: Dict[str, Any], chunks: Any) -> bool:
        return self.session.send(header, chunks)

    def _mark(self, sheet: Sheet, *changes: str) -> None:
        self._news.changed(*changes)
        self._sheets.mark(sheet)

    def _show_preview(self) -> None:
        """The newest step of all that came in one go; while a result is looked at, steps do not take its place."""
        job, self._preview_of = self._preview_of, None
        if job and job.preview and job.open and self.shown is None and not self.live.on:
            self._easel.preview(job.document, job.bounds, job.preview)

    def _finish(self) -> None:
        self._sheets.save_changed()
        self._news.tell()
