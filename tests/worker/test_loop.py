"""The worker's loop against a front at the other end of real pipes; the engine is a small fake behind its interface."""

import json
import queue
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from sfumato.catalogue import Catalogue, ModelCard
from sfumato.engine.events import Checkpointed, Ended, ImageReady, PreviewReady, Started, Stepped
from sfumato.engine.hub import Snapshot
from sfumato.errors import NotFound, OutOfMemory, WeightsRefused
from sfumato.images import Pixels, decode, recipe_of
from sfumato.recipe import Recipe, Selection
from sfumato.worker.loop import Worker
from sfumato.worker.pipe import Inbox
from sfumato.worker.reporter import Reporter
from tests.worker.front import Front

PATIENCE_S = 300.0
RECIPE = Recipe(
    model="ground", prompt="moss", width_px=64, height_px=64, count=2, seed=7, steps=3,
    sampler=Selection(id="sfumato.euler"), schedule=Selection(id="sfumato.karras"), guider=Selection(id="sfumato.cfg"),
)  # fmt: skip
GREY = Pixels(width_px=2, height_px=1, data=bytes(6))
CARD = ModelCard(
    id="tiny", title="Tiny", family="sfumato.sd", architecture="sd1", prediction_type="epsilon", native_size_px=64
)


class CountingEngine:
    """Every job takes three turns, one step each, and gives one picture for each of its seeds."""

    def __init__(self, listener):
        self.tell = listener
        self.jobs: dict[str, tuple[Recipe, int]] = {}
        self.taken: list[dict] = []

    def submit(self, job_id, recipe, *, priority=0, assets, checkpoint=b""):
        if recipe.prompt == "too large":
            raise OutOfMemory("64 GiB wanted, 8 GiB free")
        self.taken.append({"priority": priority, "assets": dict(assets), "checkpoint": checkpoint})
        self.jobs[job_id] = recipe, 0
        self.tell(Started(job_id=job_id))

    def cancel(self, job_id):
        del self.jobs[job_id]
        self.tell(Ended(job_id=job_id, outcome="cancelled", elapsed_s=0.5))

    def request_preview(self, job_id, image_index):
        self.tell(PreviewReady(job_id=job_id, image_index=image_index, pixels=None))

    def turn(self):
        for job_id, (recipe, step) in list(self.jobs.items()):
            self.jobs[job_id] = recipe, step + 1
            self.tell(Stepped(job_id=job_id, image_index=0, step_index=step + 1, step_count=3, sigma=1.0, preview=GREY))
            if step == 2 and recipe.prompt != "endless":
                self._finish(job_id, recipe)
        return bool(self.jobs)

    def checkpoint_all(self):
        for job_id in self.jobs:
            self.tell(Checkpointed(job_id=job_id, data=b"latents"))

    def _finish(self, job_id, recipe):
        for index in range(recipe.count):
            self.tell(ImageReady(job_id=job_id, image_index=index, seed=recipe.seed + index, pixels=GREY))
        del self.jobs[job_id]
        self.tell(Ended(job_id=job_id, outcome="succeeded", elapsed_s=1.5))


class ListedModels:
    """Knows what was added; a file called `pickle` is refused, one called `bug` trips its family."""

    def __init__(self):
        self.added: list[ModelCard] = []

    def inspect(self, path, snapshot=None):
        if snapshot:
            return replace(CARD, source=str(snapshot.path))
        if path.name == "pickle":
            raise WeightsRefused(f"{path} is a pickle")
        if path.name == "bug":
            raise ZeroDivisionError("a family's bug")
        return CARD

    def add(self, path, id="", snapshot=None):
        self.added.append(self.inspect(path, snapshot))
        return self.added[-1]

    def remove(self, id):
        self.added.clear()


class HeldHub:
    """Tells of a download and holds it until it is let go; knows nothing called `acme/gone`."""

    def __init__(self):
        self.let_go = threading.Event()
        self.ended: queue.SimpleQueue[str] = queue.SimpleQueue()

    def fetch(self, name, *, told):
        told(1, 2)
        assert self.let_go.wait(PATIENCE_S)
        try:
            if name == "acme/gone":
                raise NotFound("acme/gone is not on the hub")
            told(2, 2)
            return Snapshot(path=Path("/cache/tiny"), revision="0123abc")
        finally:
            self.ended.put(name)


