"""Checkpoints: killed anywhere, a job goes on to the same bytes."""

from __future__ import annotations

import json
import random
from dataclasses import replace

import pytest
import torch

import sfumato.plugin as sf
from sfumato.engine import checkpoint
from sfumato.engine.events import Checkpointed, ImageReady, Started
from sfumato.engine.trajectory import Position
from sfumato.errors import PluginError
from tests.engine.gaussian import Studio, recipe

SAMPLERS = [
    f"sfumato.{name}"
    for name in (
        "euler", "euler-ancestral", "heun", "dpm2", "dpmpp-2m", "dpmpp-2s-ancestral", "dpmpp-sde", "dpmpp-2m-sde",
        "dpmpp-3m-sde", "ddim", "unipc", "lcm",
    )
]  # fmt: skip


def checkpoints(studio: Studio, plain) -> list[bytes]:
    """The last checkpoint that was told at each turn of a job."""
    studio.engine.submit("job", plain)
    last = []
    while studio.engine.turn():
        last += [event.data for event in studio.told if isinstance(event, Checkpointed)][-1:]
    return list(dict.fromkeys(last))


@pytest.mark.parametrize("guider", ["sfumato.cfg", "sfumato.apg"])
@pytest.mark.parametrize("sampler", SAMPLERS)
def test_killed_at_any_turn_a_job_goes_on_to_the_same_bytes(sampler, guider):
    plain = recipe(sampler=sampler, guider=guider, steps=4)
    straight = Studio().pictures(plain)
    saved = checkpoints(Studio(checkpoint_every_s=0), plain)

    assert len(saved) >= 4
    for data in saved:
        assert Studio().pictures(plain, checkpoint=data) == straight


def test_going_on_does_not_repeat_steps():
    plain = recipe(steps=6)
    saved = checkpoints(Studio(checkpoint_every_s=0), plain)
    studio = Studio()
    events = studio.run(plain, checkpoint=saved[-2])

    assert events[0] == Started(job_id="job-0", step_index=5)
    assert len(studio.family.called) == 1


def test_going_on_does_not_repeat_images():
    plain = recipe(steps=2, count=3)
    whole = Studio().pictures(plain)
    saved = checkpoints(Studio(checkpoint_every_s=0), plain)

    remaining = [
        [event.image_index for event in Studio().run(plain, checkpoint=data) if isinstance(event, ImageReady)]
        for data in saved
    ]
    assert remaining == sorted(remaining, key=len, reverse=True)
    assert remaining[-1] == [2]
    assert Studio().pictures(plain, checkpoint=saved[-1]) == whole[2:]


def test_pre_emption_at_every_turn_changes_nothing():
    plain = recipe(sampler="sfumato.dpmpp-2m-sde", guider="sfumato.apg", steps=5)
    studio = Studio()
    studio.engine.submit("job", plain)
    for turn in range(12):
        studio.engine.turn()
        studio.engine.submit(f"urgent-{turn}", recipe(steps=1), priority=1)
        while f"urgent-{turn}" not in {event.job_id for event in studio.told if isinstance(event, ImageReady)}:
            studio.engine.turn()
    while studio.engine.turn():
        pass
    pictures = [event.pixels for event in studio.of("job") if isinstance(event, ImageReady)]

    assert pictures == Studio().pictures(plain)


def test_checkpoints_come_no_more_often_than_they_are_wanted():
    now = [0.0]
    studio = Studio(checkpoint_every_s=2.0, clock=lambda: now[0])
    studio.engine.submit("job", recipe(steps=20))
    while studio.engine.turn():
        now[0] += 0.5
    told = [event for event in studio.told if isinstance(event, Checkpointed)]

    assert len(told) == 5


def test_all_jobs_can_be_asked_where_they_are():
    studio = Studio()
    for name in ("one", "two"):
        studio.engine.submit(name, recipe(steps=4))
    for _ in range(4):
        studio.engine.turn()
    studio.engine.checkpoint_all()
    told = [event for event in studio.told if isinstance(event, Checkpointed)]

    assert [event.job_id for event in told] == ["one"]
    assert Studio().pictures(recipe(steps=4), checkpoint=told[0].data) == Studio().pictures(recipe(steps=4))


