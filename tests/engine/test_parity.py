"""Parity: with the same tiny weights and noise, our latents are those of diffusers' own pipelines.

Within 1e-4 in fp32, for each way of working, prediction type, and sampler that diffusers has too.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import diffusers
import numpy as np
import pytest
import torch
from transformers import CLIPTextModel, CLIPTokenizer

import sfumato.plugin as sf
from sfumato.catalogue import PluginCard
from sfumato.engine.engine import Engine
from sfumato.engine.families.stable_diffusion import StableDiffusion
from sfumato.engine.plugins import discover
from sfumato.engine.registry import Registry
from sfumato.images import Pixels, encode_png
from sfumato.recipe import Recipe, Selection
from tests.engine.tiny import SCHEDULE, tiny_folder

# diffusers makes arrays of tensors in a way that numpy 2 means to drop.
pytestmark = [
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:__array_wrap__ must:DeprecationWarning"),
]

TOLERANCE = 1e-4
SIZE_PX, STEPS, SEED, SCALE = 64, 6, 3, 3.0
PROMPT, NEGATIVE = "red brick wall", "blue"
TRAINED = {key: SCHEDULE[key] for key in ("beta_start", "beta_end", "beta_schedule", "steps_offset")}
SPACED = TRAINED | {"timestep_spacing": "leading"}


class Models:
    """Tiny models, loaded once."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._families: dict[str, StableDiffusion] = {}
        self._parts: dict[str, dict[str, object]] = {}

    def folder(self, model_id: str) -> Path:
        """`epsilon-4` is a network of 4 input channels that predicts epsilon."""
        path = self._root / model_id
        if not path.exists():
            prediction_type, channels = model_id.split("-")
            tiny_folder(path, prediction_type=prediction_type, in_channels=int(channels))
        return path

    def load(self, model_id: str) -> StableDiffusion:
        if model_id not in self._families:
            folder = self.folder(model_id)
            card = StableDiffusion.describe(folder)
            assert card is not None
            self._families[model_id] = StableDiffusion.load(folder, card, device="cpu", dtype="float32")
        return self._families[model_id]

    def parts(self, model_id: str) -> dict[str, object]:
        """The same networks as a diffusers pipeline takes them."""
        if model_id not in self._parts:
            folder = self.folder(model_id)
            self._parts[model_id] = {
                "vae": with_sharp_posterior(diffusers.AutoencoderKL.from_pretrained(folder / "vae")),
                "text_encoder": CLIPTextModel.from_pretrained(folder / "text_encoder"),
                "tokenizer": CLIPTokenizer.from_pretrained(folder / "tokenizer"),
                "unet": diffusers.UNet2DConditionModel.from_pretrained(folder / "unet"),
            }
        return self._parts[model_id]


class OneGenerator:
    """All noise of an image from one generator in the order of its use, as diffusers draws it."""

    def __init__(self, seed: int, shape: tuple[int, ...], *, before: int, after: int) -> None:
        generator = torch.Generator("cpu").manual_seed(seed)
        self._draw: Callable[[], torch.Tensor] = lambda: torch.randn(shape, generator=generator)
        # The posteriors that diffusers samples around the initial noise, where we take their mode.
        drawn = [self._draw() for _ in range(before + 1 + after)]
        self._initial = drawn[before]

    def initial(self) -> torch.Tensor:
        return self._initial

    def at(self, step_index: int) -> sf.Noise:
        return self._draw


@pytest.fixture(scope="module")
def models(tmp_path_factory) -> Models:
    return Models(tmp_path_factory.mktemp("parity"))


@pytest.fixture(scope="module")
def registry() -> Registry:
    found = discover()
    intake = found.intake(PluginCard(name="test-plugin", version=""))
    intake.registrar("schedule")(LatentConsistencyLevels)
    if StableDiffusion.id not in {card.id for card in found.cards()}:
        intake.registrar("family")(StableDiffusion)
    intake.accept()
    return found


def picture() -> Pixels:
    """Noise with a gradient: something in every channel and corner."""
    rows, columns = np.mgrid[0:SIZE_PX, 0:SIZE_PX] * 255 / SIZE_PX
    waves = np.stack([rows, columns, 255 - rows], axis=-1) + np.random.default_rng(0).normal(
        0, 20, (SIZE_PX, SIZE_PX, 3)
    )
    return Pixels(width_px=SIZE_PX, height_px=SIZE_PX, data=waves.clip(0, 255).astype(np.uint8).tobytes())


def mask() -> Pixels:
    """White where it is repainted, on the grid of the latents."""
    array = np.zeros((SIZE_PX, SIZE_PX), np.uint8)
    array[16:48, 8:40] = 255
    return Pixels(width_px=SIZE_PX, height_px=SIZE_PX, data=array.tobytes(), mode="L")


ASSETS = {"picture": encode_png(picture()), "mask": encode_png(mask())}


class Latents:
    """Stands between engine and family, and keeps the latents that come to be decoded."""

    def __init__(self, models: Models) -> None:
        self._models = models
        self.kept: list[torch.Tensor] = []

    def load(self, model_id: str) -> StableDiffusion:
        family = self._models.load(model_id)
        decode = type(family).decode_latents

        def keeping(latents, tile):
            self.kept.append(latents)
            return decode(family, latents, tile)

        family.decode_latents = keeping
        return family


def ours(models, registry, model_id, sampler, *, schedule=None, drawn=(0, 0), **changes) -> torch.Tensor:
    """The engine's latents."""
    latents = Latents(models)
    engine = Engine(
        registry=registry,
        models=latents,
        listener=lambda event: None,
        noise=lambda seed, shape, device: OneGenerator(seed, shape, before=drawn[0], after=drawn[1]),
    )
    plain = Recipe(
        model=model_id,
        prompt=PROMPT,
        negative_prompt=NEGATIVE,
        width_px=SIZE_PX,
        height_px=SIZE_PX,
        seed=SEED,
        steps=STEPS,
        sampler=Selection(id=f"sfumato.{sampler}"),
        schedule=schedule or Selection(id="sfumato.model-default"),
        guider=Selection(id="sfumato.cfg", params={"scale": SCALE}),
    )
    engine.generate(replace(plain, **changes), ASSETS)
    return latents.kept[0]


def theirs(models, pipeline_class, model_id, scheduler, **arguments) -> torch.Tensor:
    """The pipeline's latents."""
    pipeline = pipeline_class(
        **models.parts(model_id),
        scheduler=scheduler,
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )
    pipeline.set_progress_bar_config(disable=True)
    return pipeline(
        prompt=PROMPT,
        negative_prompt=NEGATIVE,
        num_inference_steps=STEPS,
        guidance_scale=SCALE,
        generator=torch.Generator("cpu").manual_seed(SEED),
        output_type="latent",
        **arguments,
    ).images


def with_sharp_posterior(vae: diffusers.AutoencoderKL) -> diffusers.AutoencoderKL:
    """The VAE with a posterior of no width, so that the sample that diffusers takes is the mode that we take."""
    with torch.no_grad():
        vae.quant_conv.weight[4:] = 0
        vae.quant_conv.bias[4:] = -30
    return vae


def scheduler_for(model_id, scheduler_class, **config):
    return scheduler_class(prediction_type=model_id.split("-")[0], **config)


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


def assert_close(found: torch.Tensor, expected: torch.Tensor) -> None:
    assert found.shape == expected.shape
    assert expected.std() > 0.05
    assert (found - expected).abs().max().item() < TOLERANCE


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
