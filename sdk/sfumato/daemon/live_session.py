"""One live painting: the newest frame, the job that draws one, and the response that has yet to be sent."""

from __future__ import annotations

import asyncio
import itertools
import secrets
import uuid
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from sfumato import errors
from sfumato.daemon.admission import Admission, Admitted
from sfumato.daemon.dispatcher import Dispatcher
from sfumato.daemon.event_feed import EventFeed
from sfumato.daemon.job_record import QUEUED, RUNNING, JobRecord, JobState
from sfumato.daemon.live_job import LiveJob
from sfumato.daemon.live_pictures import Gallery, named
from sfumato.errors import InvalidRecipe, SfumatoError
from sfumato.v1 import jobs_pb2, live_pb2, recipes_pb2

#: Above interactive jobs (10), which may be long: a stroke waits for one evaluation of theirs at most, and they wait
#: while the brush moves. Streams take turns, a frame each.
_PRIORITY: Final = 11
_FORMS: Final = {"RGB": "rgb", "RGBA": "rgba", "L": "gray"}
_orders = itertools.count()


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """A frame that may be drawn: what was asked for, the complete recipe, and the pictures in it by sha256."""

    number: int
    asked: recipes_pb2.Recipe
    admitted: Admitted
    pictures: Mapping[str, bytes]

    @property
    def recipe_digest(self) -> str:
        """What tells whether two frames look the same: pictures are in a recipe by their sha256."""
        return self.admitted.recipe.digest