def test_another_recipes_checkpoint_starts_the_job_over():
    saved = checkpoints(Studio(checkpoint_every_s=0), recipe(steps=4))[-1]
    studio = Studio()
    events = studio.run(recipe(steps=5), checkpoint=saved)

    assert events[0] == Started(job_id="job-0", step_index=0)
    assert len(studio.family.called) == 5


def test_a_damaged_checkpoint_starts_the_job_over():
    plain = recipe(steps=4)
    straight = Studio().pictures(plain)
    saved = checkpoints(Studio(checkpoint_every_s=0), plain)[-1]
    dice = random.Random(0)
    damaged = [saved[:cut] for cut in range(0, len(saved), 97)]
    for _ in range(200):
        place = dice.randrange(len(saved))
        damaged.append(saved[:place] + bytes([saved[place] ^ 1 << dice.randrange(8)]) + saved[place + 1 :])

    assert {len(checkpoint.restore(data, plain.digest)) for data in damaged} == {0}
    for data in damaged[::40]:
        studio = Studio()
        assert studio.pictures(plain, checkpoint=data) == straight
        assert studio.told[0].step_index == 0


def test_tensors_numbers_and_words_come_back_as_they_were():
    x = torch.randn(1, 4, 2, 2)
    position = Position(
        x=x,
        step_index=3,
        sampler_state={"old": x, "half": x[:, :, ::2].half(), "h": 0.1, "n": 2, "big": float("inf"), "on": True},
        guider_state={"mode": "fast", "scalar": torch.tensor(2.5, dtype=torch.float64)},
    )
    back = checkpoint.restore(checkpoint.dump("digest", {4: position}), "digest")[4]

    assert back.step_index == 3
    for kept, came in ((position.sampler_state, back.sampler_state), (position.guider_state, back.guider_state)):
        assert kept.keys() == came.keys()
        for name, value in kept.items():
            same = torch.equal(value, came[name]) if isinstance(value, torch.Tensor) else value == came[name]
            assert same
            assert getattr(value, "dtype", None) == getattr(came[name], "dtype", None)


def test_a_state_that_cannot_be_saved_fails_the_job_by_name():
    class Hoarder(sf.Sampler):
        id, label, order = "acme.hoarder", "Hoarder", 1

        def step(self, x, sigma, sigma_next, state, noise):
            state["history"] = [x]
            denoised = yield sf.Evaluate(x, sigma)
            return denoised

    error = Studio(Hoarder, checkpoint_every_s=0).run(recipe(sampler="acme.hoarder"))[-1].error

    assert isinstance(error, PluginError)
    assert "state 'history' is list, expected a tensor, a number or a string" in error.message
    assert (error.metadata["plugin"], error.metadata["contribution"]) == ("test-plugin", "acme.hoarder")


def test_a_checkpoint_is_a_plain_safetensors_file():
    data = checkpoints(Studio(checkpoint_every_s=0), recipe(sampler="sfumato.dpmpp-2m"))[-1]
    size = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + size])
    record = json.loads(header["__metadata__"]["sfumato"])

    assert record["recipe"] == recipe(sampler="sfumato.dpmpp-2m").digest
    assert "0.x" in header
    assert len(data) < 64 * 1024


def test_a_step_that_fails_leaves_the_position_as_it_was():
    plain = recipe(sampler="sfumato.heun", steps=3)
    studio = Studio(checkpoint_every_s=0)
    calls = []

    def fail_at_the_fourth(_):
        calls.append(None)
        if len(calls) == 4:
            raise RuntimeError("cosmic ray")

    studio.family.before_evaluate = fail_at_the_fourth
    events = studio.run(plain)
    saved = [event.data for event in events if isinstance(event, Checkpointed)][-1]

    assert events[-1].outcome == "failed"
    assert checkpoint.restore(saved, plain.digest)[0].step_index == 1
    assert Studio().pictures(plain, checkpoint=saved) == Studio().pictures(plain)


def test_seeds_are_part_of_what_a_checkpoint_belongs_to():
    plain = recipe()
    saved = checkpoints(Studio(checkpoint_every_s=0), plain)[-1]

    assert checkpoint.restore(saved, plain.digest)
    assert not checkpoint.restore(saved, replace(plain, seed=8).digest)
