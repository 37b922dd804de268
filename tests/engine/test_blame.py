"""What a plugin does wrong fails its job, by name: plugin, contribution, hook and step."""

from __future__ import annotations

import pytest
import torch

import sfumato.plugin as sf
from sfumato.errors import PluginError
from tests.engine.gaussian import Studio, recipe


class Plain(sf.Sampler):
    """Euler, for others to break."""

    id, label, order = "acme.plain", "Plain", 1

    def step(self, x, sigma, sigma_next, state, noise):
        denoised = yield sf.Evaluate(x, sigma)
        return self.arrive(x + (x - denoised) / sigma * (sigma_next - sigma), sigma_next)

    def arrive(self, x, sigma):
        return x


class Raises(Plain):
    def arrive(self, x, sigma):
        if sigma == 0:
            raise ZeroDivisionError("oops")
        return x


class Diverges(Plain):
    def arrive(self, x, sigma):
        return x * float("nan") if sigma < 1 else x


class Crops(Plain):
    def arrive(self, x, sigma):
        return x[..., :4]


class Widens(Plain):
    def arrive(self, x, sigma):
        return x.double()


class Forgets(Plain):
    def arrive(self, x, sigma):
        return None


class AsksWrongly(Plain):
    def step(self, x, sigma, sigma_next, state, noise):
        denoised = yield sf.Evaluate(x[0], sigma)
        return denoised


class NoGenerator(Plain):
    def step(self, x, sigma, sigma_next, state, noise):
        return x


class AsksBeyondAll(Plain):
    def step(self, x, sigma, sigma_next, state, noise):
        denoised = yield sf.Evaluate(x * float("inf"), sigma)
        return denoised


@pytest.mark.parametrize(
    ("sampler", "step", "said"),
    [
        (Raises, "3", "raised ZeroDivisionError: oops"),
        (Diverges, "2", "returned values that are not finite"),
        (Crops, "0", "returned (1, 4, 8, 4) float32 on cpu, expected (1, 4, 8, 8) float32 on cpu"),
        (Widens, "0", "returned (1, 4, 8, 8) float64 on cpu, expected (1, 4, 8, 8) float32 on cpu"),
        (Forgets, "0", "returned NoneType, expected a tensor"),
        (AsksWrongly, "0", "returned (4, 8, 8) float32 on cpu, expected (1, 4, 8, 8) float32 on cpu"),
        (NoGenerator, "0", "raised TypeError"),
        (AsksBeyondAll, "0", "returned values that are not finite"),
    ],
)
def test_a_broken_sampler_is_named(sampler, step, said):
    studio = Studio(sampler)
    error = studio.run(recipe(sampler="acme.plain"))[-1].error

    assert isinstance(error, PluginError)
    assert said in error.message
    assert f"sampler acme.plain of plugin test-plugin 1.2, step() at step {step}" in error.message
    assert error.metadata == {
        "plugin": "test-plugin", "version": "1.2", "contribution": "acme.plain", "hook": "step", "step": step,
    }  # fmt: skip
    assert studio.pictures(recipe())


class Guide(sf.Guider):
    id, label = "acme.guide", "Guide"

    def branches(self, sigma, step, steps):
        return (sf.Branch(name="only", prompt="positive"),)

    def combine(self, denoised, x, sigma, state):
        return denoised["only"]


class AsksForAnotherPrompt(Guide):
    def branches(self, sigma, step, steps):
        return (sf.Branch(name="only", prompt="inverted"),)


class CombinesToNothing(Guide):
    def combine(self, denoised, x, sigma, state):
        return denoised["only"] * float("nan")


class Stumbles(Guide):
    def combine(self, denoised, x, sigma, state):
        raise StopIteration


@pytest.mark.parametrize(
    ("guider", "hook", "said"),
    [
        (AsksForAnotherPrompt, "branches", "KeyError: 'inverted'"),
        (CombinesToNothing, "combine", "not finite"),
        (Stumbles, "combine", "raised StopIteration"),
    ],
)
def test_a_broken_guider_is_named(guider, hook, said):
    error = Studio(guider).run(recipe(guider="acme.guide"))[-1].error

    assert isinstance(error, PluginError)
    assert (error.metadata["contribution"], error.metadata["hook"]) == ("acme.guide", hook)
    assert said in error.message


class Levels(sf.Schedule):
    id, label = "acme.levels", "Levels"
    levels: tuple[float, ...]

    def sigmas(self, steps, model):
        return self.levels


@pytest.mark.parametrize(
    "levels", [(), (3.0, 2.0, 1.0, 0.5), (1.0, 2.0, 3.0, 4.0, 0.0), (float("nan"), 3.0, 2.0, 1.0, 0.0), (1, 0)]
)
def test_a_broken_schedule_is_named(levels):
    broken = type("Broken", (Levels,), {"levels": levels})
    error = Studio(broken).run(recipe(schedule="acme.levels"))[-1].error

    assert isinstance(error, PluginError)
    assert "expected 4 falling finite noise levels, then 0" in error.message
    assert error.metadata["hook"] == "sigmas"


def too_few(calls):
    return [call.x for call in calls[1:]]


def half(calls):
    return [call.x.half() for call in calls]


def not_finite(calls):
    return [call.x * float("nan") for call in calls]


@pytest.mark.parametrize(("answer", "said"), [(too_few, "zip()"), (half, "float16"), (not_finite, "not finite")])
def test_a_broken_family_is_named(answer, said):
    studio = Studio()
    studio.family.evaluate = answer
    error = studio.run(recipe())[-1].error

    assert isinstance(error, PluginError)
    assert (error.metadata["contribution"], error.metadata["hook"]) == ("test.gaussian", "evaluate")
    assert said in error.message


@pytest.mark.parametrize(
    ("pixels", "said"),
    [
        (torch.zeros(1, 3, 8, 8), "returned (1, 3, 8, 8), expected (1, 3, 64, 64) of finite values"),
        (torch.full((1, 3, 64, 64), float("nan")), "of finite values"),
    ],
)
def test_a_broken_vae_is_named(pixels, said):
    studio = Studio()

    def decode(latents, tile):
        yield
        return pixels

    studio.family.decode_latents = decode
    error = studio.run(recipe())[-1].error

    assert isinstance(error, PluginError)
    assert error.metadata["hook"] == "decode_latents"
    assert said in error.message


def test_a_vae_that_fails_in_a_preview_does_not_fail_the_job(caplog):
    studio = Studio()
    decode = studio.family.decode_latents

    def fail(latents, tile):
        raise RuntimeError("no preview today")
        yield

    studio.engine.submit("job", recipe())
    for _ in range(3):
        studio.engine.turn()
    studio.family.decode_latents = fail
    studio.engine.request_preview("job", 0)
    studio.engine.turn()
    studio.family.decode_latents = decode
    answered = studio.told[-1]
    while studio.engine.turn():
        pass

    assert answered.pixels is None
    assert "no preview today" in caplog.text
    assert studio.told[-1].outcome == "succeeded"


def test_a_plugin_that_fails_while_it_is_dropped_does_not_stop_the_engine(caplog):
    class Clings(Plain):
        def step(self, x, sigma, sigma_next, state, noise):
            try:
                yield sf.Evaluate(x, sigma)
            finally:
                raise RuntimeError("not so fast")

    studio = Studio(Clings)
    studio.engine.submit("job", recipe(sampler="acme.plain"))
    for _ in range(2):
        studio.engine.turn()
    studio.engine.cancel("job")
    studio.engine.turn()

    assert studio.told[-1].outcome in ("cancelled", "failed")
    assert studio.pictures(recipe())
