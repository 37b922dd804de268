"""Parity: with the same tiny weights and noise, our latents are those of diffusers' own pipelines.

Within 1e-4 in fp32, for each way of working, prediction type, and sampler that diffusers has too.
"""

from __future__ import annotations

import diffusers
import numpy as np
import pytest
import torch

import sfumato.plugin as sf
from sfumato.engine.families.stable_diffusion import StableDiffusion
from sfumato.engine.registry import Registry
from sfumato.recipe import Selection
from sfumato.testing.parity import (
    SIZE_PX,
    SPACED,
    TRAINED,
    Models,
    assert_close,
    mask,
    ours,
    picture,
    scheduler_for,
    theirs,
)
from sfumato.testing.registries import installed_and

# diffusers makes arrays of tensors in a way that numpy 2 means to drop.
pytestmark = [
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:__array_wrap__ must:DeprecationWarning"),
]


@pytest.fixture(scope="module")
def models(tmp_path_factory) -> Models:
    return Models(tmp_path_factory.mktemp("parity"))


@pytest.fixture(scope="module")
def registry() -> Registry:
    return installed_and(StableDiffusion, LatentConsistencyLevels)


class UnroundedTimesteps(diffusers.DPMSolverMultistepScheduler):
    """For Karras' levels, this one scheduler rounds the timesteps that it shows to the network. Here it does not."""

    def set_timesteps(self, *args, **kwargs):
        super().set_timesteps(*args, **kwargs)
        levels = np.log(((1 - self.alphas_cumprod) / self.alphas_cumprod).sqrt().numpy())
        exact = [float(self._sigma_to_t(sigma, levels)) for sigma in self.sigmas[:-1].numpy()]
        self.timesteps = torch.tensor(exact)


class NoisedAtItsMidpoint:
    """In the middle of a step, diffusers' inpainting noises the known part to the level of the step's end, while the
    network is told the midpoint's. Here it is the midpoint's for both.
    """

    def add_noise(self, original_samples, noise, timesteps):
        if self.state_in_first_order:
            return super().add_noise(original_samples, noise, timesteps)
        return original_samples + noise * self.midpoint()


class MidpointKDPM2(NoisedAtItsMidpoint, diffusers.KDPM2DiscreteScheduler):
    def midpoint(self):
        return self.sigmas_interpol[self.step_index]


class SharedBrownianMotion(NoisedAtItsMidpoint, diffusers.DPMSolverSDEScheduler):
    """Takes the increments of its Brownian motion from the pipeline's generator instead of a tree of its own."""

    def set_timesteps(self, *args, **kwargs):
        super().set_timesteps(*args, **kwargs)
        self.noise_sampler = self._increments

    def step(self, model_output, timestep, sample, generator=None, **kwargs):
        self._draw = lambda: torch.randn(sample.shape, generator=generator)
        return super().step(model_output, timestep, sample, **kwargs)

    def midpoint(self):
        return self.mid_point_sigma

    def _increments(self, sigma, sigma_to):
        # W(sigma_to) - W(sigma) over its deviation: fresh to the midpoint; from the first point, both parts together.
        sigma, sigma_to = float(sigma), float(sigma_to)
        if self.state_in_first_order:
            self._first, self._middle = self._draw(), sigma_to
            return self._first
        to_middle, beyond = sigma - self._middle, self._middle - sigma_to
        return (self._first * to_middle**0.5 + self._draw() * beyond**0.5) / (to_middle + beyond) ** 0.5


class LatentConsistencyLevels(sf.Schedule):
    """The four levels of an LCM, which are at every other timestep of its distillation than any schedule's of ours."""

    id, label = "test.lcm-levels", "LCM levels"

    def sigmas(self, steps, model):
        scheduler = diffusers.LCMScheduler(**TRAINED)
        scheduler.set_timesteps(steps)
        return [*(model.sigmas[timestep] for timestep in scheduler.timesteps.tolist()), 0.0]


DROP_LOWEST = Selection(id="sfumato.model-default", params={"drop_lowest": True})
KARRAS = Selection(id="sfumato.karras")

