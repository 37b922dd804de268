"""One evaluation at a time: what trajectories want, what they are answered, and what a schedule does to them."""

from __future__ import annotations

import pytest
import torch

import sfumato.plugin as sf
from sfumato.engine.blame import Blame
from sfumato.engine.stepper import Request, abreast, evaluate, resume
from sfumato.recipe import Selection
from tests.engine.gaussian import SIGMAS, SPREAD, Fixed, Studio, denoise, recipe, registry


def test_the_latents_are_those_of_the_exact_flow():
    """For Gaussian data the probability flow is known: x - mu scales with the deviation of data and noise."""
    studio = Studio()
    kept, decode = [], studio.family.decode_latents
    studio.family.decode_latents = lambda latents, tile: (kept.append(latents), decode(latents, tile))[1]
    unguided = Selection(id="sfumato.cfg", params={"scale": 1.0})
    studio.pictures(recipe(sampler="sfumato.heun", schedule="sfumato.exponential", guider=unguided, steps=60))

    first, mean = studio.family.called[0][0], 0.012
    scale = SPREAD / (SPREAD**2 + SIGMAS.sigma_max**2) ** 0.5
    assert torch.allclose(kept[0], mean + (first.x - mean) * scale, atol=2e-3)


def test_the_first_latents_have_the_variance_that_the_network_was_trained_on():
    studio = Studio()
    studio.pictures(recipe(width_px=512, height_px=512, steps=1))
    call = studio.family.called[0][0]

    assert call.x.std().item() == pytest.approx((1 + SIGMAS.sigma_max**2) ** 0.5, rel=0.02)


def test_sampler_and_guider_are_told_what_they_may_ask_for():
    seen = {}

    class Curious(sf.Sampler):
        id, label, order = "acme.curious", "Curious", 1

        def step(self, x, sigma, sigma_next, state, noise):
            seen["steps"] = self.steps
            return (yield sf.Evaluate(x, sigma))

    class Asker(sf.Guider):
        id, label = "acme.asker", "Asker"

        def branches(self, sigma, step, steps):
            seen.setdefault("asked", []).append((step, steps))
            return (sf.Branch(name="only"),)

        def combine(self, denoised, x, sigma, state):
            seen["model"] = self.model
            return denoised["only"]

    Studio(Curious, Asker).pictures(recipe(sampler="acme.curious", guider="acme.asker", steps=3))

    assert seen == {"steps": 3, "asked": [(0, 3), (1, 3), (2, 3)], "model": SIGMAS}


def test_a_step_may_take_no_evaluation_or_many():
    class Uneven(sf.Sampler):
        id, label, order = "acme.uneven", "Uneven", 1

        def step(self, x, sigma, sigma_next, state, noise):
            state["taken"] = state.get("taken", 0) + 1
            for _ in range(state["taken"] - 1):
                x = yield sf.Evaluate(x, sigma)
            return x

    studio = Studio(Uneven)
    studio.pictures(recipe(sampler="acme.uneven", steps=4))

    assert len(studio.family.called) == 0 + 1 + 2 + 3


def test_a_guider_may_do_without_the_network():
    class Lazy(sf.Guider):
        id, label = "acme.lazy", "Lazy"

        def branches(self, sigma, step, steps):
            return (sf.Branch(name="only"),) if step % 2 == 0 else ()

        def combine(self, denoised, x, sigma, state):
            state["last"] = denoised.get("only", state.get("last"))
            return state["last"]

    studio = Studio(Lazy)
    studio.pictures(recipe(guider="acme.lazy", steps=6))

    assert len(studio.family.called) == 3


def test_images_side_by_side_may_need_different_numbers_of_evaluations():
    class Adaptive(sf.Sampler):
        id, label, order = "acme.adaptive", "Adaptive", 1

        def step(self, x, sigma, sigma_next, state, noise):
            for _ in range(1 + int(x.mean() > 0)):
                denoised = yield sf.Evaluate(x, sigma)
            return denoised + (x - denoised) * (sigma_next / sigma)

    plain = recipe(sampler="acme.adaptive", count=5, steps=6)
    together = Studio(Adaptive, profile=Fixed(5))

    assert together.pictures(plain) == Studio(Adaptive).pictures(plain)
    assert len({len(calls) for calls in together.family.called}) > 1


def request(studio, *trajectories):
    blame = Blame(registry(), recipe(), "test.gaussian")
    return Request(family=studio.family, trajectories=trajectories, blame=blame, step_index=0)


def call(prompt, *, sigma=1.0, tile=""):
    return sf.NetworkCall(x=torch.ones(1, 4, 8, 8), sigma=sigma, prompt=prompt, tile=tile)


def test_each_trajectory_gets_the_predictions_of_its_own_branches():
    studio = Studio()
    first = request(studio, (call(0.1), call(0.2)), (call(0.3),))
    second = request(studio, (call(0.4), call(0.5, sigma=3.0)))
    answers = evaluate([first, second])

    assert len(studio.family.called) == 1
    expected = [[[(0.1, 1.0), (0.2, 1.0)], [(0.3, 1.0)]], [[(0.4, 1.0), (0.5, 3.0)]]]
    found = [[[prediction.mean().item() for prediction in own] for own in answer] for answer in answers]
    assert found == [
        [[denoise(torch.ones(1, 4, 8, 8), sigma, prompt).mean().item() for prompt, sigma in own] for own in answer]
        for answer in expected
    ]


def test_branches_that_cannot_share_a_call_get_one_each_in_the_same_turn():
    studio = Studio()
    mixed = request(studio, (call(0.1), call(0.2, tile="x"), call(0.3)))
    answers = evaluate([mixed])

    assert [[c.prompt for c in calls] for calls in studio.family.called] == [[0.1, 0.3], [0.2]]
    order = [prediction.mean().item() for prediction in answers[0][0]]
    assert order == sorted(order)


def test_several_walks_go_on_as_one_until_the_last_arrives():
    def walk(name, length):
        for _ in range(length):
            assert (yield (name,)) == f"for {name}"

    together = abreast([walk("a", 1), walk("b", 3), walk("c", 0)])
    seen = [resume(together, None)]
    while seen[-1] is not None:
        seen.append(resume(together, [f"for {name}" for (name,) in seen[-1]]))

    assert seen == [(("a",), ("b",)), (("b",),), (("b",),), None]
