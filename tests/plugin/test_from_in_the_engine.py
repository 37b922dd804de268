"""Adapted samplers at work in the engine: checkpoints, cancelling, previews, batches, and diffusers' own pipeline."""

from __future__ import annotations

import threading
from dataclasses import replace

import diffusers
import pytest
import torch

import sfumato.plugin as sf
from sfumato.engine.events import Checkpointed, Ended, ImageReady, Stepped
from sfumato.engine.families.stable_diffusion import StableDiffusion
from sfumato.recipe import Selection
from sfumato.testing.parity import SIZE_PX, SPACED, Models, assert_close, ours, scheduler_for, theirs
from sfumato.testing.registries import installed_and
from tests.engine.gaussian import Fixed, Studio, recipe
from tests.engine.test_inpaint import PICTURE, png
from tests.plugin.k_diffusion import sampling

# diffusers makes arrays of tensors in a way that numpy 2 means to drop.
pytestmark = [
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:__array_wrap__ must:DeprecationWarning"),
]

SAMPLERS = [
    sf.from_k_diffusion(sampling.sample_heun, id="test.heun"),
    sf.from_k_diffusion(sampling.sample_dpmpp_2m_sde, id="test.sde"),
    sf.from_k_diffusion(sampling.sample_lms, id="test.lms"),
    sf.from_k_diffusion(sampling.sample_dpm_fast, id="test.fast"),
    sf.from_diffusers(diffusers.EulerAncestralDiscreteScheduler, id="test.ancestral"),
    sf.from_diffusers(diffusers.UniPCMultistepScheduler, id="test.unipc"),
    sf.from_diffusers(diffusers.HeunDiscreteScheduler, id="test.d-heun"),
]
CHURNED = Selection(id="test.heun", params={"s_churn": 5.0})
EVERY = [*(Selection(id=each.id) for each in SAMPLERS), CHURNED]
every = pytest.mark.parametrize("sampler", EVERY, ids=lambda selection: f"{selection.id} {dict(selection.params)}")


def plain(sampler, **changes):
    return replace(recipe(schedule="sfumato.karras", steps=6), sampler=sampler, **changes)


@every
def test_killed_at_any_turn_a_job_goes_on_to_the_same_bytes(sampler):
    wanted = plain(sampler)
    straight = Studio(*SAMPLERS).pictures(wanted)
    studio, saved = Studio(*SAMPLERS, checkpoint_every_s=0), []
    studio.engine.submit("job", wanted)
    while studio.engine.turn():
        saved += [event.data for event in studio.told if isinstance(event, Checkpointed)][-1:]

    for data in dict.fromkeys(saved):
        assert Studio(*SAMPLERS).pictures(wanted, checkpoint=data) == straight


@every
def test_a_cancel_takes_effect_at_the_next_evaluation(sampler):
    studio, threads = Studio(*SAMPLERS), set(threading.enumerate())
    studio.engine.submit("job", plain(sampler))
    while len(studio.family.called) < 4:
        studio.engine.turn()
    studio.engine.cancel("job")
    while studio.engine.turn():
        pass

    assert len(studio.family.called) == 4
    assert set(threading.enumerate()) <= threads
    assert [event.outcome for event in studio.told if isinstance(event, Ended)] == ["cancelled"]


@every
def test_every_step_has_its_preview(sampler):
    steps = [event for event in Studio(*SAMPLERS).run(plain(sampler)) if isinstance(event, Stepped)]

    assert [event.step_index for event in steps] == [1, 2, 3, 4, 5, 6]
    assert all(event.preview is not None for event in steps)
    assert len({event.preview.data for event in steps}) >= 5


