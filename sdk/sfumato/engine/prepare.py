"""The first stage: a recipe becomes a scene, in which everything is loaded, checked and encoded."""

from __future__ import annotations

import copy
import math
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from types import MappingProxyType
from typing import Any

import sfumato.plugin as sf
from sfumato.engine import layers
from sfumato.engine.bench import Bench
from sfumato.engine.blame import Blame
from sfumato.engine.briefing import Briefing, encoded
from sfumato.engine.conditioning import Conditioning
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


def prepare(recipe: Recipe, assets: Mapping[str, bytes], bench: Bench, job_id: str = "") -> Generator[Any, Any, Scene]:
    """Load, check and encode; pauses only around what takes long, so that a first evaluation is at best one turn away.

    Raises InvalidRecipe, ImageRefused, NotFound, WeightsRefused, and PluginError for a wrong schedule.
    """
    steps = steps_to_run(recipe)
    canvas = canvas_of(recipe, assets)
    family = bench.models.load(recipe.model)
    blame = Blame(bench.registry, recipe, family.card.family, job_id=job_id, guard=bench.guard)
    with blame.on("sampler", "__init__"):
        sampler: sf.Sampler = bench.registry.build("sampler", recipe.sampler)
    sampler.steps = recipe.steps
    with blame.on("guider", "__init__"):
        guider: sf.Guider = bench.registry.build("guider", recipe.guider)
    guider.model, guider.layers = family.sigmas, family.layers()
    sigmas = _sigmas(recipe, family, bench, blame)[-1 - steps :]
    sampler.sigmas = sigmas
    conditioning = _conditioning(recipe, family, bench, blame)
    prompts = yield from _prompts(recipe, guider, conditioning)
    for place, conditioner in conditioning.conditioners:
        images = layers.parameter_images(conditioner, _params(recipe, place), place, assets)
        briefing = Briefing(recipe, family, bench, images, job_id)
        yield from blame.through(place, "prepare", partial(conditioner.prepare, briefing))
    inputs = yield from blame.through("family", "encode_image", lambda: encode(recipe, canvas, family, bench.encodings))
    course = Course(
        family=family,
        sampler=sampler,
        guider=guider,
        sigmas=sigmas,
        prompts=prompts,
        conditioning=conditioning,
        blame=blame,
        tile=recipe.tile,
        channels=inputs.channels,
    )
    return Scene(recipe=recipe, course=course, canvas=canvas, inputs=inputs)


def _sigmas(recipe: Recipe, family: sf.Family, bench: Bench, blame: Blame) -> tuple[float, ...]:
    """The noise levels of the whole schedule, then 0."""
    with blame.on("schedule", "__init__"):
        schedule: sf.Schedule = bench.registry.build("schedule", recipe.schedule)
    with blame.on("schedule", "sigmas"):
        sigmas = tuple(float(sigma) for sigma in schedule.sigmas(recipe.steps, family.sigmas))
    falling = all(a > b for a, b in pairwise(sigmas)) and all(map(math.isfinite, sigmas))
    if len(sigmas) != recipe.steps + 1 or not falling or sigmas[-1] != 0:
        said = f"returned {sigmas}, expected {recipe.steps} falling finite noise levels, then 0"
        raise blame.fault("schedule", "sigmas", None, said)
    return sigmas


def _conditioning(recipe: Recipe, family: sf.Family, bench: Bench, blame: Blame) -> Conditioning:
    made = []
    for place, _, selection in recipe.selections():
        if place.startswith("conditioners."):
            with blame.on(place, "__init__"):
                made.append((place, bench.registry.build("conditioner", selection, path=place)))
    return Conditioning(conditioners=tuple(made), family=family, blame=blame)


def _params(recipe: Recipe, place: str) -> Mapping[str, Any]:
    return next(selection.params for path, _, selection in recipe.selections() if path == place)


def _prompts(recipe: Recipe, guider: sf.Guider, conditioning: Conditioning) -> Generator[None, None, dict[str, Any]]:
    """The conditionings by the names that guiders call them by."""
    family, blame = conditioning.family, conditioning.blame
    texts = _texts(recipe, guider, conditioning)
    conditionings = dict.fromkeys(texts)
    for name, text in texts.items():
        conditionings[name] = yield from blame.through("family", "encode_prompt", partial(encoded, family, text))
    with blame.on("family", "match_prompts"):
        matched = family.match_prompts([*conditionings.values()])
    # What conditioners see is the job's own: the family may keep what it encoded for the next one.
    own = copy.deepcopy(matched) if conditioning.conditioners else matched
    return dict(zip(texts, own, strict=True))


def _texts(recipe: Recipe, guider: sf.Guider, conditioning: Conditioning) -> dict[str, str]:
    """The prompts by name, as the guider asks for them and the conditioners rewrite them."""
    blame = conditioning.blame
    with blame.on("guider", "prompts"):
        texts = {"positive": recipe.prompt, "negative": recipe.negative_prompt, **guider.prompts()}
    for place, conditioner in conditioning.conditioners:
        with blame.on(place, "rewrite"):
            given = dict(conditioner.rewrite(MappingProxyType(texts)))
        if not texts.keys() <= given.keys() or not all(isinstance(text, str) for text in given.values()):
            said = f"returned prompts {sorted(given)}, expected texts for {sorted(texts)}"
            raise blame.fault(place, "rewrite", None, said)
        texts = given
    return texts