@pytest.fixture
def front():
    """The front of a worker that runs on a thread of its own; the worker has ended when the test has."""
    front = Front()
    models = ListedModels()
    reporter = Reporter(front.reports, lambda recipe: {"sfumato": json.dumps({"recipe": recipe.to_json()})})
    engine = front.engine = CountingEngine(reporter)
    held = front.hub = HeldHub()
    worker = Worker(
        engine=engine,
        models=models,
        catalogue=lambda: Catalogue(models=tuple(models.added)),
        inbox=Inbox(front.orders, grace_s=PATIENCE_S),  # when it is over, this whole process ends
        reporter=reporter,
        fetch=held.fetch,
    )
    thread = threading.Thread(target=worker.run, args=("a test",))
    thread.start()
    yield front
    held.let_go.set()
    front.leave()
    thread.join()
    front.close()


def run_order(job="a", **changes):
    recipe = RECIPE.to_json() | changes.pop("recipe", {})
    return {"op": "run", "job": job, "recipe": recipe, "priority": 0, "assets": [], "checkpoint": 0} | changes


def ops(received):
    return [header["op"] for header, _ in received]


def test_ready_is_the_first_frame_and_carries_the_catalogue(front):
    header, _ = front.receive()

    assert header == {"op": "ready", "device": "a test", "catalogue": Catalogue().to_json()}


def test_a_job_is_told_from_its_start_to_its_end(front):
    front.send(run_order())

    received = front.receive_until("ended")
    assert ops(received) == ["ready", "started", "step", "step", "step", "image", "image", "ended"]
    step, preview = received[2]
    assert (step["job"], step["step_index"], step["step_count"], step["sigma"]) == ("a", 1, 3, 1.0)
    assert (step["width_px"], step["height_px"], preview) == (2, 1, GREY.data)
    assert received[-1][0] == {"op": "ended", "job": "a", "outcome": "succeeded", "elapsed_s": 1.5, "error": None}


def test_a_picture_carries_the_recipe_of_itself_alone(front):
    front.send(run_order())

    pictures = [frame for frame in front.receive_until("ended") if frame[0]["op"] == "image"]
    assert [header["seed"] for header, _ in pictures] == [7, 8]
    own = [RECIPE.to_json() | {"count": 1, "seed": seed} for seed in (7, 8)]
    assert [recipe_of(png)["recipe"] for _, png in pictures] == own
    assert decode(pictures[0][1]) == GREY


def test_assets_and_checkpoint_reach_the_engine_apart(front):
    assets = [{"sha256": "a" * 64, "size": 3}, {"sha256": "b" * 64, "size": 2}]
    front.send(run_order(assets=assets, checkpoint=4, priority=10), b"aaabbcccc")

    front.receive_until("ended")
    expected = {"priority": 10, "assets": {"a" * 64: b"aaa", "b" * 64: b"bb"}, "checkpoint": b"cccc"}
    assert front.engine.taken == [expected]


def test_cancel_is_obeyed_while_the_engine_is_busy(front):
    front.send(run_order(recipe={"prompt": "endless"}))
    front.receive_until("step")
    front.send({"op": "cancel", "job": "a"})

    assert front.receive_until("ended")[-1][0]["outcome"] == "cancelled"


def test_a_preview_of_nothing_has_no_body(front):
    front.send({"op": "preview", "job": "gone", "image_index": 1})

    header, body = front.receive_until("preview")[-1]
    assert (header["image_index"], header["width_px"], header["height_px"], body) == (1, 0, 0, b"")


def test_a_job_that_the_engine_refuses_ends_as_failed(front):
    front.send(run_order(recipe={"prompt": "too large"}))

    ended, _ = front.receive_until("ended")[-1]
    assert ended["outcome"] == "failed"
    assert ended["error"]["reason"] == "OUT_OF_MEMORY"


