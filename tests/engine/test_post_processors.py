"""Post-processors: images in, layers out, on a thread of their own, with further generations from the engine."""

from __future__ import annotations

import threading

import numpy as np
import pytest
import torch

import sfumato.plugin as sf
from sfumato.engine.events import Ended, ImageReady, Progressed, StageEntered, Stepped
from sfumato.errors import OutOfMemory, PluginError
from sfumato.recipe import Selection
from tests.engine.gaussian import Studio, recipe
from tests.engine.test_inpaint import PICTURE, array_of, png


def then(*ids, **params):
    return {"post_processors": tuple(Selection(id=each, params=params) for each in ids)}


class Negative(sf.PostProcessor):
    id, label = "test.negative", "Negative"

    def process(self, image, work):
        return sf.Image(pixels=1 - image.pixels)


class Maps(sf.PostProcessor):
    id, label = "test.maps", "Maps"

    def process(self, image, work):
        grey = image.pixels.mean(2, keepdims=True, dtype=np.float32)
        return [image, sf.Image(pixels=grey, name="height", bits=16), sf.Image(pixels=image.pixels, name="copy")]


class Redraw(sf.PostProcessor):
    id, label = "test.redraw", "Redraw"

    def process(self, image, work):
        work.progress(0.25, "drawing")
        drawn = work.draw(sf.Draw(prompt="moss", init=image, strength=0.5))
        work.progress(1.0)
        return drawn


class Lines(sf.Preprocessor):
    id, label = "test.lines", "Lines"

    def map(self, image, work):
        return sf.Image(pixels=np.abs(np.diff(image.pixels, axis=1, append=np.float32(0))).max(2, keepdims=True))


class Twice(sf.PostProcessor):
    id, label = "test.twice", "Twice"

    def process(self, image, work):
        return [image, sf.Image(pixels=image.pixels, name="copy"), sf.Image(pixels=image.pixels)]


def test_no_two_layers_have_one_name():
    events = Studio(Twice, Maps).run(recipe(**then("test.twice", "test.maps")))
    names = [event.layer for event in reversed(events) if isinstance(event, ImageReady)]

    assert names == ["", "copy", "layer 2", "height", "copy 2"]


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ({"width_px": -8}, "width_px: got -8, expected a multiple of 8 from 8 to 4096"),
        ({"height_px": 0}, "height_px: got 0, expected a multiple of 8 from 8 to 4096"),
        ({"steps": 0}, "steps: got 0, expected a whole number 1 to 1000"),
        ({"seed": -1}, "seed: got -1, expected a whole number 0"),
        ({"width_px": 100}, "width_px: got 100, expected a multiple of 8 from 8 to 4096"),
        ({"sampler": Selection(id="sfumato.euler", params={"s_churn": -1.0})}, "sampler.params.s_churn: got -1.0"),
        ({"tile": "z"}, "tile: got 'z', expected x, y or xy"),
        ({"strength": 0.5}, "strength: a strength needs an initial image"),
    ],
)
def test_a_processor_that_asks_for_what_cannot_be_drawn_is_named(wanted, said):
    class Wild(sf.PostProcessor):
        id, label = "test.wild", "Wild"

        def process(self, image, work):
            return work.draw(sf.Draw(**wanted))

    ended = Studio(Wild).run(recipe(**then("test.wild")))[-1]

    assert isinstance(ended.error, PluginError)
    assert "post-processor test.wild" in ended.error.message
    assert f"asked for what cannot be drawn: {said}" in ended.error.message


def test_one_that_wants_more_memory_than_there_is_is_told_how_much_that_was():
    class Greedy(sf.PostProcessor):
        id, label = "test.greedy", "Greedy"

        def process(self, image, work):
            return sf.Image(pixels=np.zeros((2**24, 2**22, 3), np.float32))

    error = Studio(Greedy).run(recipe(**then("test.greedy")))[-1].error

    assert isinstance(error, OutOfMemory)
    assert "post-processor test.greedy" in error.message
    assert "Unable to allocate 768. TiB" in error.message


def test_the_processors_of_a_recipe_work_in_its_order_on_every_image():
    studio = Studio(Negative, Maps)
    plain = studio.pictures(recipe(count=2))
    events = studio.run(recipe(count=2, **then("test.negative", "test.maps")))
    made = {(event.image_index, event.layer_index): event for event in events if isinstance(event, ImageReady)}

    assert [*made] == [(0, 2), (0, 1), (0, 0), (1, 2), (1, 1), (1, 0)]
    assert [(made[0, place].layer, made[0, place].pixels.mode) for place in range(3)] == [
        ("", "RGB"), ("height", "L"), ("copy", "RGB"),
    ]  # fmt: skip
    for index in range(2):
        assert (array_of(made[index, 0].pixels) == 255 - array_of(plain[index])).all()


def test_a_layer_of_sixteen_bits_keeps_them():
    events = Studio(Maps).run(recipe(**then("test.maps")))
    height = next(event.pixels for event in events if isinstance(event, ImageReady) and event.layer == "height")
    whole = next(event.pixels for event in events if isinstance(event, ImageReady) and event.layer_index == 0)
    expected = array_of(whole).mean(2) / 255 * 65535

    assert height.bits == 16
    assert np.abs(np.frombuffer(height.data, ">u2").reshape(64, 64) - expected).max() <= 1


