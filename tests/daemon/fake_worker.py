"""A worker without an engine: it speaks the real protocol and does what the words of a prompt say.

    slow@0.01     a step takes so many seconds
    hold@3 until@noon   the job stays before step 3 until the house lets `noon` go; orders are obeyed meanwhile
    crash@3       the process dies before step 3, every time
    once@3        the process dies before step 3, the first time only
    nap@3         the worker falls silent before step 3, the first time only
    hang@3        as nap, every time
    fail@3        the job fails before step 3
    short@1       success is reported without the last image

A checkpoint follows every step. What it was told and did goes line by line into $FAKE_WORKER_DIARY.
"""

import json
import os
import queue
import sys
import threading
import time
from pathlib import Path

from sfumato import frames
from sfumato.catalogue import Catalogue, ContributionCard, ModelCard, PluginCard
from sfumato.errors import NotFound, SfumatoError
from sfumato.images import Pixels, encode_png
from sfumato.parameters import ParameterSpec
from sfumato.recipe import Recipe

DIARY = os.environ.get("FAKE_WORKER_DIARY")
LONGEST_HOLD_S = 300
SCALE = ParameterSpec(id="scale", kind="float", default=7.0, minimum=0.0, maximum=50.0)
CONTROL = ParameterSpec(id="control", kind="image", default="")


def card(kind, name, *parameters):
    return ContributionCard(
        id=name, kind=kind, label=name, description="", plugin="fake", plugin_version="1",
        capability=f"sfumato.{kind}/1", parameters=parameters,
    )  # fmt: skip


def model(name):
    return ModelCard(
        id=name, title=name, family="sfumato.fake", architecture="fake", prediction_type="epsilon",
        native_size_px=64, default_steps=4,
    )  # fmt: skip


def catalogue(models):
    contributions = (
        card("sampler", "sfumato.dpmpp-2m"),
        card("sampler", "sfumato.euler"),
        card("schedule", "sfumato.model-default"),
        card("guider", "sfumato.cfg", SCALE, CONTROL),
    )
    cards = tuple(model(name) for name in models)
    return Catalogue(models=cards, contributions=contributions, plugins=(PluginCard(name="fake", version="1"),))


def note(**what):
    if DIARY:
        with open(DIARY, "a") as diary:
            diary.write(json.dumps({"pid": os.getpid(), **what}) + "\n")


class FakeJob:
    def __init__(self, header, body):
        self.id = header["job"]
        self.recipe = Recipe.from_json(header["recipe"])
        self.priority = header["priority"]
        self.pixels = header["pixels"]
        self.begun_s = time.perf_counter()
        self.image, self.step = json.loads(body[len(body) - header["checkpoint"] :] or b"[0, 0]")
        self.words = dict(word.partition("@")[::2] for word in self.recipe.prompt.split())

    def due(self, word):
        return word in self.words and int(self.words[word]) == self.step

    def data(self):
        shade = bytes([(self.recipe.seed + self.image) % 251])
        return shade * (3 * self.recipe.width_px * self.recipe.height_px)

    def png(self):
        pixels = Pixels(width_px=self.recipe.width_px, height_px=self.recipe.height_px, data=self.data())
        return encode_png(pixels, {"seed": str(self.recipe.seed + self.image)}, compress_level=0)


