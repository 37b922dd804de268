"""The job book: what was asked for, where it stands, and what came of it, by ticket."""

from typing import Any, Dict, List, Mapping, NamedTuple, Optional

from .geometry import Bounds
from .host import Document, Picture
from .pictures import picture_of

#: States in which a job will change by itself; `recovering` waits for a new bridge to follow it.
OPEN = ("sending", "queued", "running")
ENDED = ("succeeded", "failed", "cancelled")

#: What share of a job each stage begins at; steps fill the denoising.
_STAGE_SHARES = {"prepare": 0.0, "denoise": 0.05, "decode": 0.9, "finish": 0.93}
_STAGE_WORDS = {
    "prepare": "Preparing",
    "denoise": "Drawing",
    "decode": "Developing",
    "finish": "Finishing",
}


class Fault(NamedTuple):
    """Why something did not work: a stable code, words, and the fields of the recipe that are wrong."""

    code: str
    message: str
    fields: Dict[str, str]

    @classmethod
    def of(cls, error: Any) -> Optional["Fault"]:
        """The fault that a frame describes; None where it describes none."""
        if not isinstance(error, dict) or not (error.get("message") or error.get("code")):
            return None
        rows = error.get("fields")
        rows = rows if isinstance(rows, list) else []
        fields = {str(row.get("field", "")): str(row.get("description", "")) for row in rows if isinstance(row, dict)}
        return cls(str(error.get("code", "")), str(error.get("message", "")), fields)


class Result:
    """One finished image or a layer of it. `state` is new, shown, applied or discarded.

    `picture` is None while the pixels of a result from an opened document were not fetched.
    """

    def __init__(self, job: "Job", header: Mapping[str, Any], picture: Optional[Picture]) -> None:
        self.ticket = job.ticket
        self.document = job.document
        self.bounds = job.bounds
        self.title = job.title
        self.recipe = job.recipe
        self.image_index = _whole(header.get("image_index"))
        self.layer = str(header.get("layer", ""))
        self.layer_index = _whole(header.get("layer_index"))
        self.seed = _whole(header.get("seed"))
        self.sha256 = str(header.get("sha256", ""))
        self.picture = picture
        self.state = "new"

    @property
    def key(self) -> str:
        """Its name among all results."""
        return f"{self.ticket}/{self.image_index}/{self.layer_index}"

    @property
    def name(self) -> str:
        """What its layer is called."""
        parts = [self.title, self.layer, f"[{self.seed}]"]
        return " ".join(part for part in parts if part)

    @property
    def place(self) -> Bounds:
        """Where its pixels go: from the corner of what was asked for, in their own size."""
        if self.picture is None:
            return self.bounds
        return Bounds(self.bounds.x, self.bounds.y, self.picture.width_px, self.picture.height_px)


