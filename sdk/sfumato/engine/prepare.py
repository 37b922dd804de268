"""The first stage: a recipe becomes a scene, in which everything is loaded, checked and encoded."""

from __future__ import annotations

import math
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import sfumato.plugin as sf
from sfumato.engine.bench import Bench
from sfumato.engine.blame import Blame
from sfumato.engine.inpainting import Canvas, KnownLatents
from sfumato.engine.inputs import Inputs, begins_as_noise, encode, steps_to_run
from sfumato.engine.pictures import canvas_of
from sfumato.engine.trajectory import Course, Position, Trajectory, first_x
from sfumato.recipe import Recipe


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What the images of one job have in common; each has a trajectory of its own from here on."""

    recipe: Recipe
    course: Course
    canvas: Canvas | None
    inputs: Inputs

    def trajectory(self, image_index: int, bench: Bench, position: Position | None = None) -> Trajectory:
        """The trajectory of one image, from its beginning or from a position that it had reached."""
        family, seed = self.course.family, self.recipe.seed + image_index
        noise = bench.noise(seed, family.latent_shape(self.recipe.width_px, self.recipe.height_px), family.device)
        initial, init, mask = noise.initial(), self.inputs.init, self.inputs.mask
        if position is None:
            start = None if begins_as_noise(self.recipe) else init
            position = Position(x=first_x(initial, self.course.sigmas[0], start))
        return Trajectory(
            course=self.course,
            image_index=image_index,
            seed=seed,
            noise=noise,
            position=position.to(family.device),
            known=None if init is None or mask is None else KnownLatents(latents=init, mask=mask, noise=initial),
        )


def prepare(recipe: Recipe, assets: Mapping[str, bytes], bench: Bench) -> Generator[None, None, Scene]:
    """Load, check and encode; pauses only around the VAE, so that a first evaluation is at best one turn away.

    Raises InvalidRecipe, ImageRefused, NotFound, WeightsRefused, and PluginError for a wrong schedule.
    """
    steps = steps_to_run(recipe)
    canvas = canvas_of(recipe, assets)
    family = bench.models.load(recipe.model)
    blame = Blame(bench.registry, recipe, family.card.family)
    sampler: sf.Sampler = bench.registry.build("sampler", recipe.sampler)
    sampler.steps = recipe.steps
    guider: sf.Guider = bench.registry.build("guider", recipe.guider)
    guider.model = family.sigmas
    sigmas = _sigmas(recipe, family, bench, blame)
    prompts = _prompts(recipe, family, blame)
    with blame.on("family", "encode_image"):
        inputs = yield from encode(recipe, canvas, family, bench.encodings)
    course = Course(
        family=family,
        sampler=sampler,
        guider=guider,
        sigmas=sigmas[-1 - steps :],
        prompts=prompts,
        blame=blame,
        tile=recipe.tile,
        channels=inputs.channels,
    )
    return Scene(recipe=recipe, course=course, canvas=canvas, inputs=inputs)


def _sigmas(recipe: Recipe, family: sf.Family, bench: Bench, blame: Blame) -> tuple[float, ...]:
    """The noise levels of the whole schedule, then 0."""
    schedule: sf.Schedule = bench.registry.build("schedule", recipe.schedule)
    with blame.on("schedule", "sigmas"):
        sigmas = tuple(float(sigma) for sigma in schedule.sigmas(recipe.steps, family.sigmas))
    falling = all(a > b for a, b in pairwise(sigmas)) and all(map(math.isfinite, sigmas))
    if len(sigmas) != recipe.steps + 1 or not falling or sigmas[-1] != 0:
        said = f"returned {sigmas}, expected {recipe.steps} falling finite noise levels, then 0"
        raise blame.fault("schedule", "sigmas", None, said)
    return sigmas


def _prompts(recipe: Recipe, family: sf.Family, blame: Blame) -> dict[str, Any]:
    """The conditionings by the names that guiders call them by."""
    with blame.on("family", "encode_prompt"):
        both = [family.encode_prompt(text) for text in (recipe.prompt, recipe.negative_prompt)]
        return dict(zip(("positive", "negative"), family.match_prompts(both), strict=True))
