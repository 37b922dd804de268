"""Conditioners: what they add to the calls of a job, and whose fault it is when they add something wrong."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
import torch

import sfumato.plugin as sf
from sfumato.engine.events import ImageReady
from sfumato.errors import InvalidRecipe, PluginError
from sfumato.recipe import Selection
from tests.engine.gaussian import Fixed, Gaussian, Studio, recipe
from tests.engine.test_inpaint import PICTURE, png


def pixels_of(events):
    return [event.pixels for event in events if isinstance(event, ImageReady)]


def made_by(*ids, **params):
    return {"conditioners": tuple(Selection(id=each, params=params) for each in ids)}


class Shout(sf.Conditioner):
    id, label = "test.shout", "Shout"

    def rewrite(self, prompts):
        return {name: text.upper() * 2 for name, text in prompts.items()}


class Louder(sf.Conditioner):
    id, label = "test.louder", "Louder"

    def condition(self, call, at):
        return replace(call, prompt=call.prompt + at.step_index) if at.prompt == "positive" else call

    def batch_key(self):
        return "alone"


class Halves(sf.Conditioner):
    """Two prompts, each on its half of the picture."""

    id, label = "test.halves", "Halves"

    def condition(self, call, at):
        left = torch.zeros(1, 1, 8, 8)
        left[..., :4] = 1
        other = replace(call, prompt=0.9)
        return [sf.Part(call=call, weight=left), sf.Part(call=other, weight=1 - left)]


class Keep(sf.Conditioner):
    id, label = "test.keep", "Keep a picture's left half"

    class Params(sf.Params):
        picture: str = sf.Field("", kind="image")

    def prepare(self, job):
        self.latents = yield from job.encode_image(job.images["picture"])

    def restrain(self, denoised, sigma, at):
        return torch.cat([self.latents[..., :4], denoised[..., 4:]], dim=-1)


def test_a_conditioner_rewrites_every_prompt_of_the_job():
    studio = Studio(Shout)
    studio.run(recipe(steps=1, negative_prompt="no", **made_by("test.shout")))

    assert [[call.prompt for call in calls] for calls in studio.family.called] == [[0.024, 0.004]]


def test_a_conditioner_knows_the_branch_and_the_step():
    studio = Studio(Louder)
    studio.run(recipe(steps=3, **made_by("test.louder")))

    assert [calls[0].prompt for calls in studio.family.called] == [0.012, 1.012, 2.012]
    assert [calls[1].prompt for calls in studio.family.called] == [0.0] * 3


def test_conditioners_act_in_the_order_of_the_recipe():
    studio = Studio(Louder, Shout)
    studio.run(recipe(steps=2, **made_by("test.shout", "test.louder")))

    assert studio.family.called[1][0].prompt == pytest.approx(1.024)


def test_regions_are_painted_by_their_own_prompt():
    plain = recipe(steps=8, guider=Selection(id="sfumato.cfg", params={"scale": 1.0}))
    left_and_right = Studio(Halves).pictures(replace(plain, **made_by("test.halves")))[0]
    alone = Studio().pictures(plain)[0]

    width = alone.width_px * 3
    rows = [slice(row * width, row * width + width // 2) for row in range(alone.height_px)]
    assert all(left_and_right.data[row] == alone.data[row] for row in rows)
    assert left_and_right.data != alone.data


def test_a_conditioner_may_hold_on_to_a_picture():
    kept = recipe(steps=4, conditioners=(Selection(id="test.keep", params={"picture": "p" * 64}),))
    held = Studio(Keep).pictures(kept, assets={"p" * 64: png(PICTURE)})[0]
    encoded = Studio().family
    latents = list_of(encoded.encode_image(torch.from_numpy(PICTURE.copy()).permute(2, 0, 1)[None] / 127.5 - 1, ""))

    first_cell = ((latents[0, :3, 0, 0].clamp(-1, 1) + 1) * 127.5).round().to(torch.uint8).tolist()
    assert list(held.data[:3]) == first_cell


def list_of(work):
    while True:
        try:
            next(work)
        except StopIteration as end:
            return end.value


def test_a_conditioner_keeps_its_job_out_of_the_calls_of_others():
    plain, loud = recipe(), recipe(**made_by("test.louder"))
    studio = Studio(Louder, profile=Fixed(4))
    studio.engine.submit("plain", plain)
    studio.engine.submit("loud", loud)
    while studio.turn():
        pass

    assert {len(calls) for calls in studio.family.called} == {2}
    assert pixels_of(studio.of("plain")) == Studio().pictures(plain)


class Wrong(sf.Conditioner):
    id, label = "test.wrong", "Wrong"

    class Params(sf.Params):
        how: str = sf.Field("none")

    def condition(self, call, at):
        match self.params.how:
            case "none":
                return None
            case "raise":
                raise KeyError("lost")
            case "shape":
                return replace(call, x=call.x[..., :4])
            case "residuals":
                return replace(call, residuals=sf.Residuals(down=(), middle=call.x))
            case "wraps":
                return replace(call, wraps={"no.such.layer": lambda run, hidden: hidden})


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("none", "expected a NetworkCall or a list of Parts"),
        ("raise", "raised KeyError"),
        ("shape", r"returned \(1, 4, 8, 4\) float32 on cpu, expected \(1, 4, 8, 8\)"),
        ("residuals", "gave residuals, which family test.gaussian does not take"),
        ("wraps", "gave wraps, which family test.gaussian does not take"),
    ],
)
def test_what_a_conditioner_does_wrong_is_told_with_its_plugin_hook_and_step(how, said):
    error = Studio(Wrong).run(recipe(**made_by("test.wrong", how=how)))[-1].error

    assert isinstance(error, PluginError)
    assert re.search(said, error.message)
    named = {name: error.metadata[name] for name in ("plugin", "version", "contribution", "hook", "step")}
    assert named == {
        "plugin": "test-plugin", "version": "1.2", "contribution": "test.wrong", "hook": "condition", "step": "0",
    }  # fmt: skip


def test_wrong_parameters_are_named_by_their_place_in_the_recipe():
    error = Studio(Louder).run(recipe(**made_by("test.louder", nothing=1)))[-1].error

    assert isinstance(error, InvalidRecipe)
    assert [violation.field for violation in error.violations] == ["conditioners.0.params.nothing"]


class Perturbed(sf.Guider):
    """A branch of its own prompt beside the positive one."""

    id, label = "test.perturbed", "Perturbed"

    def prompts(self):
        return {"other": "x" * 500}

    def branches(self, sigma, step, steps):
        return [sf.Branch(name="good"), sf.Branch(name="bad", prompt="other")]

    def combine(self, denoised, x, sigma, state):
        return denoised["good"] + (denoised["good"] - denoised["bad"])


def test_a_guider_brings_prompts_of_its_own():
    studio = Studio(Perturbed)
    studio.run(recipe(steps=1, guider="test.perturbed"))

    assert [[call.prompt for call in calls] for calls in studio.family.called] == [[0.012, 0.5]]


def test_a_checkpoint_goes_on_with_conditioners_to_the_same_bytes():
    plain = recipe(steps=6, **made_by("test.louder"))
    whole = Studio(Louder).pictures(plain)
    studio = Studio(Louder)
    studio.engine.submit("job", plain)
    while len(studio.family.called) < 3:
        studio.engine.turn()
    studio.engine.checkpoint_all()
    data = studio.told[-1].data

    again = Studio(Louder)
    again.engine.submit("job", plain, checkpoint=data)
    while again.turn():
        pass

    assert pixels_of(again.told) == whole
    assert len(again.family.called) == 6 - 3


def test_the_family_of_these_tests_takes_nothing_extra():
    assert Gaussian.takes == frozenset()
