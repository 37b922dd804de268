"""The studio: what an adapter owns. It turns presses of buttons into frames, and frames into layers."""

import time
import uuid
from typing import Any, Callable, Dict, FrozenSet, List, Optional, Set

from .asking import Asking, Refusal, ask
from .easel import Easel
from .frames import Frame, FrameError
from .history import Entry, History, Waiting, entry_of, waiting_of
from .host import Document, Host, HostError
from .jobs import Job, JobBook, Result
from .live import LivePainter
from .pending import Orphan, Pending
from .pictures import picture_of
from .session import Session
from .sheets import Sheet, Sheets, result_of
from .workspace import Workspace

#: What an observer is told has changed. A window redraws only that.
CHANGES = ("session", "catalogue", "workspace", "queue", "results", "history", "live", "notice")

#: What happens by itself when a job has ended: its first result is shown on the canvas, applied, or neither.
ON_FINISH = ("show", "apply", "nothing")

Observer = Callable[[FrozenSet[str]], None]


class Studio:
    """The controller of an adapter. Every method is the main thread's and returns soon.

    `observer` is called with names of CHANGES, at most once for each call of a method. What cannot be done is told
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
        #: The last thing that the artist should know; empty when it was read or is over.
        self.notice = ""
        self.shown: Optional[Result] = None
        self.orphans: List[Orphan] = []
        self._observer = observer
        self._pending = pending
        self._easel = Easel(host, self._say)
        self._sheets = Sheets(self._easel, self._opened)
        self._attended = self._sheets.blank
        self._regions: Dict[str, Dict[str, Any]] = {}
        self._spoken: Set[str] = set()
        self._fetching: Dict[str, List[Callable[[], object]]] = {}
        self._fetched: Dict[str, Result] = {}
        self._changes: Set[str] = set()
        self._preview_of: Optional[Job] = None
        session.on_frame = self._take
        session.on_restart = self._follow_again
        session.on_state = lambda: self._changes.add("session")

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

    def queue(self) -> List[Job]:
        """The jobs that have not ended, of all documents."""
        return self.jobs.open()

    # The connection

    def start(self) -> None:
        """Connect, and take up the jobs that an earlier life of the program left."""
        if self._pending:
            self.orphans += self._pending.orphans()
        self.session.start()
        self._adopt_matching()
        self._tell()

    def stop(self) -> None:
        """The program closes: keep everything, take previews away, end the bridge. Jobs go on."""
        self.live.stop()
        self.hide()
        self.save()
        self.session.stop()
        if self._pending:
            self._pending.close()
        self._tell()

    def press(self) -> None:
        """The button of the connection's state was pressed."""
        self.session.press()
        self._tell()

    def drain(self, budget_s: float = 0.004) -> None:
        """Take in what the bridge has said. Call it on the main thread after each `wake`."""
        self.session.drain(budget_s)
        self._show_preview()
        self._sheets.save_changed()
        self._tell()

    # Documents

    def attend(self, document: Optional[Document]) -> Workspace:
        """The artist looks at this document now; what was kept with it is read the first time. Its workspace."""
        sheet = self._sheets.of(document) if document else self._sheets.blank
        if sheet is not self._attended:
            self._attended = sheet
            self._changes |= {"workspace", "results", "history"}
        self._adopt_matching()
        self._tell()
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
        for job in self.jobs.open():
            if job.document.key == document.key:
                self.jobs.forget(job.ticket)
                if job.id:
                    self.orphans.append(Orphan(document, waiting_of(job, self._regions.get(job.ticket, {}))))
                self._changes.add("queue")
        if self.shown and self.shown.document.key == document.key:
            self.shown = None
        self._sheets.close(document)
        if self._attended.document.key == document.key:
            self._attended = self._sheets.blank
            self._changes |= {"workspace", "results", "history"}
        self._tell()

    def adopt(self, orphan: Orphan, document: Document) -> None:
        """Follow a job that an earlier life of the program left, for this document."""
        self.orphans = [each for each in self.orphans if each is not orphan]
        self._follow(orphan.waiting, document)
        self._finish()

    # Asking

    def submit(self, workspace: Optional[Workspace] = None, result: Optional[Result] = None) -> Optional[str]:
        """Ask for what the workspace says (the one at hand), or process `result` with it; the ticket.

        The canvas is captured now. None where it cannot be asked; `notice` says why.
        """
        wanted = workspace or self.workspace
        source = (result.document, result.bounds, result.picture) if result and result.picture else None
        try:
            asking = ask(wanted, self.host, self.session.catalogue, source=source)
            ticket = self._send(asking, wanted)
        except (Refusal, HostError, FrameError) as refusal:
            self._say(str(refusal))
            ticket = None
        self._finish()
        return ticket

    def cancel(self, ticket: str) -> None:
        """Stop this job and no other."""
        job = self.jobs.get(ticket)
        if job and job.open:
            job.cancelling, job.words = True, "Cancelling"
            self.session.send({"op": "cancel", "ticket": ticket})
            self._changes.add("queue")
        self._tell()

    def cancel_all(self) -> None:
        """Stop every job that was asked for here."""
        for job in self.jobs.open():
            self.cancel(job.ticket)

    # Results

    def show(self, result: Result) -> None:
        """Show a result on the canvas, above everything; nothing of the document changes."""
        if result.picture is None:
            self._fetch(result, lambda: self.show(result))
            return
        previous, self.shown = self.shown, result
        if previous and previous.state == "shown":
            previous.state = "new"
        if previous and previous.document.key != result.document.key:
            self._easel.preview(previous.document, previous.place, None)
        if result.state == "new":
            result.state = "shown"
        self._easel.preview(result.document, result.place, result.picture)
        self._changes.add("results")
        self._tell()

    def hide(self) -> None:
        """Show the canvas as it is."""
        previous, self.shown = self.shown, None
        if previous:
            if previous.state == "shown":
                previous.state = "new"
            self._easel.preview(previous.document, previous.place, None)
            self._changes.add("results")
        self._tell()

    def apply(self, result: Result) -> Optional[str]:
        """Make a result a layer of its document, in one undo step; the layer's key, None where that cannot be."""
        if result.picture is None:
            self._fetch(result, lambda: self.apply(result))
            return None
        if self.shown is result:
            self.hide()
        key = self._easel.place(result.document, result.place, result.picture, result.name)
        if key is not None:
            result.state = "applied"
            self._remember(result)
        self._finish()
        return key

    def discard(self, result: Result) -> None:
        """Take a result out of the list and the history."""
        if self.shown is result:
            self.hide()
        result.state = "discarded"
        sheet = self._sheets.of(result.document)
        sheet.results = [each for each in sheet.results if each is not result]
        sheet.history.forget(result.key)
        self._mark(sheet, "results", "history")
        self._finish()

    def layers_of(self, result: Result) -> List[Result]:
        """The results of the same image: itself, and the layers that post-processors made of it, in their order."""
        return self._sheets.of(result.document).image_of(result)

    def reopen(self, entry: Entry) -> Result:
        """A result of the history that can be shown and applied; its pixels are fetched when they are needed."""
        sheet = self._attended
        known = next((each for each in sheet.results if each.key == entry.key), None)
        if known:
            return known
        result = result_of(entry, sheet.document)
        sheet.results.append(result)
        self._changes.add("results")
        self._tell()
        return result

    def recall_settings(self, recipe: Dict[str, Any]) -> None:
        """Put a recipe's words, seed and model into the workspace at hand."""
        workspace = self.workspace
        for name in ("prompt", "negative_prompt", "model", "tile"):
            setattr(workspace, name, str(recipe.get(name, "")))
        for name in ("seed", "steps"):
            if isinstance(recipe.get(name), int):
                setattr(workspace, name, recipe[name])
        workspace.keep_seed = True
        self._mark(self._attended, "workspace")
        self._finish()

    # Painting live

    def start_live(self) -> None:
        """Paint live with the workspace at hand; the host's timer calls `tick` from now on."""
        self.session.start()
        self.live.start()
        self._changes.add("live")
        self._tell()

    def stop_live(self) -> None:
        """Enough; its last result is taken off the canvas."""
        self.live.stop()
        self._clear_live()
        self._tell()

    def tick(self) -> bool:
        """Look at the canvas, some ten times a second while painting live; whether something new was sent."""
        before = self.live.paused
        sent = False
        try:
            if self.live.on and self.session.state.name == "ready":
                sent = self.live.tick(self.workspace, self.session.catalogue)
        except (HostError, FrameError) as error:
            self.live.paused = str(error)
        if sent or before != self.live.paused:
            self._changes.add("live")
        self._tell()
        return sent

    def apply_live(self) -> Optional[str]:
        """Make what is shown live a layer, in one undo step; painting goes on. The layer's key."""
        result = self.live.result
        if result is None:
            return None
        self._clear_live()
        key = self._easel.place(result.document, result.bounds, result.picture, "Live")
        self._finish()
        return key

    # From the bridge

    def _take(self, frame: Frame) -> None:
        ticket = str(frame.header.get("ticket", ""))
        if frame.op == "catalogue":
            self._changes.add("catalogue")
        elif frame.op in ("live_result", "live_closed"):
            self._take_live(frame)
        elif ticket in self._fetched:
            self._take_asset(ticket, frame)
        else:
            job = self.jobs.get(ticket)
            if job:
                self._take_job(job, frame)

    def _take_job(self, job: Job, frame: Frame) -> None:
        result = job.take(frame.op, frame.header, frame.body)
        self._changes.add("queue")
        if frame.op == "accepted":
            self._await(job)
        if result:
            self._arrived(job, result)
        if job.preview and frame.op == "event":
            self._preview_of = job
        if job.open:
            self._easel.report(job.words, job.share)
        else:
            self._ended(job)

    def _arrived(self, job: Job, result: Result) -> None:
        sheet = self._sheets.of(job.document)
        sheet.results.insert(0, result)
        self._remember(result)
        self._mark(sheet, "results", "history")
        self._await(job)

    def _ended(self, job: Job) -> None:
        if self.shown is None and not self.live.on:
            self._preview_of = None
            self._easel.preview(job.document, job.bounds, None)
        if job.fault and job.state == "failed":
            self._say(job.fault.message)
        self._settle_ticket(job.document, job.ticket)
        rest = self.jobs.open()
        self._easel.report(*((rest[0].words, rest[0].share) if rest else ("", None)))
        images = [each for each in job.results if each.layer_index == 0]
        if images and self.on_finish == "show":
            self.show(images[0])
        elif self.on_finish == "apply":
            for image in images:
                self.apply(image)

    def _take_asset(self, ticket: str, frame: Frame) -> None:
        result = self._fetched.pop(ticket)
        then = self._fetching.pop(ticket, [])
        result.picture = picture_of(frame.header.get("picture"), frame.body)
        self._changes.add("results")
        if result.picture is None:
            self._say(f"The picture {result.name!r} is not there any more; make it again from its recipe.")
            return
        for act in then:
            act()

    def _take_live(self, frame: Frame) -> None:
        result = self.live.take(frame)
        self._changes.add("live")
        if self.live.fault and not self.live.on:
            self._say(self.live.fault.message)
        if result:
            self._easel.preview(result.document, result.bounds, result.picture)

    def _follow_again(self) -> None:
        """A new bridge knows none of our tickets."""
        self._spoken.clear()
        self.live.begin_again()
        for job in self.jobs.open():
            if job.id:
                self._send_follow(job)
                if job.cancelling:
                    self.session.send({"op": "cancel", "ticket": job.ticket})
            else:
                lost = {
                    "error": {"code": "BRIDGE_LOST", "message": "The connection broke while it was sent. Ask again."}
                }
                job.take("rejected", lost, b"")
                self._ended(job)

    # What they share

    def _send(self, asking: Asking, workspace: Workspace) -> str:
        self.session.start()
        ticket = uuid.uuid4().hex
        recipe = asking.header["recipe"]
        header = {**asking.header, "op": "submit", "ticket": ticket}
        if not self.session.send(header, asking.chunks):
            raise Refusal(f"{self.session.state.title}: {self.session.state.words}")
        job = Job(ticket, asking.document, asking.bounds, workspace.mode, asking.title, recipe.get("count", 1))
        self.jobs.add(job)
        self._spoken.add(ticket)
        self._regions[ticket] = asking.header["region"]
        sheet = self._sheets.of(asking.document)
        sheet.history.remember_prompt(workspace.prompt)
        self._mark(sheet, "queue", "history")
        self._easel.report(job.words, job.share)
        return ticket

    def _send_live(self, header: Dict[str, Any], chunks: Any) -> bool:
        return self.session.send(header, chunks)

    def _send_follow(self, job: Job) -> None:
        self._spoken.add(job.ticket)
        self.session.send(
            {
                "op": "follow",
                "ticket": job.ticket,
                "job": job.id,
                "after_event": job.last_event,
                "region": self._regions.get(job.ticket),
            }
        )

    def _follow(self, waiting: Waiting, document: Document) -> None:
        if any(job.id == waiting.job for job in self.jobs.all()):
            return
        # The bridge takes a ticket once; what it has seen before goes on under another.
        ticket = uuid.uuid4().hex if waiting.ticket in self._spoken else waiting.ticket
        job = Job(ticket, document, waiting.bounds, waiting.mode, waiting.title, 1)
        job.id, job.last_event, job.state, job.words = waiting.job, 0, "queued", "Taking up"
        self.jobs.add(job)
        self._regions[job.ticket] = waiting.region
        if ticket != waiting.ticket:
            self._settle_ticket(document, waiting.ticket)
        self._await(job)
        self._changes.add("queue")
        if self.session.connected:
            self._send_follow(job)

    def _adopt_matching(self) -> None:
        document = self._attended.document
        for orphan in list(self.orphans):
            if document.key and orphan.document[1:] == document[1:]:
                self.orphans.remove(orphan)
                self._follow(orphan.waiting, document)

    def _fetch(self, result: Result, then: Callable[[], object]) -> None:
        ticket = uuid.uuid4().hex
        region = self._regions.get(result.ticket)
        if self.session.send({"op": "fetch", "ticket": ticket, "sha256": result.sha256, "region": region}):
            self._fetched[ticket] = result
            self._fetching[ticket] = [then]
        else:
            self._say(f"{self.session.state.title}: {self.session.state.words}")
        self._tell()

    def _opened(self, sheet: Sheet) -> None:
        """A document with a past: its results know their regions again, its open jobs are followed."""
        for entry in sheet.history.entries:
            self._regions.setdefault(entry.key.split("/")[0], entry.region)
        for waiting in sheet.history.waiting:
            self._follow(waiting, sheet.document)

    def _await(self, job: Job) -> None:
        waiting = waiting_of(job, self._regions.get(job.ticket, {}))
        sheet = self._sheets.of(job.document)
        sheet.history.await_job(waiting)
        self._mark(sheet)
        if self._pending:
            self._pending.put(job.document, waiting)

    def _settle_ticket(self, document: Document, ticket: str) -> None:
        """The work under this ticket has ended, or goes on under another."""
        sheet = self._sheets.of(document)
        sheet.history.settle(ticket)
        self._mark(sheet)
        if self._pending:
            self._pending.drop(ticket)

    def _remember(self, result: Result) -> None:
        sheet = self._sheets.of(result.document)
        sheet.history.remember(entry_of(result, self._regions.get(result.ticket, {})))
        self._mark(sheet, "results", "history")

    def _mark(self, sheet: Sheet, *changes: str) -> None:
        self._changes.update(changes)
        self._sheets.mark(sheet)

    def _show_preview(self) -> None:
        """The newest step of all that came in one go; while a result is looked at, steps do not take its place."""
        job, self._preview_of = self._preview_of, None
        if job and job.preview and job.open and self.shown is None and not self.live.on:
            self._easel.preview(job.document, job.bounds, job.preview)

    def _clear_live(self) -> None:
        result, self.live.result = self.live.result, None
        if result:
            self._easel.preview(result.document, result.bounds, None)
        self._changes.add("live")

    def _say(self, words: str) -> None:
        self.notice = words
        self._changes.add("notice")

    def _finish(self) -> None:
        self._sheets.save_changed()
        self._tell()

    def _tell(self) -> None:
        changes, self._changes = frozenset(self._changes), set()
        if changes:
            self._observer(changes)