SAMPLERS = {
    "euler": ("euler", None, diffusers.EulerDiscreteScheduler, SPACED),
    "euler-ancestral": ("euler-ancestral", None, diffusers.EulerAncestralDiscreteScheduler, SPACED),
    "heun": ("heun", None, diffusers.HeunDiscreteScheduler, SPACED),
    "dpm2": ("dpm2", None, MidpointKDPM2, SPACED),
    "2m": ("dpmpp-2m", DROP_LOWEST, diffusers.DPMSolverMultistepScheduler, SPACED),
    "2m-karras": ("dpmpp-2m", KARRAS, UnroundedTimesteps, TRAINED | {"use_karras_sigmas": True}),
    "2m-sde": (
        "dpmpp-2m-sde", DROP_LOWEST, diffusers.DPMSolverMultistepScheduler,
        SPACED | {"algorithm_type": "sde-dpmsolver++"},
    ),
    "sde": ("dpmpp-sde", None, SharedBrownianMotion, SPACED),
    "ddim": (
        "ddim", None, diffusers.DDIMScheduler, SPACED | {"clip_sample": False, "set_alpha_to_one": True},
    ),
    "unipc": ("unipc", DROP_LOWEST, diffusers.UniPCMultistepScheduler, SPACED),
}  # fmt: skip


@pytest.mark.parametrize("prediction_type", ["epsilon", "v_prediction"])
@pytest.mark.parametrize("name", SAMPLERS)
def test_text_to_image(models, registry, name, prediction_type):
    sampler, schedule, scheduler_class, config = SAMPLERS[name]
    model_id = f"{prediction_type}-4"
    found = ours(models, registry, model_id, sampler, schedule=schedule)
    scheduler = scheduler_for(model_id, scheduler_class, **config)
    size = {"width": SIZE_PX, "height": SIZE_PX}

    assert_close(found, theirs(models, diffusers.StableDiffusionPipeline, model_id, scheduler, **size))


@pytest.mark.parametrize(("width_px", "height_px"), [(72, 104), (128, 8 * 5)])
def test_any_size_in_multiples_of_eight(models, registry, width_px, height_px):
    found = ours(models, registry, "epsilon-4", "euler", width_px=width_px, height_px=height_px)
    scheduler = scheduler_for("epsilon-4", diffusers.EulerDiscreteScheduler, **SPACED)
    size = {"width": width_px, "height": height_px}

    assert found.shape == (1, 4, height_px // 8, width_px // 8)
    assert_close(found, theirs(models, diffusers.StableDiffusionPipeline, "epsilon-4", scheduler, **size))


def test_text_to_image_with_latent_consistency(models, registry):
    levels = Selection(id="test.lcm-levels")
    found = ours(models, registry, "epsilon-4", "lcm", schedule=levels)
    scheduler = scheduler_for("epsilon-4", diffusers.LCMScheduler, **TRAINED)
    size = {"width": SIZE_PX, "height": SIZE_PX}

    assert_close(found, theirs(models, diffusers.StableDiffusionPipeline, "epsilon-4", scheduler, **size))


@pytest.mark.parametrize(("model_id", "strength"), [("epsilon-4", 0.5), ("v_prediction-4", 1.0)])
@pytest.mark.parametrize("name", SAMPLERS)
def test_image_to_image(models, registry, name, model_id, strength):
    sampler, schedule, scheduler_class, config = SAMPLERS[name]
    found = ours(
        models, registry, model_id, sampler, schedule=schedule, drawn=(1, 0), init="picture", strength=strength
    )
    scheduler = scheduler_for(model_id, scheduler_class, **config)
    given = {"image": picture().to_pil(), "strength": strength}

    assert_close(found, theirs(models, diffusers.StableDiffusionImg2ImgPipeline, model_id, scheduler, **given))


EVERY_WAY_OF_KEEPING = [
    (name, model_id, strength)
    for name in SAMPLERS
    for model_id, strength in (("epsilon-4", 0.5), ("v_prediction-4", 1.0))
]
#: What a network is shown of a mask does not depend on the sampler.
SHOWN_THE_MASK = [
    (name, model_id, strength)
    for name in ("euler", "dpm2", "2m-sde")
    for model_id, strength in (("epsilon-9", 1.0), ("v_prediction-9", 0.5))
]


@pytest.mark.parametrize(("name", "model_id", "strength"), [*EVERY_WAY_OF_KEEPING, *SHOWN_THE_MASK])
def test_inpainting(models, registry, name, model_id, strength):
    sampler, schedule, scheduler_class, config = SAMPLERS[name]
    before = 1 if model_id.endswith("4") or strength < 1 else 0
    found = ours(
        models, registry, model_id, sampler,
        schedule=schedule, drawn=(before, 1), init="picture", mask="mask", strength=strength,
    )  # fmt: skip
    scheduler = scheduler_for(model_id, scheduler_class, **config)
    given = {
        "image": picture().to_pil(), "mask_image": mask().to_pil(), "strength": strength,
        "width": SIZE_PX, "height": SIZE_PX,
    }  # fmt: skip

    assert_close(found, theirs(models, diffusers.StableDiffusionInpaintPipeline, model_id, scheduler, **given))
