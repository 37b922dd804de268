"""A contribution put to its ordinary use for a moment: what it makes of fixed inputs, to look at and to compare."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

import torch

import sfumato.plugin as sf
from sfumato.parameters import Value
from sfumato.testing.driving import draws, run
from sfumato.testing.mixture import Mixture
from sfumato.testing.outcome import Failed, Skipped
from sfumato.testing.pictures import StandInWork, mask, picture
from sfumato.testing.stand_in import LAYERS, drawn, stable_diffusion
from sfumato.testing.studio import recipe
from sfumato.testing.subject import Subject

SHAPE: Final = (1, 4, 8, 8)
#: Noise levels of a short trajectory.
SIGMAS: Final = (14.6, 6.2, 2.5, 0.9, 0.25, 0.03, 0.0)
Made = list[torch.Tensor]


def exercise(subject: Subject, values: Mapping[str, Value] | None = None) -> Made:
    """What it makes with these parameters, or with its own; the same for the same seed of the subject."""
    return _USES[subject.contribution.kind](subject, values or {})


def sample(subject: Subject, values: Mapping[str, Value]) -> Made:
    """The x after each length of trajectory."""
    noise = draws(subject.seed, SHAPE)
    x = drawn(f"x:{subject.seed}", SHAPE) * SIGMAS[0]
    ways = ((14.6, 0.0), SIGMAS[1:], SIGMAS)
    return [run(subject.make(**values), Mixture().denoise, x, sigmas, noise) for sigmas in ways]


def schedule(subject: Subject, values: Mapping[str, Value]) -> Made:
    """The levels of several counts of steps."""
    made = subject.make(**values)
    counts = (1, 2, 7, 20)
    return [torch.tensor(list(made.sigmas(n, stable_diffusion())), dtype=torch.float64) for n in counts]


def guide(subject: Subject, values: Mapping[str, Value]) -> Made:
    """The guided predictions of a short trajectory, the state kept from step to step."""
    guider, state = guider_of(subject, values), {}  # type: sf.Guider, dict[str, Any]
    steps = len(SIGMAS) - 1
    return [combined(guider, subject.seed, step, steps, state) for step in range(steps)]


def guider_of(subject: Subject, values: Mapping[str, Value] | None = None, **model: Any) -> sf.Guider:
    """A guider as the engine prepares it."""
    guider: sf.Guider = subject.make(**(values or {}))
    guider.model, guider.layers = stable_diffusion(**model), LAYERS
    return guider


def combined(guider: sf.Guider, seed: int, step: int, steps: int, state: dict[str, Any]) -> torch.Tensor:
    """One guided prediction."""
    sigma = SIGMAS[step]
    predictions = {branch.name: prediction(branch, seed, step) for branch in guider.branches(sigma, step, steps)}
    x = drawn(f"x:{seed}:{step}", SHAPE) * sigma
    return guider.combine(predictions, x, sigma, state)


def prediction(branch: sf.Branch, seed: int, step: int) -> torch.Tensor:
    """What a network might have answered to a branch: alike for like prompts, but for what wraps it."""
    base = drawn(f"{seed}:{step}", SHAPE) * 0.5 + drawn(f"{seed}:{branch.prompt}:{step}", SHAPE) * 0.2
    return base + drawn(f"{seed}:{branch.name}", SHAPE) * 0.1 if branch.wraps else base


def condition(subject: Subject, values: Mapping[str, Value]) -> Made:
    """The latents of a recipe with the conditioner."""
    selection, assets = subject.selection(**values)
    wanted, more = with_needs(subject, conditioners=(selection,))
    return [subject.studio().latents(wanted, assets | more)]


def with_needs(subject: Subject, **changes: Any) -> tuple[Any, dict[str, bytes]]:
    """A recipe with the initial image and the mask that the contribution needs, and their files."""
    from sfumato.engine import layers

    needs = subject.contribution.needs
    assets = {}
    if needs.init or needs.mask:
        assets["init"] = layers.to_file(picture(subject.seed + 2, 64, 64))
        changes |= {"init": "init", "strength": 0.9}
    if needs.mask:
        assets["mask"] = layers.to_file(mask(64, 64))
        changes |= {"mask": "mask"}
    return recipe(subject.seed, **changes), assets


def process(subject: Subject, values: Mapping[str, Value]) -> Made:
    """The pixels of every layer that is made of one picture."""
    return [torch.from_numpy(layer.pixels.copy()) for layer in processed(subject, picture(subject.seed), values)]


def processed(
    subject: Subject, image: sf.Image, values: Mapping[str, Value] | None = None, work: StandInWork | None = None
) -> list[sf.Image]:
    """The layers that a preprocessor or post-processor makes of a picture. Raises Failed where they are none."""
    from sfumato.engine.layers import problem_with

    made = subject.make(**(values or {}))
    work = work or work_of(subject, image)
    given = made.map(image, work) if isinstance(made, sf.Preprocessor) else made.process(image, work)
    layers = [given] if isinstance(given, sf.Image) else given
    if not isinstance(layers, list | tuple) or not layers:
        raise Failed(f"returned {type(given).__name__}, expected an Image or several")
    for layer in layers:
        if problem := problem_with(layer):
            raise Failed(problem)
    return list(layers)


def work_of(subject: Subject, image: sf.Image, cancel_at: int | None = None) -> StandInWork:
    """What a processor gets with a picture: its images, and a mask over the right half."""
    subject.require_models()
    size = image.width_px, image.height_px
    return StandInWork(
        recipe=recipe(subject.seed),
        seed=subject.seed,
        images=subject.images(),
        mask=mask(*size),
        cancel_at=cancel_at,
    )


def family(subject: Subject, values: Mapping[str, Value]) -> Made:
    """Nothing: a family has a model to be put to use with."""
    raise Skipped("needs a model; see the checks of families")


_USES: Final[Mapping[str, Callable[[Subject, Mapping[str, Value]], Made]]] = {
    "sampler": sample,
    "schedule": schedule,
    "guider": guide,
    "conditioner": condition,
    "preprocessor": process,
    "post-processor": process,
    "family": family,
}


@contextmanager
def watched(*given: torch.Tensor) -> Iterator[None]:
    """Raise Failed where one of these was changed within the context."""
    before = [each.clone() for each in given]
    yield
    for now, then in zip(given, before, strict=True):
        if not torch.equal(now, then):
            raise Failed(f"changed an input in place: {tuple(now.shape)} {now.dtype}; work on a copy")
