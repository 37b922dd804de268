"""Checks of conditioners, at work in the engine on the kit's stand-in for a model."""

from __future__ import annotations

from typing import Any

import torch

import sfumato.plugin as sf
from sfumato.engine.prepare import Scene
from sfumato.testing.check import check
from sfumato.testing.checks.sampler import reread
from sfumato.testing.exercise import with_needs
from sfumato.testing.outcome import require
from sfumato.testing.studio import Studio
from sfumato.testing.subject import Subject

_ROUNDING = 1e-5


def _scene(subject: Subject, studio: Studio, **values: Any) -> Scene:
    """A recipe with the conditioner, prepared."""
    selection, assets = subject.selection(**values)
    wanted, more = with_needs(subject, conditioners=(selection,), count=2)
    return studio.scene(wanted, assets | more)


@check("conditioner")
def is_the_identity_at_neutral_strength(subject: Subject) -> None:
    """At the parameters that it names `neutral`, the latents are those without it."""
    neutral, studio = subject.neutral(), subject.studio()
    plain, assets = with_needs(subject)
    expected = studio.latents(plain, assets)
    found = studio.walk([_scene(subject, studio, **neutral).trajectory(0, studio.bench)])[0].x
    away = (found - expected).abs().max().item()
    require(away < _ROUNDING, f"moved the latents by {away:.3g} at {neutral}, expected 0")


@check("conditioner")
def leaves_inputs_alone(subject: Subject) -> None:
    """It changes no tensor of the calls and predictions that it is given."""
    studio = subject.studio()
    course = _scene(subject, studio).course
    conditioner: sf.Conditioner = course.conditioning.conditioners[0][1]
    at = sf.Moment(branch="positive", prompt="positive", step_index=1, step_count=6)
    x = torch.linspace(-2, 2, 256).reshape(1, 4, 8, 8)
    prompt = course.prompts["positive"]
    channels = course.channels
    call = sf.NetworkCall(x=x, sigma=2.0, prompt=prompt, channels=channels)
    given = [each for each in (x, prompt, channels) if each is not None]
    before = [each.clone() for each in given]
    conditioner.condition(call, at)
    conditioner.restrain(x, 2.0, at)
    changed = sum(not torch.equal(now, then) for now, then in zip(given, before, strict=True))
    require(not changed, "changed a tensor of the call in place; return `dataclasses.replace(call, ...)`")


@check("conditioner")
def resumes(subject: Subject) -> None:
    """Saved between any two steps and prepared anew, it goes on to the same bits: a step depends on itself alone."""
    studio = subject.studio()
    whole = studio.walk([_scene(subject, studio).trajectory(0, studio.bench)])[0].x
    for cut in (1, 2, 4):
        saved = reread(studio.walk([_scene(subject, studio).trajectory(0, studio.bench)], until=cut)[0])
        again = studio.walk([_scene(subject, studio).trajectory(0, studio.bench, saved)])[0].x
        said = f"went on from step {saved.step_index} to something else; what it does may depend on the step alone"
        require(torch.equal(again, whole), said)


@check("conditioner")
def is_the_same_alone_and_in_a_batch(subject: Subject) -> None:
    """Two images of one job that go in turns become what each becomes alone, bit for bit."""
    studio = subject.studio()
    alone = [studio.walk([_scene(subject, studio).trajectory(i, studio.bench)])[0].x for i in (0, 1)]
    scene = _scene(subject, studio)
    together = studio.walk([scene.trajectory(i, studio.bench) for i in (0, 1)])
    same = all(torch.equal(position.x, x) for position, x in zip(together, alone, strict=True))
    require(same, "made something else of an image beside another; its instance serves all images of a job")


@check("conditioner")
def names_whom_it_shares_with(subject: Subject) -> None:
    """`batch_key` is hashable, and the same whenever it is asked for."""
    conditioner: sf.Conditioner = _scene(subject, subject.studio()).course.conditioning.conditioners[0][1]
    key = conditioner.batch_key()
    hash(key)
    require(key == conditioner.batch_key(), "gave two different keys in a row, expected the same")
