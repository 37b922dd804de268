"""History: prompts, and results with what makes them again, as they are kept with a document."""

import json
from typing import Any, Dict, List, NamedTuple, Optional, Tuple

from .geometry import Bounds
from .jobs import Job, Result

VERSION = 1
#: Under which name a host keeps it with the document.
NAME = "sfumato-history"
_MOST_PROMPTS = 50
_MOST_ENTRIES = 200
_MOST_JOBS = 64


class Entry(NamedTuple):
    """One result: its asset, where it belongs, its recipe and seed. Its pixels are the daemon's to keep."""

    key: str
    sha256: str
    title: str
    bounds: Bounds
    seed: int
    recipe: Dict[str, Any]
    region: Dict[str, Any]
    layer: str = ""
    applied: bool = False


class Waiting(NamedTuple):
    """A job that had not ended: it is followed when the document, or the program, is opened again."""

    ticket: str
    job: str
    bounds: Bounds
    mode: str
    title: str
    region: Dict[str, Any]
    last_event: int = 0


class History:
    """What one document remembers. The newest is first."""

    def __init__(self) -> None:
        self.prompts: List[str] = []
        self.entries: List[Entry] = []
        self.waiting: List[Waiting] = []
        #: Entries as they are written: a long history is written at every result, and is only encoded once.
        self._written: Dict[str, Tuple[Entry, str]] = {}

    def remember_prompt(self, prompt: str) -> None:
        """Put a prompt first, once."""
        if prompt.strip():
            self.prompts = [prompt, *(each for each in self.prompts if each != prompt)][:_MOST_PROMPTS]

    def remember(self, entry: Entry) -> None:
        """Put a result first; one with the same key is replaced."""
        self.entries = [entry, *(each for each in self.entries if each.key != entry.key)][:_MOST_ENTRIES]

    def entry(self, key: str) -> Optional[Entry]:
        """The entry of a result."""
        return next((each for each in self.entries if each.key == key), None)

    def forget(self, key: str) -> None:
        """Leave a result out."""
        self.entries = [each for each in self.entries if each.key != key]

    def await_job(self, job: Waiting) -> None:
        """Remember a job that goes on."""
        self.settle(job.ticket)
        self.waiting = [*self.waiting, job][-_MOST_JOBS:]

    def settle(self, ticket: str) -> None:
        """The job has ended."""
        self.waiting = [each for each in self.waiting if each.ticket != ticket]

    def to_bytes(self) -> bytes:
        """What is kept; `from_bytes` is its inverse."""
        self._written = {each.key: (each, self._text_of(each)) for each in self.entries}
        results = ",".join(text for _, text in self._written.values())
        rest = {"version": VERSION, "prompts": self.prompts, "waiting": [waiting_to(each) for each in self.waiting]}
        return f'{{"results":[{results}],{_text(rest)[1:]}'.encode()

    def _text_of(self, entry: Entry) -> str:
        written = self._written.get(entry.key)
        if written and written[0] is entry:
            return written[1]
        return _text(dict(entry._asdict(), bounds=list(entry.bounds)))

    @classmethod
    def from_bytes(cls, data: Optional[bytes]) -> "History":
        """What was kept. Rows that are damaged are left out; a newer version's are read as far as they are known."""
        history = cls()
        try:
            found = json.loads((data or b"{}").decode("utf-8"))
        except ValueError:
            return history
        if not isinstance(found, dict):
            return history
        history.prompts = [each for each in _list(found, "prompts") if isinstance(each, str)][:_MOST_PROMPTS]
        entries = [_row(Entry, row) for row in _list(found, "results")]
        history.entries = [each for each in entries if each and each.sha256][:_MOST_ENTRIES]
        waiting = [waiting_from(row) for row in _list(found, "waiting")]
        history.waiting = [each for each in waiting if each][-_MOST_JOBS:]
        return history


def entry_of(result: Result, region: Dict[str, Any]) -> Entry:
    """What is remembered of a result."""
    return Entry(
        key=result.key,
        sha256=result.sha256,
        title=result.title,
        bounds=result.bounds,
        seed=result.seed,
        recipe=result.recipe,
        region=region,
        layer=result.layer,
        applied=result.state == "applied",
    )


def waiting_of(job: Job, region: Dict[str, Any]) -> Waiting:
    """What is remembered of a job that goes on."""
    return Waiting(
        ticket=job.ticket,
        job=job.id,
        bounds=job.bounds,
        mode=job.mode,
        title=job.title,
        region=region,
        last_event=job.last_event,
    )


def waiting_to(waiting: Waiting) -> Dict[str, Any]:
    """A waiting job as plain data; `waiting_from` is its inverse."""
    return dict(waiting._asdict(), bounds=list(waiting.bounds))


def waiting_from(row: Any) -> Optional[Waiting]:
    """The inverse of `waiting_to`; None where the row is damaged."""
    found: Optional[Waiting] = _row(Waiting, row)
    return found if found and found.job else None


def _text(data: Dict[str, Any]) -> str:
    return json.dumps(data, separators=(",", ":"))


def _list(found: Dict[str, Any], name: str) -> List[Any]:
    rows = found.get(name)
    return rows if isinstance(rows, list) else []


def _row(kind: Any, row: Any) -> Any:
    """A row as its value; None where a field is missing or of another type than its neighbours."""
    if not isinstance(row, dict):
        return None
    known = {name: row[name] for name in kind._fields if name in row}
    bounds = known.get("bounds")
    if not isinstance(bounds, list) or len(bounds) != 4 or not all(type(each) is int for each in bounds):
        return None
    known["bounds"] = Bounds(*bounds)
    types = kind.__annotations__
    wrong = [name for name, value in known.items() if not isinstance(value, _plain(types[name]))]
    missing = [name for name in kind._fields if name not in known and name not in kind._field_defaults]
    return None if wrong or missing else kind(**known)


def _plain(annotation: Any) -> Any:
    return getattr(annotation, "__origin__", annotation)
