"""`python -m sfumato.worker` with its engine and plugins, driven by frames; a tiny model computes."""

import os
import subprocess
import sys
from dataclasses import replace

import pytest

from sfumato import frames
from sfumato.catalogue import Catalogue
from sfumato.engine.families.stable_diffusion import StableDiffusion
from sfumato.images import recipe_of, size_of, texts_of
from sfumato.recipe import Recipe, Selection
from sfumato.testing.tiny_models import tiny_folder

RECIPE = Recipe(
    model="tiny",
    prompt="red brick",
    width_px=64,
    height_px=64,
    seed=3,
    steps=40,
    sampler=Selection(id="sfumato.dpmpp-2m-sde"),
    schedule=Selection(id="sfumato.karras"),
    guider=Selection(id="sfumato.cfg"),
)


class RealWorker:
    """A worker process; its end is awaited when the block is left."""

    def __init__(self, data_dir):
        environment = os.environ | {"SFUMATO_DATA_DIR": str(data_dir), "SFUMATO_PLUGINS": "", "OMP_NUM_THREADS": "1"}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "sfumato.worker"],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def __enter__(self):
        self.ready = self.receive_until("ready")[-1][0]
        return self

    def __exit__(self, *exception):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(timeout=300)

    def send(self, header, body=b""):
        self.process.stdin.write(frames.encode(header, body))
        self.process.stdin.flush()

    def run(self, job, recipe, checkpoint=b""):
        order = {"op": "run", "job": job, "recipe": recipe.to_json(), "priority": 0, "assets": []}
        self.send(order | {"checkpoint": len(checkpoint)}, checkpoint)

    def receive_until(self, op):
        received = []
        while not received or received[-1][0]["op"] != op:
            frame = frames.read(self.process.stdout)
            assert frame, f"the worker ended after {[header['op'] for header, _ in received]}"
            received.append(frame)
        return received


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory):
    """A data folder whose model store knows the model `tiny`."""
    from sfumato.engine.model_store import ModelStore

    folder = tmp_path_factory.mktemp("data")
    store = ModelStore(folder, built_in={}, families=[StableDiffusion])
    store.add(tiny_folder(folder / "tiny-sd"), id="tiny")
    return folder


@pytest.fixture(scope="module")
def worker(data_dir):
    with RealWorker(data_dir) as worker:
        yield worker
        # It is left in the middle of a job: the front's end must be its end even then.
        worker.run("left behind", RECIPE)
        worker.receive_until("step")
    assert worker.process.returncode == 0


def picture_of(received):
    (png,) = [body for header, body in received if header["op"] == "image"]
    return png


def test_a_ready_worker_tells_its_device_models_families_and_plugins(worker):
    catalogue = Catalogue.from_json(worker.ready["catalogue"])

    assert worker.ready["device"].startswith("CPU (")
    assert worker.ready["device"].endswith("1 thread)")
    assert [card.id for card in catalogue.models if card.id == "tiny"] == ["tiny"]
    assert [card.id for card in catalogue.of_kind("family")] == ["sfumato.stable-diffusion"]
    assert ("sfumato", "") in [(plugin.name, plugin.error) for plugin in catalogue.plugins]


def test_a_job_becomes_a_picture_that_knows_its_recipe(worker):
    worker.run("a", RECIPE)
    received = worker.receive_until("ended")

    assert received[-1][0]["outcome"] == "succeeded", received[-1]
    png = picture_of(received)
    assert size_of(png) == (64, 64)
    assert Recipe.from_json(recipe_of(png)["recipe"]) == RECIPE
    assert "Sampler: DPM++ 2M SDE, Schedule type: Karras, CFG scale: 7.5" in texts_of(png)["parameters"]


def test_a_stopped_job_goes_on_in_another_worker_to_the_same_bytes(worker, data_dir):
    long = replace(RECIPE, steps=100)
    with RealWorker(data_dir) as first:
        first.run("a", long)
        first.receive_until("step")
        first.send({"op": "stop"})
        checkpoint = first.receive_until("checkpoint")[-1][1]
    assert first.process.returncode == 0

    worker.run("resumed", long, checkpoint)
    resumed = worker.receive_until("ended")
    worker.run("undisturbed", long)
    undisturbed = worker.receive_until("ended")

    started = [header["step_index"] for header, _ in resumed if header["op"] == "started"]
    assert len(started) == 1
    assert 0 < started[0] < long.steps
    assert picture_of(resumed) == picture_of(undisturbed)


def test_a_recipe_that_the_engine_cannot_run_fails_alone(worker):
    broken = Recipe.from_json(RECIPE.to_json() | {"sampler": {"id": "acme.gone"}})
    worker.run("broken", broken)
    failed = worker.receive_until("ended")[-1][0]
    worker.run("sound", RECIPE)

    assert failed["outcome"] == "failed"
    assert "acme.gone" in failed["error"]["message"]
    assert worker.receive_until("ended")[-1][0]["outcome"] == "succeeded"
