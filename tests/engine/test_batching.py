"""Joining trajectories: only where it was measured to pay, and never so that one recipe gives other bytes alone."""

from __future__ import annotations

import json
import os
from dataclasses import replace

import pytest
import torch

from sfumato.engine.batching import BatchProfile, key_of
from sfumato.engine.engine import Engine
from sfumato.engine.events import Checkpointed, Ended, ImageReady
from sfumato.engine.families.stable_diffusion import StableDiffusion
from sfumato.errors import OutOfMemory, PluginError
from sfumato.recipe import Selection
from sfumato.testing.workshop import Shelf
from tests.engine.gaussian import Fixed, Studio, recipe, registry


class Clock:
    """A clock that stands still but for the evaluations of a studio, each of which takes `seconds(rows)`."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s

    def drive(self, studio: Studio, seconds) -> None:
        def before(calls):
            self.now_s += seconds(len(calls))

        studio.family.before_evaluate = before


def idle_device(rows: int) -> float:
    """Four images (eight rows) take as long as one; more take their time."""
    return max(rows, 8) / 8


def busy_device(rows: int) -> float:
    return rows / 2


def measured(seconds, path=None) -> Studio:
    """A studio with a profile on a device of these timings."""
    clock = Clock()
    studio = Studio(profile=BatchProfile(path, clock=clock))
    clock.drive(studio, seconds)
    return studio


def rows_of(studio: Studio) -> list[int]:
    return [len(calls) for calls in studio.family.called]


def work(studio: Studio) -> None:
    while studio.engine.turn():
        pass


def test_without_a_profile_nothing_is_joined():
    studio = Studio()
    studio.engine.submit("one", recipe(count=3))
    studio.engine.submit("two", recipe())
    work(studio)

    assert set(rows_of(studio)) == {2}


def test_images_are_joined_as_far_as_it_pays():
    studio = measured(idle_device)
    studio.run(recipe(count=6, steps=3))

    # Two calls of each width measure: 1, 2, 4, and 8, which is no faster than 4. Then four images, then two.
    assert rows_of(studio) == [2, 2, 4, 4, 8, 8, 16, 16] + [8] * 3 + [4] * 3


def test_nothing_is_joined_where_one_image_fills_the_device():
    studio = measured(busy_device)
    studio.run(recipe(count=3, steps=3))

    assert rows_of(studio) == [2, 2, 4, 4] + [2] * 9


def test_a_job_with_one_image_is_never_measured():
    studio = measured(idle_device)
    studio.run(recipe(steps=3))

    assert rows_of(studio) == [2, 2, 2]


def test_a_width_is_measured_once_for_a_model_and_shape():
    studio = measured(idle_device)
    studio.run(recipe(count=2, steps=3))
    studio.family.called.clear()
    studio.run(recipe(count=2, steps=3, seed=99))
    assert rows_of(studio) == [4, 4, 4]

    studio.run(recipe(count=2, steps=3, width_px=128))
    assert rows_of(studio)[3:5] == [2, 2]


def test_jobs_of_strangers_share_calls_within_a_priority():
    studio = measured(idle_device)
    for name in ("one", "two", "three"):
        studio.engine.submit(name, recipe(prompt=name, steps=6))
    work(studio)

    # The width is measured with the first, the others are prepared, and then all three go together.
    assert rows_of(studio) == [2, 2, 4, 4, 8, 8, 16, 16] + [6] * 6
    assert [event.outcome for event in studio.told if isinstance(event, Ended)] == ["succeeded"] * 3


def test_a_more_urgent_job_is_not_slowed_by_company():
    studio = measured(idle_device)
    studio.run(recipe(count=2))
    studio.engine.submit("batch", recipe(count=4, steps=30))
    for _ in range(5):
        studio.engine.turn()
    studio.family.called.clear()
    studio.engine.submit("interactive", recipe(steps=5), priority=1)
    while not any(isinstance(event, ImageReady) for event in studio.of("interactive")):
        studio.engine.turn()

    assert rows_of(studio) == [2] * 5


def test_other_shapes_and_other_tilings_are_not_joined():
    studio = measured(idle_device)
    studio.engine.submit("wide", recipe(width_px=128))
    studio.engine.submit("tiled", recipe(tile="x"))
    studio.engine.submit("plain", recipe())
    work(studio)

    assert set(rows_of(studio)) == {2}


def test_a_job_of_another_model_is_not_loaded_while_one_runs():
    studio = measured(idle_device)
    studio.engine.submit("plain", recipe())
    studio.engine.submit("other", recipe(model="missing"))
    while not studio.of("other"):
        studio.engine.turn()

    assert studio.of("plain")[-1].outcome == "succeeded"


def test_different_steps_samplers_and_guidance_may_be_joined():
    plain = recipe(steps=6)
    others = [
        replace(plain, seed=1, steps=9),
        replace(plain, sampler=Selection(id="sfumato.dpmpp-2m-sde")),
        replace(plain, guider=Selection(id="sfumato.cfg", params={"scale": 2.0})),
    ]
    studio = measured(idle_device)
    studio.pictures(recipe(count=2))
    for index, job in enumerate([plain, *others]):
        studio.engine.submit(f"together-{index}", job)
    studio.family.called.clear()
    work(studio)
    together = [[e.pixels for e in studio.of(f"together-{i}") if isinstance(e, ImageReady)] for i in range(4)]

    assert max(rows_of(studio)) == 8
    assert together == [Studio().pictures(job) for job in [plain, *others]]


def test_the_profile_is_kept_on_disk_so_that_the_next_start_joins_alike(tmp_path):
    path = tmp_path / "batching.json"
    measured(idle_device, path).run(recipe(count=4, steps=3))
    widths = json.loads(path.read_text())
    later = measured(busy_device, path)
    later.run(recipe(count=4, steps=3))

    assert list(widths.values()) == [4]
    assert "gaussian" in next(iter(widths))
    assert rows_of(later) == [8] * 3
    assert os.listdir(tmp_path) == ["batching.json"]


def test_a_damaged_profile_is_measured_again(tmp_path):
    path = tmp_path / "batching.json"
    path.write_text("{")
    studio = measured(busy_device, path)
    studio.run(recipe(count=2, steps=1))

    assert list(json.loads(path.read_text()).values()) == [1]


def test_a_width_that_does_not_fit_into_memory_is_not_used():
    def crowded(rows):
        if rows > 4:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return 1.0

    studio = measured(crowded)

    assert len(studio.pictures(recipe(count=4, steps=2))) == 4
    assert max(rows_of(studio)[6:]) == 4


def test_of_joined_jobs_only_the_one_at_fault_fails():
    studio = measured(idle_device)
    studio.pictures(recipe(count=2))

    def poison(calls):
        if any(call.prompt == len("poisoned") / 1000 for call in calls):
            raise RuntimeError("bad prompt")

    studio.family.before_evaluate = poison
    for prompt in ("first", "poisoned", "third"):
        studio.engine.submit(prompt, recipe(prompt=prompt))
    work(studio)

    assert [studio.of(name)[-1].outcome for name in ("first", "poisoned", "third")] == [
        "succeeded", "failed", "succeeded",
    ]  # fmt: skip
    assert isinstance(studio.of("poisoned")[-1].error, PluginError)


def test_memory_that_is_short_for_several_is_enough_for_one_after_the_other():
    studio = measured(idle_device)
    studio.pictures(recipe(count=2))

    def crowded(calls):
        if len(calls) > 2:
            raise torch.OutOfMemoryError("CUDA out of memory")

    studio.family.before_evaluate = crowded
    for name in ("one", "two"):
        studio.engine.submit(name, recipe())
    work(studio)
    assert [event.outcome for event in studio.told if isinstance(event, Ended)][1:] == ["succeeded"] * 2

    assert isinstance(studio.run(recipe(count=2))[-1].error, OutOfMemory)


def test_a_joined_job_that_was_killed_goes_on_to_the_same_bytes():
    plain = recipe(sampler="sfumato.dpmpp-2m-sde", guider="sfumato.apg", count=4, steps=4)
    whole = Studio(checkpoint_every_s=0, profile=Fixed(4))
    events = whole.run(plain)
    expected = [event.pixels for event in events if isinstance(event, ImageReady)]
    saved = {event.data for event in events if isinstance(event, Checkpointed)}

    assert len(expected) == 4
    for data in saved:
        resumed = Studio(profile=Fixed(4))
        assert resumed.pictures(plain, checkpoint=data) == expected
        assert set(rows_of(resumed)) <= {8}


def test_the_key_names_what_a_width_depends_on():
    studio = Studio()
    studio.run(recipe(steps=1))
    key = key_of(studio.family, studio.family.called[0])

    assert all(part in key for part in ("cpu", torch.__version__, "gaussian", "(1, 4, 8, 8)"))
    assert "0x" not in key


@pytest.mark.parametrize("count", [2, 5])
def test_with_a_real_network_company_changes_a_picture_by_no_more_than_rounding(tiny_sd, count):
    """The stated tolerance is 1e-4 of latents of unit deviation, in fp32."""
    alone, together = tiny_latents(tiny_sd, None, count), tiny_latents(tiny_sd, Fixed(count), count)

    assert len(alone) == len(together) == count
    for one, other in zip(alone, together, strict=True):
        assert (one - other).abs().max().item() < 1e-4


def tiny_latents(folder, profile, count):
    """The latents of `count` images of a tiny Stable Diffusion."""
    card = replace(StableDiffusion.describe(folder), id="gaussian")
    family = StableDiffusion.load(folder, card, device="cpu", dtype="float32")
    kept, decode = [], family.decode_latents
    family.decode_latents = lambda latents, tile: (kept.append(latents), decode(latents, tile))[1]
    found = registry()
    if StableDiffusion.id not in {card.id for card in found.cards()}:
        intake = found.intake(found.plugins()[0])
        intake.registrar("family")(StableDiffusion)
        intake.accept()
    engine = Engine(registry=found, models=Shelf(family), listener=lambda event: None, profile=profile)
    engine.generate(recipe(count=count, steps=4))
    return kept
