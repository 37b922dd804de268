"""Sheets: what belongs to each open document, and how it is kept with it."""

import json
from typing import Callable, Dict, List, Optional, Set

from .easel import Easel
from .history import NAME as HISTORY_NAME
from .history import Entry, History
from .host import Document
from .jobs import Job, Result
from .workspace import Workspace

WORKSPACE_NAME = "sfumato-workspace"


class Sheet:
    """What belongs to one document: its workspace, its history, the results that wait for a decision."""

    def __init__(self, document: Document, workspace: Workspace, history: History) -> None:
        self.document = document
        self.workspace = workspace
        self.history = history
        self.results: List[Result] = []

    def image_of(self, result: Result) -> List[Result]:
        """The results of the same image: itself, and the layers that were made of it, in their order."""
        same = [each for each in self.results if _image(each) == _image(result)]
        return sorted(same, key=lambda each: each.layer_index)


class Sheets:
    """The sheets of all documents that were looked at; `save_changed` keeps those that were changed."""

    def __init__(self, easel: Easel, opened: Callable[[Sheet], None]) -> None:
        self._easel = easel
        self._opened = opened
        self._sheets: Dict[str, Sheet] = {}
        self._changed: Set[str] = set()
        #: Where no document is open.
        self.blank = Sheet(Document("", "", 0, 0), Workspace(), History())

    def of(self, document: Document) -> Sheet:
        """The document's sheet; what was kept with the document is read the first time, and `opened` is called."""
        sheet = self._sheets.get(document.key)
        if sheet is None:
            workspace = _workspace_of(self._easel.kept(document, WORKSPACE_NAME))
            sheet = Sheet(document, workspace, History.from_bytes(self._easel.kept(document, HISTORY_NAME)))
            self._sheets[document.key] = sheet
            self._opened(sheet)
        return sheet

    def close(self, document: Document) -> None:
        """The document was closed."""
        self._sheets.pop(document.key, None)

    def mark(self, sheet: Sheet) -> None:
        """The sheet has changed."""
        if sheet.document.key:
            self._changed.add(sheet.document.key)

    def mark_all(self) -> None:
        """Keep all of them the next time: widgets have changed workspaces without a word."""
        self._changed |= set(self._sheets)

    def save_changed(self) -> None:
        """Keep what has changed with the documents."""
        for key in sorted(self._changed & set(self._sheets)):
            sheet = self._sheets[key]
            workspace = json.dumps(sheet.workspace.to_json(), separators=(",", ":")).encode("utf-8")
            self._easel.keep(sheet.document, WORKSPACE_NAME, workspace)
            self._easel.keep(sheet.document, HISTORY_NAME, sheet.history.to_bytes())
        self._changed.clear()


def result_of(entry: Entry, document: Document) -> Result:
    """A result as the history remembers it, without its pixels."""
    ticket, image, layer = [*entry.key.split("/"), "0", "0"][:3]
    job = Job(ticket, document, entry.bounds, "", entry.title, 1)
    job.recipe = entry.recipe
    header = {
        "image_index": int(image) if image.isdigit() else 0,
        "layer": entry.layer,
        "layer_index": int(layer) if layer.isdigit() else 0,
        "seed": entry.seed,
        "sha256": entry.sha256,
    }
    result = Result(job, header, None)
    result.state = "applied" if entry.applied else "new"
    return result


def _image(result: Result) -> object:
    return result.ticket, result.image_index


def _workspace_of(data: Optional[bytes]) -> Workspace:
    try:
        return Workspace.from_json(json.loads((data or b"{}").decode("utf-8")))
    except ValueError:
        return Workspace()
