"""A family without a network: the exact denoiser of Gaussian data, which loop tests can count and disturb."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import torch

import sfumato.plugin as sf
from sfumato.catalogue import ModelCard, PluginCard
from sfumato.engine.batching import BatchProfile
from sfumato.engine.plugins import discover
from sfumato.engine.registry import Registry
from sfumato.recipe import Recipe, Selection
from sfumato.testing.stand_in import stable_diffusion
from sfumato.testing.workshop import Workshop

CARD = ModelCard(
    id="gaussian",
    title="Gaussian",
    family="test.gaussian",
    architecture="none",
    prediction_type="epsilon",
    native_size_px=64,
)
SIGMAS = stable_diffusion(architecture="", timestep_spacing="trailing")
#: Standard deviation of the data around the mean that its prompt names.
SPREAD = 0.5


class Gaussian(sf.Family):
    """D(x; sigma) = (s^2 x + sigma^2 mu) / (s^2 + sigma^2); mu follows from the prompt's length.

    `called` gets the calls of every evaluation; `decoded` counts the rows of latents that were decoded.
    """

    id, label = "test.gaussian", "Gaussian"

    def __init__(self, card: ModelCard = CARD) -> None:
        super().__init__()
        self.card, self.sigmas, self.device = card, SIGMAS, torch.device("cpu")
        self.called: list[list[sf.NetworkCall]] = []
        self.decoded = self.encoded = 0
        self.before_evaluate: Callable[[Sequence[sf.NetworkCall]], None] = lambda calls: None

    def encode_prompt(self, text):
        return len(text) / 1000

    def latent_shape(self, width_px, height_px):
        return (1, 4, height_px // 8, width_px // 8)

    def batch_key(self, call):
        return (tuple(call.x.shape), call.tile)

    def evaluate(self, calls):
        self.called.append(list(calls))
        self.before_evaluate(calls)
        return [denoise(call.x, call.sigma, call.prompt) for call in calls]

    def encode_image(self, pixels, tile):
        self.encoded += 1
        yield
        small = torch.nn.functional.avg_pool2d(pixels, 8)
        return torch.cat([small, small.mean(1, keepdim=True)], dim=1)

    def decode_latents(self, latents, tile):
        rows = []
        for row in latents.split(1, dim=2):
            self.decoded += 1
            rows.append(row)
            yield
        return torch.nn.functional.interpolate(torch.cat(rows, dim=2)[:, :3], scale_factor=8)

    def preview(self, denoised):
        return denoised[0, :3].permute(1, 2, 0).clamp(-1, 1).add(1).mul(127).to(torch.uint8)

    def memory(self):
        return {}


def denoise(x: torch.Tensor, sigma: float, mean: float) -> torch.Tensor:
    """The exact prediction."""
    return (SPREAD**2 * x + sigma**2 * mean) / (SPREAD**2 + sigma**2)


def registry(*contributions: type[sf.Contribution]) -> Registry:
    """The builtins, the Gaussian family and what a test adds."""
    found = discover()
    intake = found.intake(PluginCard(name="test-plugin", version="1.2"))
    for contribution in (Gaussian, *contributions):
        intake.registrar(contribution.kind)(contribution)
    intake.accept()
    return found


def recipe(
    *,
    sampler: str = "sfumato.euler",
    guider: str | Selection = "sfumato.cfg",
    schedule: str = "sfumato.model-default",
    **changes,
) -> Recipe:
    """Four Euler steps of CFG at 64x64."""
    plain = Recipe(
        model="gaussian",
        prompt="a brick wall",
        width_px=64,
        height_px=64,
        seed=7,
        steps=4,
        sampler=Selection(id=sampler),
        schedule=Selection(id=schedule),
        guider=guider if isinstance(guider, Selection) else Selection(id=guider),
    )
    return replace(plain, **changes)


class Fixed(BatchProfile):
    """A profile that needs no measuring."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self._width = width

    def width(self, key: str) -> int:
        return self._width


class Studio(Workshop):
    """A workshop with a Gaussian model."""

    def __init__(self, *contributions: type[sf.Contribution], card: ModelCard = CARD, **options) -> None:
        super().__init__(registry(*contributions), Gaussian(card), **options)
