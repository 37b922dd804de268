"""The worker's loop: obey what the front has sent, give the engine a turn, and again."""

from __future__ import annotations

import queue
import sys
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

from sfumato.catalogue import Catalogue, ModelCard
from sfumato.engine import hub
from sfumato.engine.events import Ended
from sfumato.engine.hub import Snapshot
from sfumato.errors import SfumatoError, from_json
from sfumato.recipe import Recipe
from sfumato.worker.downloads import Downloads, Fetch
from sfumato.worker.pipe import Inbox
from sfumato.worker.reporter import Reporter


class Engine(Protocol):
    """What the loop asks of `sfumato.engine.Engine`."""

    def submit(
        self,
        job_id: str,
        recipe: Recipe,
        *,
        priority: int = 0,
        assets: Mapping[str, bytes],
        checkpoint: bytes = b"",
    ) -> None:
        """Take on a job."""
        ...

    def cancel(self, job_id: str) -> None:
        """Drop a job."""
        ...

    def request_preview(self, job_id: str, image_index: int) -> None:
        """Decode a job's current image."""
        ...

    def fail(self, job_id: str, error: SfumatoError) -> None:
        """End a job for a reason that the front has found."""
        ...

    def turn(self) -> bool:
        """Work for one evaluation at most; false when there is nothing left to do."""
        ...

    def checkpoint_all(self) -> None:
        """Write every running job down."""
        ...


class Models(Protocol):
    """What the loop asks of the model store."""

    def inspect(self, source: Path, snapshot: Snapshot | None = None) -> ModelCard:
        """What a folder, a file or a snapshot from the hub is."""
        ...

    def add(self, source: Path, id: str = "", snapshot: Snapshot | None = None) -> ModelCard:
        """Add it."""
        ...

    def remove(self, id: str) -> None:
        """Forget a model."""
        ...


class Worker:
    """Serves one front until it says stop or goes away."""

    def __init__(
        self,
        *,
        engine: Engine,
        models: Models,
        catalogue: Callable[[], Catalogue],
        inbox: Inbox,
        reporter: Reporter,
        fetch: Fetch = hub.fetch,
        warm_up: Callable[[], None] = lambda: None,
        look_for_plugins: Callable[[bool], bool] = lambda thoroughly: False,
    ) -> None:
        """`warm_up` does what a first job would wait for, and a worker that is ready to be asked does not need.

        `look_for_plugins`, thoroughly or for what changes often, says whether there is anything new.
        """
        self._engine = engine
        self._models = models
        self._catalogue = catalogue
        self._inbox = inbox
        self._reporter = reporter
        self._warm_up = warm_up
        self._look_for_plugins = look_for_plugins
        self._downloads = Downloads(fetch, reporter.post, self._downloaded)

    def run(self, device: str) -> None:
        """Say that the worker is ready on `device`, then work until the front ends it."""
        self._reporter.post({"op": "ready", "device": device, "catalogue": self._catalogue().to_json()})
        self._warm_up()
        busy = False
        while self._obey_all(wait=not busy):
            busy = self._engine.turn()
        self._reporter.close()
        self._inbox.close()

    def _obey_all(self, *, wait: bool) -> bool:
        """Obey every order that has arrived, waiting for the first if `wait`; false when it is time to end."""
        while True:
            try:
                order = self._inbox.get(wait=wait)
            except queue.Empty:
                return True
            if order is None:
                return False
            if order[0]["op"] == "stop":
                self._engine.checkpoint_all()
                return False
            self._obey(*order)
            wait = False

    def _obey(self, header: dict[str, Any], body: bytes) -> None:
        match header["op"]:
            case "run":
                self._rescan()
                self._take_job(header, body)
            case "cancel":
                self._engine.cancel(header["job"])
            case "abandon":
                self._engine.fail(header["job"], from_json(header["error"]))
            case "preview":
                self._engine.request_preview(header["job"], header["image_index"])
            case "fetch" | "inspect" | "add_model" if hub.is_meant(Path(header["path"])):
                self._downloads.begin(header)
            case "fetch" | "inspect" | "add_model":
                self._look(header, None)
            case "downloaded":
                self._look(header["order"], header["outcome"])
            case "drop":
                self._downloads.drop(header["request"])
            case "rescan" if "request" in header:
                self._answer(header, lambda: self._rescan(thoroughly=True))
            case "rescan":
                self._rescan()
            case "wake":
                pass
            case "remove_model":
                self._answer(header, lambda: self._models.remove(header["id"]), changes=True)
            case unknown:
                print(f"worker: no order {unknown!r}", file=sys.stderr)

    def _take_job(self, header: dict[str, Any], body: bytes) -> None:
        job_id, recipe = header["job"], Recipe.from_json(header["recipe"])
        assets, checkpoint = _parted(header["assets"], body)
        self._reporter.expect(job_id, recipe, as_pixels=header.get("pixels", False))
        try:
            self._engine.submit(job_id, recipe, priority=header["priority"], assets=assets, checkpoint=checkpoint)
        except SfumatoError as error:
            self._reporter(Ended(job_id=job_id, outcome="failed", elapsed_s=0.0, error=error))

    def _rescan(self, *, thoroughly: bool = False) -> None:
        """Use what plugins have become since the last look, and tell the front."""
        if self._look_for_plugins(thoroughly):
            self._reporter.post({"op": "catalogue", "catalogue": self._catalogue().to_json()})

    def _downloaded(self, order: dict[str, Any], outcome: Snapshot | Exception) -> None:
        """On the thread of the downloads: the models are the engine thread's."""
        self._inbox.put(({"op": "downloaded", "order": order, "outcome": outcome}, b""))

    def _look(self, header: dict[str, Any], outcome: Snapshot | Exception | None) -> None:
        """Do with a source what the order wants, once nothing has to be downloaded for it any more."""
        path = Path(header["path"])

        def look() -> ModelCard | None:
            if isinstance(outcome, Exception):
                raise outcome
            match header["op"]:
                case "add_model":
                    return self._models.add(path, header["id"], outcome)
                case "inspect":
                    return self._models.inspect(path, outcome)
            return None

        self._answer(header, look, changes=header["op"] == "add_model")

    def _answer(self, header: dict[str, Any], ask: Callable[[], ModelCard | None], *, changes: bool = False) -> None:
        answer: dict[str, Any] = {"op": "answer", "request": header["request"]}
        try:
            card = ask()
        except Exception as error:  # a model that a family's plugin trips over must not cost running jobs
            self._reporter.post(answer | {"error": _told(error).to_json()})
            return
        if changes:
            self._reporter.post({"op": "catalogue", "catalogue": self._catalogue().to_json()})
        self._reporter.post(answer | {"model": card.to_json() if card else {}})


def _parted(rows: list[dict[str, Any]], body: bytes) -> tuple[dict[str, bytes], bytes]:
    """The assets by sha256, and the checkpoint that follows them."""
    assets, start = {}, 0
    for row in rows:
        assets[row["sha256"]] = body[start : start + row["size"]]
        start += row["size"]
    return assets, body[start:]


def _told(error: Exception) -> SfumatoError:
    if isinstance(error, SfumatoError):
        return error
    traceback.print_exception(error)
    return SfumatoError(f"{type(error).__name__}: {error}")
