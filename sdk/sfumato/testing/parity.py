"""Parity: the same tiny weights and noise in the engine and in diffusers' own pipelines, whose latents must agree."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import diffusers
import numpy as np
import torch
from transformers import CLIPTextModel, CLIPTokenizer

import sfumato.plugin as sf
from sfumato.engine.engine import Engine
from sfumato.engine.families.stable_diffusion import StableDiffusion
from sfumato.engine.registry import Registry
from sfumato.images import Pixels, encode_png
from sfumato.recipe import Recipe, Selection
from sfumato.testing.families import load
from sfumato.testing.tiny_models import SCHEDULE, tiny_folder

#: The largest difference of two latents in float32.
TOLERANCE: Final = 1e-4
SIZE_PX, STEPS, SEED, SCALE = 64, 6, 3, 3.0
PROMPT, NEGATIVE = "red brick wall", "blue"
#: The settings of a scheduler that make it one for the tiny models, and place its steps as `model-default` does.
TRAINED: Final = {key: SCHEDULE[key] for key in ("beta_start", "beta_end", "beta_schedule", "steps_offset")}
SPACED: Final = TRAINED | {"timestep_spacing": "leading"}


class Models:
    """Tiny models, written below `root` and loaded once."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._families: dict[str, StableDiffusion] = {}
        self._parts: dict[str, dict[str, Any]] = {}

    def folder(self, model_id: str) -> Path:
        """`epsilon-4` is a network of 4 input channels that predicts epsilon, `v_prediction-9` one for inpainting."""
        path = self._root / model_id
        if not path.exists():
            prediction_type, channels = model_id.split("-")
            tiny_folder(path, prediction_type=prediction_type, in_channels=int(channels))
        return path

    def load(self, model_id: str) -> StableDiffusion:
        """The model as the engine runs it."""
        if model_id not in self._families:
            self._families[model_id] = load(self.folder(model_id))
        return self._families[model_id]

    def parts(self, model_id: str) -> Mapping[str, Any]:
        """The same networks as a diffusers pipeline takes them."""
        if model_id not in self._parts:
            folder = self.folder(model_id)
            self._parts[model_id] = {
                "vae": _with_sharp_posterior(diffusers.AutoencoderKL.from_pretrained(folder / "vae")),
                "text_encoder": CLIPTextModel.from_pretrained(folder / "text_encoder"),
                "tokenizer": CLIPTokenizer.from_pretrained(folder / "tokenizer"),
                "unet": diffusers.UNet2DConditionModel.from_pretrained(folder / "unet"),
            }
        return self._parts[model_id]


class OneGenerator:
    """All noise of an image from one generator in the order of its use, as diffusers draws it.

    `before` and `after` count the posteriors that diffusers samples around the initial noise; we take their mode.
    """

    def __init__(self, seed: int, shape: tuple[int, ...], *, before: int = 0, after: int = 0) -> None:
        generator = torch.Generator("cpu").manual_seed(seed)
        self._draw: Callable[[], torch.Tensor] = lambda: torch.randn(shape, generator=generator)
        self._initial = [self._draw() for _ in range(before + 1 + after)][before]

    def initial(self) -> torch.Tensor:
        """What the image begins with."""
        return self._initial

    def at(self, step_index: int) -> sf.Noise:
        """The next draw, whatever the step."""
        return self._draw


class Latents:
    """Stands between engine and family, and keeps the latents that come to be decoded."""

    def __init__(self, models: Models) -> None:
        self._models = models
        self.kept: list[torch.Tensor] = []

    def load(self, model_id: str) -> StableDiffusion:
        """The model, watched."""
        family = self._models.load(model_id)
        decode = type(family).decode_latents

        def keeping(latents: torch.Tensor, tile: str) -> Generator[None, None, torch.Tensor]:
            self.kept.append(latents)
            return decode(family, latents, tile)

        family.decode_latents = keeping  # type: ignore[method-assign]  # for this job alone
        return family


def picture() -> Pixels:
    """Noise with a gradient: something in every channel and corner."""
    rows, columns = np.mgrid[0:SIZE_PX, 0:SIZE_PX] * 255 / SIZE_PX
    noise = np.random.default_rng(0).normal(0, 20, (SIZE_PX, SIZE_PX, 3))
    waves = np.stack([rows, columns, 255 - rows], axis=-1) + noise
    return Pixels(width_px=SIZE_PX, height_px=SIZE_PX, data=waves.clip(0, 255).astype(np.uint8).tobytes())


def mask() -> Pixels:
    """White where it is repainted, on the grid of the latents."""
    array = np.zeros((SIZE_PX, SIZE_PX), np.uint8)
    array[16:48, 8:40] = 255
    return Pixels(width_px=SIZE_PX, height_px=SIZE_PX, data=array.tobytes(), mode="L")


def ours(
    models: Models,
    registry: Registry,
    model_id: str,
    sampler: str | Selection,
    *,
    schedule: Selection | None = None,
    drawn: tuple[int, int] = (0, 0),
    **changes: Any,
) -> torch.Tensor:
    """The engine's latents (1, C, h, w) of a recipe with these changes; its assets are `picture` and `mask`.

    `sampler` may be the name of one of Sfumato's own; `drawn` are OneGenerator's `before` and `after`.
    """
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
        sampler=sampler if isinstance(sampler, Selection) else Selection(id=f"sfumato.{sampler}"),
        schedule=schedule or Selection(id="sfumato.model-default"),
        guider=Selection(id="sfumato.cfg", params={"scale": SCALE}),
    )
    engine.generate(replace(plain, **changes), {"picture": encode_png(picture()), "mask": encode_png(mask())})
    return latents.kept[0]


def theirs(models: Models, pipeline_class: Any, model_id: str, scheduler: Any, **arguments: Any) -> torch.Tensor:
    """The latents (1, C, h, w) of a diffusers pipeline, given what makes it from `Models.parts` and a scheduler."""
    pipeline = pipeline_class(
        **models.parts(model_id),
        scheduler=scheduler,
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )
    pipeline.set_progress_bar_config(disable=True)
    latents: torch.Tensor = pipeline(
        prompt=PROMPT,
        negative_prompt=NEGATIVE,
        num_inference_steps=STEPS,
        guidance_scale=SCALE,
        generator=torch.Generator("cpu").manual_seed(SEED),
        output_type="latent",
        **arguments,
    ).images
    return latents


def scheduler_for(model_id: str, scheduler_class: Any, **config: Any) -> Any:
    """A scheduler for one of the tiny models."""
    return scheduler_class(prediction_type=model_id.split("-")[0], **config)


def assert_close(found: torch.Tensor, expected: torch.Tensor) -> None:
    """The same latents within TOLERANCE, and not those of an empty picture."""
    assert found.shape == expected.shape
    assert expected.std() > 0.05
    assert (found - expected).abs().max().item() < TOLERANCE


def _with_sharp_posterior(vae: Any) -> Any:
    """The VAE with a posterior of no width, so that the sample that diffusers takes is the mode that we take."""
    with torch.no_grad():
        vae.quant_conv.weight[4:] = 0
        vae.quant_conv.bias[4:] = -30
    return vae