@every
def test_images_side_by_side_and_strangers_beside_them_change_nothing(sampler):
    wanted = plain(sampler, count=3)
    alone = Studio(*SAMPLERS).pictures(wanted)
    studio = Studio(*SAMPLERS, profile=Fixed(4))
    studio.engine.submit("job", wanted)
    studio.engine.submit("stranger", plain(EVERY[0], seed=99))
    while studio.engine.turn():
        pass
    beside = [event.pixels for event in studio.of("job") if isinstance(event, ImageReady)]

    assert beside == alone
    assert len({picture.data for picture in alone}) == 3


@every
def test_inpainting_leaves_the_known_part_as_it_was(sampler):
    size = PICTURE.shape[0]
    hole = torch.zeros(size, size, dtype=torch.uint8)
    hole[: size // 2] = 255
    (made,) = Studio(*SAMPLERS).pictures(
        plain(sampler, init="i", mask="m"), assets={"i": png(PICTURE), "m": png(hole.numpy())}
    )
    known = slice(size // 2 * size * 3, None)

    assert made.data[known] == PICTURE.tobytes()[known]
    assert made.data != PICTURE.tobytes()


def test_fewer_steps_of_an_image_to_image_job_are_all_there_are():
    for sampler in EVERY:
        studio = Studio(*SAMPLERS)
        events = studio.run(plain(sampler, init="i", strength=0.5), assets={"i": png(PICTURE)})
        assert events[-1].outcome == "succeeded", events[-1].error
        assert len([event for event in events if isinstance(event, Stepped)]) == 3


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    return Models(tmp_path_factory.mktemp("parity"))


#: By pipeline: the scheduler, its options, ours for it, and the schedule that picks its levels.
PIPELINES = {
    "euler": (diffusers.EulerDiscreteScheduler, SPACED, {}, {}),
    "euler-ancestral": (diffusers.EulerAncestralDiscreteScheduler, SPACED, {}, {}),
    "heun": (diffusers.HeunDiscreteScheduler, SPACED, {}, {}),
    "lms": (diffusers.LMSDiscreteScheduler, SPACED, {}, {}),
    "ddim": (diffusers.DDIMScheduler, SPACED | {"clip_sample": False, "set_alpha_to_one": True}, {}, {}),
    "pndm": (
        diffusers.PNDMScheduler, SPACED | {"skip_prk_steps": True, "set_alpha_to_one": True},
        {"skip_prk_steps": True}, {},
    ),
    "dpm": (diffusers.DPMSolverMultistepScheduler, SPACED, {}, {"drop_lowest": True}),
    "dpm-sde": (
        diffusers.DPMSolverMultistepScheduler, SPACED | {"algorithm_type": "sde-dpmsolver++"},
        {"algorithm_type": "sde-dpmsolver++"}, {"drop_lowest": True},
    ),
    "unipc": (diffusers.UniPCMultistepScheduler, SPACED, {}, {"drop_lowest": True}),
}  # fmt: skip


#: PNDM mixes what the network predicted in several steps; ours is always told the noise, never v.
EPSILON_ONLY = ("pndm",)
WAYS = [(name, "epsilon") for name in PIPELINES]
WAYS += [(name, "v_prediction") for name in PIPELINES if name not in EPSILON_ONLY]


@pytest.mark.parametrize(("name", "prediction_type"), WAYS)
def test_latents_are_those_of_the_pipeline_with_the_same_scheduler(models, name, prediction_type):
    kind, config, params, levels = PIPELINES[name]
    model_id = f"{prediction_type}-4"
    found = latents(models, model_id, kind, params, levels)
    scheduler = scheduler_for(model_id, kind, **config)
    size = {"width": SIZE_PX, "height": SIZE_PX}

    assert_close(found, theirs(models, diffusers.StableDiffusionPipeline, model_id, scheduler, **size))


def latents(models, model_id, kind, params, levels):
    """The engine's, with the scheduler as a sampler."""
    return ours(
        models, installed_and(StableDiffusion, sf.from_diffusers(kind, id="test.adapted")), model_id,
        Selection(id="test.adapted", params=params),
        schedule=Selection(id="sfumato.model-default", params=levels),
    )  # fmt: skip