def test_stop_writes_running_jobs_down_and_ends(front):
    front.send(run_order(recipe={"prompt": "endless"}))
    front.receive_until("step")
    front.send({"op": "stop"})

    assert front.receive_until("checkpoint")[-1] == ({"op": "checkpoint", "job": "a"}, b"latents")


def test_adding_a_model_tells_the_new_catalogue_before_it_answers(front):
    front.send({"op": "add_model", "request": 5, "path": "/models/tiny", "id": ""})

    received = front.receive_until("answer")
    assert ops(received) == ["ready", "catalogue", "answer"]
    assert received[1][0]["catalogue"]["models"] == [CARD.to_json()]
    assert received[2][0] == {"op": "answer", "request": 5, "model": CARD.to_json()}


def test_a_job_goes_on_while_a_model_is_downloaded(front):
    front.send({"op": "add_model", "request": 5, "path": "acme/tiny", "id": ""})
    assert front.receive_until("progress")[-1][0] == {"op": "progress", "request": 5, "done": 1, "total": 2}
    front.send(run_order())
    assert front.receive_until("ended")[-1][0]["outcome"] == "succeeded"
    front.hub.let_go.set()

    received = front.receive_until("answer")
    assert ops(received) == ["progress", "catalogue", "answer"]
    assert received[-1][0]["model"]["source"] == "/cache/tiny"


def test_fetching_adds_nothing(front):
    front.hub.let_go.set()
    front.send({"op": "fetch", "request": 5, "path": "acme/tiny"})
    front.send({"op": "fetch", "request": 6, "path": "/models/tiny"})

    answers = [front.receive_until("answer")[-1][0] for _ in range(2)]
    assert {answer["request"]: answer["model"] for answer in answers} == {5: {}, 6: {}}


def test_a_download_that_was_dropped_ends_and_is_not_answered(front):
    front.send({"op": "fetch", "request": 5, "path": "acme/tiny"})
    front.receive_until("progress")
    front.send({"op": "drop", "request": 5})
    front.send({"op": "inspect", "request": 6, "path": "/models/tiny"})
    assert front.receive_until("answer")[-1][0]["request"] == 6
    front.hub.let_go.set()
    assert front.hub.ended.get(timeout=PATIENCE_S) == "acme/tiny"

    front.send({"op": "fetch", "request": 7, "path": "acme/tiny"})
    assert [header["request"] for header, _ in front.receive_until("answer")] == [7, 7, 7]


def test_a_download_that_fails_is_answered_with_its_error(front):
    front.hub.let_go.set()
    front.send({"op": "add_model", "request": 5, "path": "acme/gone", "id": ""})

    assert front.receive_until("answer")[-1][0]["error"]["reason"] == "NOT_FOUND"


def test_removing_a_model_answers_with_nothing(front):
    front.send({"op": "remove_model", "request": 6, "id": "tiny"})

    assert front.receive_until("answer")[-1][0] == {"op": "answer", "request": 6, "model": {}}


def test_a_refused_weight_file_is_answered_with_its_error(front):
    front.send({"op": "inspect", "request": 1, "path": "/models/pickle"})

    error = front.receive_until("answer")[-1][0]["error"]
    assert error == WeightsRefused("/models/pickle is a pickle").to_json()


def test_a_family_that_raises_costs_an_answer_and_not_the_worker(front, capfd):
    front.send({"op": "inspect", "request": 1, "path": "/models/bug"})
    error = front.receive_until("answer")[-1][0]["error"]
    front.send({"op": "inspect", "request": 2, "path": "/models/tiny"})

    assert error["message"] == "ZeroDivisionError: a family's bug"
    assert front.receive_until("answer")[-1][0]["model"] == CARD.to_json()
    assert "ZeroDivisionError" in capfd.readouterr().err


def test_an_order_from_a_newer_front_is_passed_over(front, capfd):
    front.send({"op": "sing"})
    front.send(run_order())

    assert front.receive_until("ended")[-1][0]["outcome"] == "succeeded"
    assert "no order 'sing'" in capfd.readouterr().err


def test_the_worker_ends_with_its_front_even_when_busy(front):
    front.send(run_order(recipe={"prompt": "endless"}))
    front.receive_until("step")
    front.leave()  # the fixture then waits for the worker's end
