"""A trajectory: one image on its way from noise to latents.

Where it stands between two steps is one frozen value, replaced whole when a step has succeeded. Whatever happens
in the middle of a step (a more urgent job, a crash, a plugin that raises) leaves the last position as it was.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import torch

import sfumato.plugin as sf
from sfumato.engine.blame import Blame
from sfumato.engine.conditioning import Conditioning, Parts, Trail, mixed
from sfumato.engine.guard import is_finite
from sfumato.engine.guarded_wraps import guarded
from sfumato.engine.inpainting import KnownLatents
from sfumato.engine.noise import ImageNoise

#: The branches of one evaluation, which always share a network call.
Calls = tuple[sf.NetworkCall, ...]
#: Yields what it wants evaluated, and is sent the predictions.
Walk = Generator[Calls, Sequence[torch.Tensor], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """What all images of a job have in common: the way that they go. `sigmas` are those that are run, then 0."""

    family: sf.Family
    sampler: sf.Sampler
    guider: sf.Guider
    sigmas: tuple[float, ...]
    prompts: Mapping[str, Any]
    conditioning: Conditioning
    blame: Blame
    tile: str = ""
    channels: torch.Tensor | None = None

    @property
    def step_count(self) -> int:
        """How many steps there are to take."""
        return len(self.sigmas) - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """Everything that changes: x (1, C, h, w) before step `step_index`, and what sampler and guider remember."""

    x: torch.Tensor
    step_index: int = 0
    sampler_state: Mapping[str, Any] = field(default_factory=dict)
    guider_state: Mapping[str, Any] = field(default_factory=dict)

    def to(self, device: torch.device) -> Position:
        """The same position with its tensors on `device`."""
        states = (
            {name: _moved(value, device) for name, value in state.items()}
            for state in (self.sampler_state, self.guider_state)
        )
        sampler_state, guider_state = states
        return replace(self, x=self.x.to(device), sampler_state=sampler_state, guider_state=guider_state)


@dataclass(slots=True, kw_only=True)
class Trajectory:
    """One image in flight. `denoised` is the latest guided prediction, for previews."""

    course: Course
    image_index: int
    seed: int
    noise: ImageNoise
    position: Position
    known: KnownLatents | None = None
    denoised: torch.Tensor | None = None

    def walk(self, stepped: Callable[[Trajectory], None]) -> Walk:
        """Take all steps that are left, calling `stepped` after each."""
        while self.position.step_index < self.course.step_count:
            yield from self._step()
            stepped(self)

    def _step(self) -> Walk:
        course, now = self.course, self.position
        sampler_state, guider_state = dict(now.sampler_state), dict(now.guider_state)
        sigma, sigma_next = course.sigmas[now.step_index : now.step_index + 2]
        trail: Trail = []
        with course.blame.on("sampler", "step", now.step_index):
            step = course.sampler.step(now.x, sigma, sigma_next, sampler_state, self.noise.at(now.step_index))
        answer: torch.Tensor | None = None
        while isinstance(request := self._resume(step, answer), sf.Evaluate):
            try:
                answer = self.denoised = yield from self._evaluate(request, guider_state, trail)
            except BaseException:  # the job is dropped, or fails: the sampler hears of it where it can be watched
                course.blame.close("sampler", "step", step, now.step_index)
                raise
        course.blame.check_like(now.x, request, "sampler", "step", now.step_index)
        # One cheap pass: a sum is finite unless something in it is not.
        if not math.isfinite(float(request.sum())):
            raise self._post_mortem(trail)
        self.position = Position(
            x=self._pinned(request, sigma_next),
            step_index=now.step_index + 1,
            sampler_state=sampler_state,
            guider_state=guider_state,
        )

    def _resume(self, step: sf.Steps, answer: torch.Tensor | None) -> Any:
        """The sampler's next request, or what it returned."""
        inputs = {"x": self.position.x, "denoised": answer}
        with self.course.blame.on("sampler", "step", self.position.step_index, inputs):
            try:
                return next(step) if answer is None else step.send(answer)
            except StopIteration as end:
                return end.value

    def _evaluate(
        self, request: sf.Evaluate, guider_state: dict[str, Any], trail: Trail
    ) -> Generator[Calls, Sequence[torch.Tensor], torch.Tensor]:
        """The guided prediction; `trail` gets all that it is made of, until the step's end."""
        course, step_index, sigma = self.course, self.position.step_index, request.sigma
        course.blame.check_like(self.position.x, request.x, "sampler", "step", step_index)
        # At the step's own level, x is as the step before left it, or the noise that all began with.
        below = sigma < course.sigmas[step_index]
        x = self._pinned(request.x, sigma) if below else request.x
        trail.append(("sampler", "step", x))
        with course.blame.on("guider", "branches", step_index):
            branches = {branch.name: branch for branch in course.guider.branches(sigma, step_index, course.step_count)}
            parts = {name: self._parts(x, sigma, branch, trail) for name, branch in branches.items()}
        calls = tuple(part.call for each in parts.values() for part in each)
        predictions = (yield calls) if calls else ()
        trail.append(("family", "evaluate", predictions))
        rest = iter(predictions)
        by_name = {name: mixed(each, [next(rest) for _ in each]) for name, each in parts.items()}
        with course.blame.on("guider", "combine", step_index, {"x": x, **by_name}):
            denoised = course.guider.combine(by_name, x, sigma, guider_state)
        course.blame.check_like(x, denoised, "guider", "combine", step_index)
        trail.append(("guider", "combine", denoised))
        if course.conditioning.conditioners:
            denoised = course.conditioning.restrained(denoised, sigma, self._moment("", ""), trail)
        if self.known:
            denoised = self.known.restored(denoised, self._progress)
        return denoised

    def _parts(self, x: torch.Tensor, sigma: float, branch: sf.Branch, trail: Trail) -> Parts:
        course = self.course
        call = sf.NetworkCall(
            x=x,
            sigma=sigma,
            prompt=course.prompts[branch.prompt],
            tile=course.tile,
            channels=course.channels,
            wraps=guarded(branch.wraps, "guider", course.blame, self.position.step_index),
        )
        if branch.wraps:
            course.conditioning.check(call, "guider", "branches", self.position.step_index)
        return course.conditioning.parts(call, self._moment(branch.name, branch.prompt), trail)

    def _moment(self, branch: str, prompt: str) -> sf.Moment:
        return sf.Moment(
            branch=branch, prompt=prompt, step_index=self.position.step_index, step_count=self.course.step_count
        )

    def _pinned(self, x: torch.Tensor, sigma: float) -> torch.Tensor:
        return x if self.known is None else self.known.pinned(x, sigma, self._progress)

    @property
    def _progress(self) -> float:
        return self.position.step_index / self.course.step_count

    def _post_mortem(self, trail: Trail) -> Exception:
        """The error that names whoever was the first to return something that is not finite."""
        spoilt = ((place, hook) for place, hook, value in trail if not is_finite(value))
        place, hook = next(spoilt, ("sampler", "step"))
        said = "returned values that are not finite"
        return self.course.blame.fault(place, hook, self.position.step_index, said)


def first_x(noise: torch.Tensor, sigma: float, init: torch.Tensor | None) -> torch.Tensor:
    """Noisy latents (1, C, h, w) to start from at `sigma`: the initial latents under noise, or noise alone.

    Without initial latents their variance is 1 + sigma^2, that of data of unit variance under noise, as a
    variance-preserving network has seen it in training.
    """
    return noise * (1 + sigma * sigma) ** 0.5 if init is None else init + noise * sigma


def _moved(value: Any, device: torch.device) -> Any:
    return value.to(device) if isinstance(value, torch.Tensor) else value
