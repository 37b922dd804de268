"""Checks of schedules: noise levels that a model can be asked for, and in an order that leads to a picture."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import sfumato.plugin as sf
from sfumato.testing.check import check
from sfumato.testing.outcome import require
from sfumato.testing.stand_in import stable_diffusion
from sfumato.testing.subject import Subject

_COUNTS: Final = (1, 2, 3, 4, 5, 8, 10, 13, 20, 25, 30, 50, 100)


def _models() -> Iterator[tuple[str, sf.ModelSigmas]]:
    plain = stable_diffusion()
    yield "Stable Diffusion", plain
    yield "an SDXL model", replace(plain, architecture="sdxl", timestep_spacing="trailing")
    raised = (*plain.sigmas[:-1], 4096.0)
    yield "a model of zero terminal SNR", replace(plain, sigmas=raised, prediction_type="v_prediction")


def _all(subject: Subject) -> Iterator[tuple[str, sf.ModelSigmas, int, list[float]]]:
    """Every list of levels that is tried, with words for what it is for."""
    made = subject.make()
    for (name, model), steps in itertools.product(_models(), _COUNTS):
        yield f"{steps} steps of {name}", model, steps, [float(sigma) for sigma in made.sigmas(steps, model)]


@check("schedule")
def has_a_level_for_every_step(subject: Subject) -> None:
    """There are as many levels as steps, and one more for the end."""
    for case, _, steps, sigmas in _all(subject):
        require(len(sigmas) == steps + 1, f"has {len(sigmas)} levels for {case}, expected {steps + 1}")


@check("schedule")
def ends_in_0(subject: Subject) -> None:
    """The last level is exactly 0."""
    for case, _, _, sigmas in _all(subject):
        require(sigmas and sigmas[-1] == 0, f"ends in {sigmas[-1:]} for {case}, expected 0")


@check("schedule")
def falls(subject: Subject) -> None:
    """Every level is lower than the one before."""
    for case, _, _, sigmas in _all(subject):
        rising = [(high, low) for high, low in itertools.pairwise(sigmas) if not high > low]
        require(not rising, f"goes from {rising[:1]} for {case}, expected falling levels")


@check("schedule")
def stays_within_the_model(subject: Subject) -> None:
    """Every level but the last is one that the model was trained on: from sigma_min to sigma_max, and finite."""
    for case, model, _, sigmas in _all(subject):
        outside = [s for s in sigmas[:-1] if not (math.isfinite(s) and model.sigma_min <= s <= model.sigma_max)]
        said = f"has levels {outside[:3]} for {case}, expected {model.sigma_min:.4g} to {model.sigma_max:.4g}"
        require(not outside, said)