class Job:
    """One ticket. `share` is how much is done, 0 to 1; `words` what goes on."""

    def __init__(self, ticket: str, document: Document, bounds: Bounds, mode: str, title: str, count: int) -> None:
        self.ticket = ticket
        self.document = document
        self.bounds = bounds
        self.mode = mode
        self.title = title
        self.count = max(1, count)
        self.id = ""
        self.state = "sending"
        self.stage = ""
        self.words = "Sending"
        self.share = 0.0
        self.recipe: Dict[str, Any] = {}
        self.adjustments: List[str] = []
        self.fault: Optional[Fault] = None
        self.results: List[Result] = []
        self.preview: Optional[Picture] = None
        self.last_event = 0
        self.cancelling = False
        self.ends_with_adapter = False

    @property
    def open(self) -> bool:
        """Whether it may still change."""
        return self.state in OPEN

    def take(self, op: str, header: Mapping[str, Any], body: bytes) -> Optional[Result]:
        """Take in a frame of this ticket; the result that it brought, if it brought one that is new."""
        self.last_event = max(self.last_event, _whole(header.get("event")))
        if op == "accepted":
            self._accepted(header)
        elif op == "rejected":
            self._end("failed", header)
        elif op == "finished":
            self._end(str(header.get("state", "failed")), header)
        elif op == "image":
            return self._image(header, body)
        elif op == "event":
            self._event(header, body)
        return None

    def _accepted(self, header: Mapping[str, Any]) -> None:
        self.id = str(header.get("job", ""))
        recipe = header.get("recipe")
        self.recipe = dict(recipe) if isinstance(recipe, dict) else {}
        self.count = max(1, _whole(self.recipe.get("count")) or self.count)
        rows = header.get("adjustments")
        self.adjustments = [str(row.get("description", "")) for row in rows or () if isinstance(row, dict)]
        if self.state == "sending":
            self.state, self.words = "queued", "Waiting"

    def _event(self, header: Mapping[str, Any], body: bytes) -> None:
        kind = header.get("kind")
        if kind == "queued":
            self.state, self.words = "queued", "Waiting"
        elif kind == "started":
            self.state, self.words = "running", _STAGE_WORDS["prepare"]
        elif kind == "interrupted":
            self.words = str(header.get("description", "")) or "Interrupted; it goes on by itself"
        elif kind == "stage":
            self.state, self.stage = "running", str(header.get("stage", ""))
            self.words = _STAGE_WORDS.get(self.stage, self.stage)
            self._advance(_STAGE_SHARES.get(self.stage, 0.0))
        elif kind == "step":
            self._step(header, body)
        elif kind == "progress":
            self._progress(header)

    def _step(self, header: Mapping[str, Any], body: bytes) -> None:
        index, count = _whole(header.get("step_index")), max(1, _whole(header.get("step_count")))
        image = _whole(header.get("image_index"))
        self.state, self.stage = "running", "denoise"
        self.words = f"Drawing, step {index} of {count}"
        if self.count > 1:
            self.words = f"Drawing image {image + 1} of {self.count}, step {index} of {count}"
        start, end = _STAGE_SHARES["denoise"], _STAGE_SHARES["decode"]
        self._advance(start + (end - start) * index / count, image)
        self.preview = picture_of(header.get("picture"), body) or self.preview

    def _progress(self, header: Mapping[str, Any]) -> None:
        share = header.get("share")
        self.state, self.stage = "running", "finish"
        self.words = str(header.get("description", "")) or _STAGE_WORDS["finish"]
        start = _STAGE_SHARES["finish"]
        self._advance(start + (1 - start) * (share if isinstance(share, (int, float)) else 0.0))

    def _advance(self, share: float, image: Optional[int] = None) -> None:
        """The bar never runs back: images of a batch may be drawn in any order."""
        done = len({result.image_index for result in self.results}) if image is None else image
        self.share = min(1.0, max(self.share, (done + min(share, 1.0)) / self.count))

    def _image(self, header: Mapping[str, Any], body: bytes) -> Optional[Result]:
        result = Result(self, header, picture_of(header.get("picture"), body))
        if any(each.key == result.key for each in self.results):
            return None  # told again after a reconnection
        self.results.append(result)
        return result

    def _end(self, state: str, header: Mapping[str, Any]) -> None:
        self.state = state if state in ENDED else "failed"
        self.fault = Fault.of(header.get("error"))
        self.share = 1.0
        self.preview = None
        self.words = {"succeeded": "Done", "cancelled": "Cancelled"}.get(self.state, "Failed")


class JobBook:
    """All jobs of this life of the adapter, in the order of asking."""

    def __init__(self) -> None:
        self._jobs: Dict[str, Job] = {}

    def add(self, job: Job) -> None:
        """Enter a job."""
        self._jobs[job.ticket] = job

    def get(self, ticket: str) -> Optional[Job]:
        """The job with this ticket."""
        return self._jobs.get(ticket)

    def all(self) -> List[Job]:
        """Every job, the oldest first."""
        return list(self._jobs.values())

    def open(self) -> List[Job]:
        """Those that may still change: the queue."""
        return [job for job in self._jobs.values() if job.open]

    def forget(self, ticket: str) -> None:
        """Take a job out; its results are gone with it."""
        self._jobs.pop(ticket, None)


def _whole(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0
