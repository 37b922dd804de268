"""Checks of samplers: what the engine relies on when it interleaves, saves and drops trajectories."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import torch

import sfumato.plugin as sf
from sfumato.engine import checkpoint
from sfumato.engine.trajectory import Position
from sfumato.testing.check import check
from sfumato.testing.driving import draws, run, step
from sfumato.testing.exercise import SHAPE, SIGMAS, watched
from sfumato.testing.mixture import Mixture
from sfumato.testing.outcome import Failed, require
from sfumato.testing.stand_in import drawn
from sfumato.testing.subject import Subject

_MIXTURE: Final = Mixture()
_LAST: Final = len(SIGMAS) - 1


def kind_of(subject: Subject) -> type[sf.Sampler]:
    """The sampler's class."""
    assert issubclass(subject.contribution, sf.Sampler)
    return subject.contribution


def start(subject: Subject, name: str = "x") -> torch.Tensor:
    """Noise (1, C, h, w) at the first level."""
    return drawn(f"{name}:{subject.seed}", SHAPE) * SIGMAS[0]


def noise_at(subject: Subject, index: int) -> sf.Noise:
    """The noise of one step, as the engine hands it out."""
    return draws(subject.seed + 100 + index, SHAPE)


def advance(
    subject: Subject, sampler: sf.Sampler, x: torch.Tensor, state: dict[str, Any], first: int, last: int
) -> torch.Tensor:
    """The x after the steps first..last - 1."""
    sampler.steps, sampler.sigmas = _LAST, SIGMAS
    for index in range(first, last):
        noise = noise_at(subject, index)
        x = step(sampler, _MIXTURE.denoise, x, SIGMAS[index], SIGMAS[index + 1], state, noise)
    return x


@check("sampler")
def keeps_form(subject: Subject) -> None:
    """The result is x in its own shape and dtype, in float32 and float64."""
    for dtype in (torch.float32, torch.float64):
        x = start(subject).to(dtype)
        found = run(subject.make(), _MIXTURE.denoise, x, SIGMAS, draws(subject.seed, SHAPE, dtype))
        require(isinstance(found, torch.Tensor), f"returned {type(found).__name__}, expected a tensor")
        said = f"returned {tuple(found.shape)} {found.dtype}, expected {SHAPE} {dtype}"
        require((found.shape, found.dtype) == (x.shape, x.dtype), said)


@check("sampler")
def leaves_inputs_alone(subject: Subject) -> None:
    """Nothing that it is given is changed in place: x, predictions, noise."""
    given: list[tuple[torch.Tensor, torch.Tensor]] = []

    def seen(tensor: torch.Tensor) -> torch.Tensor:
        given.append((tensor, tensor.clone()))
        return tensor

    x, source = seen(start(subject)), draws(subject.seed, SHAPE)
    run(subject.make(), lambda x, sigma: seen(_MIXTURE.denoise(seen(x), sigma)), x, SIGMAS, lambda: seen(source()))
    changed = sum(not torch.equal(now, before) for now, before in given)
    require(not changed, f"changed {changed} of {len(given)} tensors that it was given; work on copies")


@check("sampler")
def announces_its_evaluations(subject: Subject) -> dict[str, float]:
    """A step asks for `evaluations_per_step` evaluations; the one to 0 for no more than that."""
    announced = kind_of(subject).evaluations_per_step
    sampler, state, counts = subject.make(), {}, []  # type: sf.Sampler, dict[str, Any], list[int]
    sampler.steps, sampler.sigmas, x = _LAST, SIGMAS, start(subject)
    for index in range(_LAST):
        asked: list[float] = []
        counting = _counting(asked)
        x = step(sampler, counting, x, SIGMAS[index], SIGMAS[index + 1], state, noise_at(subject, index))
        counts.append(len(asked))
    wrong = [count for count in counts[1:-1] if count != announced]
    require(not wrong, f"asked for {counts} evaluations in its steps, but announces {announced}")
    require(counts[0] <= 2 * announced, f"asked for {counts[0]} evaluations in its first step, announces {announced}")
    require(1 <= counts[-1] <= announced, f"asked for {counts[-1]} evaluations on the way to 0, announces {announced}")
    return {"evaluations_per_step": announced}


def _counting(asked: list[float]) -> Callable[[torch.Tensor, float], torch.Tensor]:
    def denoise(x: torch.Tensor, sigma: float) -> torch.Tensor:
        asked.append(sigma)
        return _MIXTURE.denoise(x, sigma)

    return denoise


