"""Checks of guiders."""

from __future__ import annotations

from typing import Any

import torch

import sfumato.plugin as sf
from sfumato.engine.trajectory import Position
from sfumato.testing.check import check
from sfumato.testing.checks.sampler import reread
from sfumato.testing.exercise import SHAPE, SIGMAS, combined, guider_of, prediction, watched
from sfumato.testing.outcome import Failed, require
from sfumato.testing.stand_in import LAYERS, drawn
from sfumato.testing.subject import Subject

_STEPS = len(SIGMAS) - 1
_ROUNDING = 1e-4


@check("guider")
def asks_for_branches_that_there_are(subject: Subject) -> None:
    """At every step it asks for at least one branch, each with a name of its own, prompts and layers that exist."""
    guider = guider_of(subject)
    prompts = {"positive", "negative", "empty", *guider.prompts()}
    for step in range(_STEPS):
        branches = list(guider.branches(SIGMAS[step], step, _STEPS))
        names = [branch.name for branch in branches]
        require(branches, f"asks for no branch at step {step}, expected one or more")
        require(len(set(names)) == len(names), f"asks for branches {names} at step {step}, expected distinct names")
        unknown = {branch.prompt for branch in branches} - prompts
        require(not unknown, f"asks for prompts {sorted(unknown)}, expected some of {sorted(prompts)}")
        layers = {layer for branch in branches for layer in branch.wraps} - LAYERS.keys()
        require(not layers, f"wraps layers {sorted(layers)}, expected some of `self.layers`")


@check("guider")
def keeps_form(subject: Subject) -> None:
    """The guided prediction has the predictions' shape and dtype, for every way that networks predict."""
    for prediction_type in ("epsilon", "v_prediction", "flow"):
        guider, state = guider_of(subject, prediction_type=prediction_type), {}  # type: sf.Guider, dict[str, Any]
        for step in range(_STEPS):
            found = combined(guider, subject.seed, step, _STEPS, state)
            require(isinstance(found, torch.Tensor), f"returned {type(found).__name__}, expected a tensor")
            said = (
                f"returned {tuple(found.shape)} {found.dtype} for a {prediction_type} model, expected {SHAPE} float32"
            )
            require(found.shape == SHAPE and found.dtype == torch.float32, said)
            require(torch.isfinite(found).all(), f"returned values that are not finite for a {prediction_type} model")


@check("guider")
def is_the_identity_at_neutral_strength(subject: Subject) -> None:
    """At the parameters that it names `neutral`, the guided prediction is that of the positive prompt."""
    guider, state = guider_of(subject, subject.neutral()), {}  # type: sf.Guider, dict[str, Any]
    for step in range(_STEPS):
        branches = guider.branches(SIGMAS[step], step, _STEPS)
        plain = [branch for branch in branches if branch.prompt == "positive" and not branch.wraps]
        require(plain, f"asks for {[branch.name for branch in branches]}, expected the positive prompt among them")
        expected = prediction(plain[0], subject.seed, step)
        away = (combined(guider, subject.seed, step, _STEPS, state) - expected).abs().max().item()
        require(away < _ROUNDING, f"is {away:.3g} away from the positive prediction at step {step}, expected 0")


@check("guider")
def bears_predictions_that_agree(subject: Subject) -> None:
    """Where all branches predict the same, as with an empty prompt, the guided prediction is finite."""
    guider, state = guider_of(subject), {}  # type: sf.Guider, dict[str, Any]
    for step in range(_STEPS):
        same = drawn(f"same:{step}", SHAPE)
        denoised = {branch.name: same.clone() for branch in guider.branches(SIGMAS[step], step, _STEPS)}
        found = guider.combine(denoised, same * SIGMAS[step], SIGMAS[step], state)
        require(
            torch.isfinite(found).all(), f"returned values that are not finite at step {step}, where branches agree"
        )


@check("guider")
def leaves_inputs_alone(subject: Subject) -> None:
    """It changes neither x nor the predictions in place, and does not hand back what it goes on changing."""
    guider, state = guider_of(subject), {}  # type: sf.Guider, dict[str, Any]
    for step in range(_STEPS):
        branches = guider.branches(SIGMAS[step], step, _STEPS)
        denoised = {branch.name: prediction(branch, subject.seed, step) for branch in branches}
        x = drawn(f"x:{step}", SHAPE)
        with watched(x, *denoised.values()):
            guider.combine(denoised, x, SIGMAS[step], state)


@check("guider")
def resumes(subject: Subject) -> None:
    """Its state can be saved between any two steps; read back into another instance, it goes on to the same bits."""
    guider, state = guider_of(subject), {}  # type: sf.Guider, dict[str, Any]
    whole = [combined(guider, subject.seed, step, _STEPS, state) for step in range(_STEPS)]
    for cut in range(1, _STEPS):
        guider, state = guider_of(subject), {}
        for step in range(cut):
            combined(guider, subject.seed, step, _STEPS, state)
        saved = dict(reread(Position(x=torch.zeros(SHAPE), guider_state=state)).guider_state)
        again = combined(guider_of(subject), subject.seed, cut, _STEPS, saved)
        said = f"went on from step {cut} to something else; all that it remembers belongs in `state`"
        require(torch.equal(again, whole[cut]), said)


@check("guider")
def is_the_same_alone_and_in_a_batch(subject: Subject) -> None:
    """One instance that guides two images in turns makes of each what it makes of it alone, bit for bit."""
    seeds = (subject.seed, subject.seed + 1)
    alone = [_guided(guider_of(subject), seed) for seed in seeds]
    shared, states = guider_of(subject), [{}, {}]  # type: sf.Guider, list[dict[str, Any]]
    for step in range(_STEPS):
        for seed, state, expected in zip(seeds, states, alone, strict=True):
            found = combined(shared, seed, step, _STEPS, state)
            if not torch.equal(found, expected[step]):
                raise Failed("made something else of an image beside another; keep what it remembers in `state`")


def _guided(guider: sf.Guider, seed: int) -> list[torch.Tensor]:
    state: dict[str, Any] = {}
    return [combined(guider, seed, step, _STEPS, state) for step in range(_STEPS)]