class LiveSession:
    """Draws the newest frame, one at a time. It is the chronicle of the jobs that do it.

    A frame is finished once it has shown something: cutting it there left 0.4 final pictures a second of 2 to 3 under
    a brush that is not lifted. One that has shown nothing gives way to a newer one, which makes what is seen about a
    fifth fresher, but never two in a row, so that something is shown.
    """

    def __init__(self, admission: Admission, dispatcher: Dispatcher) -> None:
        self._admission = admission
        self._dispatcher = dispatcher
        self._gallery = Gallery()
        self._seed = secrets.randbelow(2**32)
        self._recipe: recipes_pb2.Recipe | None = None
        self._number = -1
        self._placed = 0
        self._frame: Frame | None = None
        self._job: LiveJob | None = None
        self._shown = self._gave_way = False
        self._steps = (0, 0)
        self._adjustments: tuple[jobs_pb2.Adjustment, ...] = ()
        self._changed = asyncio.Event()
        self._response: live_pb2.PaintResponse | None = None
        self._sendable = asyncio.Event()
        self._finishing = self._ended = False
        self._error: SfumatoError | None = None

    def show(self, request: live_pb2.PaintRequest) -> None:
        """Take a message of the client. Raises InvalidRecipe."""
        if request.frame <= self._number:
            expected = f"more than {self._number}" if self._number >= 0 else "0 or more"
            raise InvalidRecipe.of("frame", f"got {request.frame}, expected {expected}")
        if request.HasField("recipe"):
            self._recipe = self._seeded(request.recipe)
        elif self._recipe is None:
            raise InvalidRecipe.of("recipe", "got none, expected one in the first message")
        self._gallery.hang(request.pictures)
        self._number = request.frame
        self._changed.set()

    def finish(self) -> None:
        """The client has sent its last message: end when the newest frame is drawn."""
        self._finishing = True
        self._changed.set()

    def fail(self, error: SfumatoError) -> None:
        """End the stream with an error, behind the response that waits."""
        if not self._ended:
            self._error = error
            self.close()

    def close(self) -> None:
        """Stop drawing."""
        self._ended = True
        if job := self._job:
            self._job = None
            self._dispatcher.withdraw(job)
        self._sendable.set()

    async def draw(self) -> None:
        """Draw frames until there are no more. Raises InvalidRecipe."""
        while not self._ended:
            await self._changed.wait()
            self._changed.clear()
            if self._number > self._placed and self._has_room:
                frame = await self._newest()
                if not self._ended and self._has_room:
                    self._place(frame)
                self._changed.set()  # a newer one may have come meanwhile, or room have been lost
            elif self._finishing and self._job is None and self._number <= self._placed:
                self.close()

    async def responses(self) -> AsyncGenerator[live_pb2.PaintResponse]:
        """What there is to tell, the newest only, until the session ends. Raises what it has failed with."""
        while True:
            await self._sendable.wait()
            self._sendable.clear()
            if response := self._response:
                self._response = None
                self._sendable.set()
                yield response
            elif self._error:
                raise self._error
            elif self._ended:
                return

    def note(self, job: LiveJob, header: dict[str, Any], body: bytes) -> None:
        """A step of the drawing, or its picture."""
        match header["op"]:
            case "started":
                job.record = replace(job.record, state=RUNNING)
            case "step" if body and job is self._job:
                self._steps = header["step_index"], header["step_count"]
                self._tell(header, body)
            case "image" if header["layer_index"] == 0 and job is self._job:
                self._tell(header, body, final=True)

    async def record(self, job: LiveJob, header: dict[str, Any], body: bytes) -> None:
        """The drawing has ended; of its checkpoints, nothing is kept."""
        if header["op"] == "ended":
            error = errors.from_json(header["error"]) if header["error"] else None
            await self.end(job, QUEUED, error)

    def interrupted(self, job: LiveJob, description: str, *, crashed: bool = False) -> None:
        """The worker died: the newest frame is drawn in this one's place."""
        job.record = replace(job.record, state=QUEUED, crash_count=job.record.crash_count + crashed)
        self._changed.set()

    async def end(
        self, job: LiveJob, state: JobState, error: SfumatoError | None = None, elapsed_s: float = 0.0
    ) -> None:
        """The drawing is done, or has failed, and the stream with it: the next frame would fail the same way."""
        if job is not self._job:
            return
        self._job = None
        if error:
            self.fail(error)
        self._changed.set()

    @property
    def _has_room(self) -> bool:
        """Whether a newer frame may be drawn at once."""
        job = self._job
        if job is None or self._dispatcher.is_waiting(job):
            return True
        return not (self._shown or self._gave_way or job.record.crash_count)

    async def _newest(self) -> Frame:
        """The newest frame, admitted. Raises InvalidRecipe."""
        assert self._recipe
        number, recipe, view = self._number, self._recipe, self._gallery.view()
        exhibits = await asyncio.to_thread(self._gallery.exhibits, view)
        sizes = {exhibit.sha256: exhibit.size for exhibit in exhibits.values()}
        admitted = await self._admission.admit(named(recipe, exhibits), sizes)
        pictures = {exhibit.sha256: exhibit.data for exhibit in exhibits.values()}
        return Frame(number=number, asked=recipe, admitted=admitted, pictures=pictures)

    def _place(self, frame: Frame) -> None:
        """Draw this frame rather than the one before."""
        before, self._frame, self._placed = self._frame, frame, frame.number
        if before is None or before.asked is not frame.asked:
            self._adjustments = frame.admitted.adjustments
        same = before is not None and before.recipe_digest == frame.recipe_digest
        if same and self._job is None:
            self._respond(live_pb2.PaintResponse(final=True))
        elif not same and self._job and self._dispatcher.is_waiting(self._job):
            self._repaint(self._job, frame)
        elif not same:
            self._begin(frame)

    def _begin(self, frame: Frame) -> None:
        given_way = self._job
        if given_way:
            self._dispatcher.withdraw(given_way)
        self._gave_way, self._shown, self._steps = given_way is not None, False, (0, 0)
        recipe = frame.admitted.recipe
        id = uuid.uuid4().hex
        record = JobRecord(
            id=id, request_id=id, request_digest="", recipe=recipe, inputs=(), priority=_PRIORITY, create_ns=0
        )
        self._job = LiveJob(record, EventFeed(), next(_orders), chronicle=self)
        self._repaint(self._job, frame)
        self._dispatcher.queue(self._job)

    def _repaint(self, job: LiveJob, frame: Frame) -> None:
        """Have a job that waits draw this frame."""
        job.record = replace(job.record, recipe=frame.admitted.recipe, inputs=frame.admitted.inputs)
        job.at_hand = frame.pictures

    def _tell(self, header: dict[str, Any], body: bytes, *, final: bool = False) -> None:
        self._shown = True
        size = {side: header[side] for side in ("width_px", "height_px")}
        data: dict[str, Any] = {_FORMS[header.get("mode", "RGB")]: body}
        self._respond(live_pb2.PaintResponse(picture=live_pb2.LivePicture(**size, **data), final=final))

    def _respond(self, response: live_pb2.PaintResponse) -> None:
        """Have this sent next, with what a client that reads slowly must not miss of the one that it replaces."""
        assert self._frame
        response.frame, response.seed = self._frame.number, self._frame.admitted.recipe.seed
        response.step_index, response.step_count = self._steps
        late = self._response or live_pb2.PaintResponse()
        if late.HasField("picture") and not response.HasField("picture"):
            response.picture.CopyFrom(late.picture)
        response.adjustments.extend([*late.adjustments, *self._adjustments])
        self._adjustments = ()
        self._response = response
        self._sendable.set()

    def _seeded(self, recipe: recipes_pb2.Recipe) -> recipes_pb2.Recipe:
        """A copy of the recipe with the stream's seed where it has none. Raises InvalidRecipe."""
        if recipe.HasField("count") and recipe.count != 1:
            raise InvalidRecipe.of("count", f"got {recipe.count}, expected 1 while painting live")
        seeded = recipes_pb2.Recipe(seed=self._seed)
        seeded.MergeFrom(recipe)
        return seeded