@check("sampler")
def draws_noise_if_it_says_so(subject: Subject) -> None:
    """At its default parameters it draws noise exactly if it is `stochastic`."""
    drew, source = [], draws(subject.seed, SHAPE)

    def noise() -> torch.Tensor:
        drew.append(1)
        return source()

    run(kind_of(subject)(), _MIXTURE.denoise, start(subject), SIGMAS, noise)
    says = kind_of(subject).stochastic
    require(bool(drew) == says, f"drew noise {len(drew)} times, but says stochastic = {says}")


@check("sampler")
def is_the_same_alone_and_in_a_batch(subject: Subject) -> None:
    """One instance that advances two images in turns makes of each what it makes of it alone, bit for bit."""
    images = [start(subject, name) for name in ("first", "second")]
    alone = [advance(subject, subject.make(), x, {}, 0, _LAST) for x in images]
    shared, states = subject.make(), ({}, {})  # type: tuple[sf.Sampler, tuple[dict[str, Any], dict[str, Any]]]
    shared.steps, shared.sigmas = _LAST, SIGMAS
    for index in range(_LAST):
        noises = [noise_at(subject, index) for _ in images]
        steps = [
            shared.step(x, SIGMAS[index], SIGMAS[index + 1], state, noise)
            for x, state, noise in zip(images, states, noises, strict=True)
        ]
        images = _in_turns(steps)
    same = all(torch.equal(x, expected) for x, expected in zip(images, alone, strict=True))
    require(
        same, "made something else of an image beside another; keep what a trajectory needs in `state`, not in self"
    )


def _in_turns(steps: list[sf.Steps]) -> list[torch.Tensor]:
    """The ends of several steps, an evaluation of each at a time."""
    ended: dict[int, torch.Tensor] = {}
    answers: list[torch.Tensor | None] = [None] * len(steps)
    while len(ended) < len(steps):
        for place, generator in enumerate(steps):
            if place in ended:
                continue
            answer = answers[place]
            try:
                request = next(generator) if answer is None else generator.send(answer)
                answers[place] = _MIXTURE.denoise(request.x, request.sigma)
            except StopIteration as end:
                ended[place] = end.value
    return [ended[place] for place in range(len(steps))]


@check("sampler")
def resumes(subject: Subject) -> None:
    """Saved between any two steps and read back into another instance, it goes on to the same bits."""
    whole = advance(subject, subject.make(), start(subject), {}, 0, _LAST)
    for cut in range(1, _LAST):
        state: dict[str, Any] = {}
        x = advance(subject, subject.make(), start(subject), state, 0, cut)
        saved = reread(Position(x=x, sampler_state=state))
        again = advance(subject, subject.make(), saved.x, dict(saved.sampler_state), cut, _LAST)
        said = f"went on from step {cut} to something else; all that a step needs of those before belongs in `state`"
        require(torch.equal(again, whole), said)


def reread(position: Position) -> Position:
    """The position after a trip through a checkpoint. Raises Failed for a state that cannot be saved."""
    try:
        return checkpoint.restore(checkpoint.dump("kit", {0: position}), "kit")[0]
    except checkpoint.Unsaveable as error:
        raise Failed(str(error)) from error


@check("sampler")
def yields_to_a_cancel(subject: Subject) -> None:
    """Dropped at any evaluation, it ends at once and asks for no other."""
    announced = kind_of(subject).evaluations_per_step
    for stop_at in range(announced):
        sampler, state = subject.make(), {}  # type: sf.Sampler, dict[str, Any]
        x = advance(subject, sampler, start(subject), state, 0, 2)
        steps = sampler.step(x, SIGMAS[2], SIGMAS[3], state, noise_at(subject, 2))
        request = next(steps)
        for _ in range(stop_at):
            request = steps.send(_MIXTURE.denoise(request.x, request.sigma))
        try:
            steps.close()
        except RuntimeError as error:
            raise Failed(f"went on after it was dropped at evaluation {stop_at + 1}: {error}") from error


@check("sampler")
def ends_in_the_prediction(subject: Subject) -> None:
    """The step to 0 leaves no noise: with a prediction that is the same everywhere, x ends there."""
    calm = torch.full(SHAPE, 0.25)
    with watched(calm):
        found = run(subject.make(), lambda x, sigma: calm, start(subject), SIGMAS, draws(subject.seed, SHAPE))
    away = (found - calm).abs().max().item()
    require(away < 1e-3, f"ended {away:.3g} away from a prediction that never changed, expected to end there")
