"""A model family: how one architecture encodes prompts, evaluates its network, encodes and decodes latents.

This one has no network: its model is a Gaussian around a mean that is brighter the longer the prompt, for which the
perfect prediction is known. A file `NAME.gaussian.json` is such a model.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Hashable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sfumato.plugin as sf

if TYPE_CHECKING:
    import torch

#: Pixels to one latent, along each side.
FACTOR = 8


class Gaussian(sf.Family):
    """D(x; sigma) = (s^2 x + sigma^2 mu) / (s^2 + sigma^2), mu by the prompt."""

    id, label = "template-plugin.gaussian", "Gaussian"
    description = "A cloud of one colour: the simplest of all models."

    def __init__(self, card: sf.ModelCard, mean: float, deviation: float) -> None:
        super().__init__()
        import torch

        self.card, self.mean, self.deviation = card, mean, deviation
        levels = tuple(0.03 * 1.0065**step for step in range(1000))
        self.sigmas, self.device = sf.ModelSigmas(sigmas=levels, prediction_type="epsilon"), torch.device("cpu")

    @classmethod
    def describe(cls, source: Path) -> sf.ModelCard | None:
        """The card of a `.gaussian.json` file; None for anything else."""
        facts = _read(source)
        if facts is None:
            return None
        return sf.ModelCard(
            id=source.name.removesuffix(".gaussian.json"),
            title="Gaussian",
            family=cls.id,
            architecture="gaussian",
            prediction_type="epsilon",
            native_size_px=facts["size_px"],
            source=str(source),
        )

    @classmethod
    def load(cls, source: Path, card: sf.ModelCard, *, device: str, dtype: str) -> Gaussian:
        """The model in a file that `describe` knew."""
        facts = _read(source)
        if facts is None:
            raise ValueError(f"{source} is no Gaussian any more; add it again")
        return cls(card, **facts["gaussian"])

    def encode_prompt(self, text: str) -> float:
        """The mean of the cloud."""
        return self.mean + min(len(text), 100) / 1000

    def latent_shape(self, width_px: int, height_px: int) -> tuple[int, int, int, int]:
        """(1, 3, H/8, W/8)."""
        return 1, 3, height_px // FACTOR, width_px // FACTOR

    def batch_key(self, call: sf.NetworkCall) -> Hashable:
        """Calls of one size go together."""
        return call.x.shape

    def evaluate(self, calls: Sequence[sf.NetworkCall]) -> list[torch.Tensor]:
        """The perfect prediction of each call."""
        s = self.deviation
        return [(s**2 * call.x + call.sigma**2 * call.prompt) / (s**2 + call.sigma**2) for call in calls]

    def encode_image(self, pixels: torch.Tensor, tile: str) -> Generator[None, None, torch.Tensor]:
        """Means over 8 x 8 pixels."""
        import torch

        yield
        return torch.nn.functional.avg_pool2d(pixels, FACTOR)

    def decode_latents(self, latents: torch.Tensor, tile: str) -> Generator[None, None, torch.Tensor]:
        """Squares of 8 x 8 pixels."""
        import torch

        yield
        return torch.nn.functional.interpolate(latents, scale_factor=FACTOR)

    def preview(self, denoised: torch.Tensor) -> torch.Tensor:
        """(h, w, 3) uint8."""
        return denoised[0].permute(1, 2, 0).clamp(-1, 1).add(1).mul(127.5).byte()

    def memory(self) -> Mapping[str, int]:
        """Two numbers."""
        return {"model": 16}


def _read(source: Path) -> dict[str, Any] | None:
    """What is in the file, if it is one of ours."""
    if not source.name.endswith(".gaussian.json") or not source.is_file():
        return None
    try:
        facts = json.loads(source.read_text(encoding="utf-8"))
    except ValueError:
        return None
    return facts if isinstance(facts, dict) and {"gaussian", "size_px"} <= facts.keys() else None


@sf.hookimpl
def sfumato_register_families(register: sf.Register) -> None:
    """Called once, when Sfumato looks for plugins."""
    register(Gaussian)