class FakeWorker:
    def __init__(self):
        self.orders = queue.SimpleQueue()
        self.jobs = {}
        self.models = ["ground"]
        self.out = os.fdopen(os.dup(1), "wb")
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        try:
            with os.fdopen(os.dup(0), "rb") as stream:
                while frame := frames.read(stream):
                    self.orders.put(frame)
            note(event="front gone")
        finally:  # a front that was killed may have cut its last frame
            os._exit(1)

    def say(self, op, body=b"", **header):
        self.out.write(frames.encode({"op": op, **header}, body))
        self.out.flush()

    def serve(self):
        print("fake worker: hello", file=sys.stderr, flush=True)
        self.say("ready", device="fake", catalogue=catalogue(self.models).to_json())
        while self.obey():
            if self.jobs:
                self.work(max(self.jobs.values(), key=lambda job: job.priority))

    def obey(self):
        while not self.orders.empty() or not self.jobs:
            header, body = self.orders.get()
            if header["op"] == "stop":
                note(event="stop")
                for job in self.jobs.values():
                    self.checkpoint(job)
                return False
            getattr(self, header["op"])(header, body)
        return True

    def run(self, header, body):
        job = FakeJob(header, body)
        note(
            event="run",
            job=job.id,
            prompt=job.recipe.prompt,
            image=job.image,
            step=job.step,
            assets=[row["sha256"] for row in header["assets"]],
        )
        self.jobs[job.id] = job
        self.say("started", job=job.id, step_index=job.step)
        self.say("stage", job=job.id, stage="denoise")

    def cancel(self, header, body):
        if job := self.jobs.pop(header["job"], None):
            self.end(job, "cancelled")

    def preview(self, header, body):
        job = self.jobs.get(header["job"])
        size = (4, 4) if job else (0, 0)
        about = {"job": header["job"], "image_index": header["image_index"]}
        self.say("preview", bytes(3 * size[0] * size[1]), width_px=size[0], height_px=size[1], **about)

    def fetch(self, header, body):
        """Downloads `a/b` in three pieces; `acme/gone` is on no hub, and `acme/slow` never comes whole."""
        for done in range(4):
            self.say("progress", request=header["request"], done=done, total=3)
        if header["path"] == "acme/gone":
            self.say("answer", request=header["request"], error=NotFound("acme/gone is not on the hub").to_json())
        elif header["path"] != "acme/slow":
            self.say("answer", request=header["request"], model={})

    def drop(self, header, body):
        note(event="drop", request=header["request"])

    def rescan(self, header, body):
        note(event="rescan")
        self.say("answer", request=header["request"], model={})

    def inspect(self, header, body):
        self.say("answer", request=header["request"], model=model(Path(header["path"]).name).to_json())

    def add_model(self, header, body):
        if not Path(header["path"]).exists():
            error = NotFound(f"no file {header['path']}")
            self.say("answer", request=header["request"], error=error.to_json())
            return
        self.models.append(header["id"])
        self.say("catalogue", catalogue=catalogue(self.models).to_json())
        self.say("answer", request=header["request"], model=model(header["id"]).to_json())

    def remove_model(self, header, body):
        self.models.remove(header["id"])
        self.say("catalogue", catalogue=catalogue(self.models).to_json())
        self.say("answer", request=header["request"], model={})

    def work(self, job):
        if job.due("hold") and self.is_held(job):
            time.sleep(0.002)
            return
        if job.due("crash") or (job.due("once") and self.first_time(job)):
            print("fake worker: going down", file=sys.stderr, flush=True)
            os._exit(9)
        if job.due("hang") or (job.due("nap") and self.first_time(job)):
            time.sleep(3600)
        if job.due("fail"):
            del self.jobs[job.id]
            self.end(job, "failed", SfumatoError("it did not work"))
            return
        time.sleep(float(job.words.get("slow", 0)))
        job.step += 1
        about = {"job": job.id, "image_index": job.image, "step_index": job.step, "step_count": job.recipe.steps}
        self.say("step", bytes(12), sigma=1.0 / job.step, width_px=2, height_px=2, **about)
        if job.step == job.recipe.steps:
            self.finish_image(job)
        else:
            self.checkpoint(job)

    def finish_image(self, job):
        last = job.image + 1 == job.recipe.count
        if not (last and job.words.get("short")):
            about = {"job": job.id, "image_index": job.image, "seed": job.recipe.seed + job.image, "layer": ""}
            size = {"width_px": job.recipe.width_px, "height_px": job.recipe.height_px}
            if job.pixels:
                self.say("image", job.data(), layer_index=0, mode="RGB", **size, **about)
            else:
                self.say("image", job.png(), layer_index=0, **size, **about)
        job.image, job.step = job.image + 1, 0
        if last:
            del self.jobs[job.id]
            self.end(job, "succeeded")
        else:
            self.checkpoint(job)

    def checkpoint(self, job):
        self.say("checkpoint", json.dumps([job.image, job.step]).encode(), job=job.id)

    def end(self, job, outcome, error=None):
        note(event="ended", job=job.id, outcome=outcome)
        elapsed_s = time.perf_counter() - job.begun_s
        self.say("ended", job=job.id, outcome=outcome, elapsed_s=elapsed_s, error=error.to_json() if error else None)

    def is_held(self, job):
        """Not for ever: a test that fails and cancels nothing must not hold those that follow."""
        let_go = Path(f"{DIARY}.{job.words['until']}").exists()
        return not let_go and time.perf_counter() - job.begun_s < LONGEST_HOLD_S

    def first_time(self, job):
        marker = Path(f"{DIARY}.{job.id}")
        if marker.exists():
            return False
        marker.touch()
        return True


if __name__ == "__main__":
    FakeWorker().serve()