def test_a_processor_has_the_engine_draw_again_from_its_image():
    studio = Studio(Redraw)
    events = studio.run(recipe(steps=4, **then("test.redraw")))

    assert [calls[0].prompt for calls in studio.family.called] == [0.012] * 4 + [0.004] * 2
    assert [event.share for event in events if isinstance(event, Progressed)] == [0.25, 1.0]
    assert len([event for event in events if isinstance(event, Stepped)]) == 4
    drawn = studio.pictures(recipe(prompt="moss", steps=4, init="i", strength=0.5), assets={"i": png(array_of(
        studio.pictures(recipe(steps=4))[0]))})  # fmt: skip
    assert [event.pixels for event in events if isinstance(event, ImageReady)] == drawn


def test_a_picture_is_processed_without_a_single_evaluation_at_strength_zero():
    studio = Studio(Negative)
    events = studio.run(recipe(init="i", strength=0.0, **then("test.negative")), assets={"i": png(PICTURE)})

    assert studio.family.called == []
    assert [event.stage for event in events if isinstance(event, StageEntered)] == ["finish"]
    assert (array_of(events[-2].pixels) == 255 - PICTURE).all()


def test_a_preprocessor_makes_a_control_map_of_a_picture():
    events = Studio(Lines).run(recipe(init="i", strength=0.0, **then("test.lines")), assets={"i": png(PICTURE)})

    assert (events[-2].pixels.mode, events[-2].pixels.width_px) == ("L", 64)


class Patient(sf.PostProcessor):
    """Waits until the test lets it go on, or until it is cancelled."""

    id, label = "test.patient", "Patient"
    entered, may_go = threading.Event(), threading.Event()
    cancelled = threading.Event()

    def process(self, image, work):
        self.entered.set()
        try:
            while not self.may_go.wait(0.01):
                work.progress(0.5)
        except sf.JobCancelled:
            self.cancelled.set()
            raise
        return image


@pytest.fixture
def patient():
    for event in (Patient.entered, Patient.may_go, Patient.cancelled):
        event.clear()
    yield Patient
    Patient.may_go.set()


def test_other_jobs_go_on_while_a_processor_works(patient):
    studio = Studio(patient)
    studio.engine.submit("slow", recipe(**then("test.patient")), priority=5)
    while not patient.entered.is_set():
        studio.turn()
    pictures = studio.pictures(recipe())
    assert not any(isinstance(event, Ended) for event in studio.of("slow"))
    patient.may_go.set()
    while studio.turn():
        pass
    while not isinstance(studio.of("slow")[-1], Ended):
        studio.turn()

    assert [event.pixels for event in studio.of("slow") if isinstance(event, ImageReady)] == pictures


def test_a_cancelled_job_lets_its_processor_know(patient):
    studio = Studio(patient)
    studio.engine.submit("slow", recipe(**then("test.patient")))
    while not patient.entered.is_set():
        studio.turn()
    studio.engine.cancel("slow")
    while studio.turn():
        pass

    assert studio.of("slow")[-1].outcome == "cancelled"
    assert patient.cancelled.wait(300)


class Wrong(sf.PostProcessor):
    id, label = "test.wrong", "Wrong"

    class Params(sf.Params):
        how: str = sf.Field("none")

    def process(self, image, work):
        match self.params.how:
            case "raise":
                raise ValueError("lost")
            case "shape":
                return sf.Image(pixels=image.pixels[0])
            case "double":
                return sf.Image(pixels=image.pixels.astype(np.float64))
            case "nan":
                return sf.Image(pixels=image.pixels * np.float32("nan"))
            case "tensor":
                return torch.zeros(3)
            case "bad draw":
                return work.draw(sf.Draw(steps=4, init=image, strength=0.01))


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("none", "returned None, expected an Image or several"),
        ("raise", "raised ValueError: lost"),
        ("shape", r"expected (H, W, C) with 1, 3 or 4 channels"),
        ("double", "returned an Image of float64, expected float32"),
        ("nan", "values that are not finite"),
        ("tensor", "expected an Image or several"),
    ],
)
def test_what_a_processor_does_wrong_is_told_with_its_plugin_and_hook(how, said):
    error = Studio(Wrong).run(recipe(**then("test.wrong", how=how)))[-1].error

    assert isinstance(error, PluginError)
    assert said in error.message
    assert (error.metadata["plugin"], error.metadata["hook"]) == ("test-plugin", "process")


def test_a_generation_that_cannot_be_fails_where_it_was_asked_for():
    error = Studio(Wrong).run(recipe(**then("test.wrong", how="bad draw")))[-1].error

    assert "strength" in error.message


def test_a_checkpoint_after_the_last_step_only_finishes():
    studio = Studio(Negative)
    plain = recipe(steps=3, **then("test.negative"))
    whole = studio.pictures(plain)
    studio.engine.submit("job", plain)
    while not any(isinstance(event, StageEntered) and event.stage == "decode" for event in studio.of("job")):
        studio.turn()
    studio.engine.checkpoint_all()
    again = Studio(Negative)
    again.engine.submit("job", plain, checkpoint=studio.told[-1].data)
    while again.turn() or not isinstance(again.told[-1], Ended):
        pass

    assert again.family.called == []
    assert [event.pixels for event in again.told if isinstance(event, ImageReady)] == whole
