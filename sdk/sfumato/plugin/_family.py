"""Families: how one model architecture encodes prompts, evaluates its network, encodes and decodes latents."""

from __future__ import annotations

import bisect
import math
from collections.abc import Callable, Generator, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar

from sfumato.plugin._contribution import Contribution

if TYPE_CHECKING:
    import torch

    from sfumato.catalogue import ModelCard


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSigmas:
    """The noise levels that a network was trained on, rising with its timesteps 0, 1, 2, ...

    `sigmas[t]` is sqrt((1 - a_t) / a_t) with a_t the cumulative product of alphas (variance preserving).
    """

    sigmas: tuple[float, ...]
    prediction_type: str
    architecture: str = ""
    timestep_spacing: str = "leading"
    steps_offset: int = 1
    flow: bool = False

    @property
    def sigma_min(self) -> float:
        """The lowest trained noise level."""
        return self.sigmas[0]

    @property
    def sigma_max(self) -> float:
        """The highest trained noise level."""
        return self.sigmas[-1]

    def timestep(self, sigma: float) -> float:
        """The fractional timestep of `sigma`, linear in log sigma, clamped to the trained range."""
        above = bisect.bisect_left(self.sigmas, sigma)
        if above == 0:
            return 0.0
        if above == len(self.sigmas):
            return float(above - 1)
        low, high = math.log(self.sigmas[above - 1]), math.log(self.sigmas[above])
        return above - 1 + (math.log(sigma) - low) / (high - low)

    def sigma(self, timestep: float) -> float:
        """The noise level at a fractional timestep, linear in log sigma; the inverse of `timestep`."""
        below = min(max(int(timestep), 0), len(self.sigmas) - 1)
        above = min(below + 1, len(self.sigmas) - 1)
        share = min(max(timestep - below, 0.0), 1.0)
        low, high = math.log(self.sigmas[below]), math.log(self.sigmas[above])
        return math.exp(low + share * (high - low))


#: Wraps one layer of a network. Around attention: `(attend, query, key, value) -> Tensor`, each (B, heads, tokens, d);
#: around a block: `(run, hidden) -> Tensor`, (B, C, h, w). `attend(query, key, value)` and `run()`, or `run(hidden)`,
#: do what the network would have done.
Wrap = Callable[..., Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Residuals:
    """What a control network adds inside a UNet (Zhang et al. 2023, ControlNet).

    `down` is added to the skip connections in their order, `middle` behind the middle block; (1, C_i, h_i, w_i) each.
    """

    down: tuple[torch.Tensor, ...]
    middle: torch.Tensor

    def __add__(self, other: Residuals) -> Residuals:
        """Both together, as several control networks act."""
        down = tuple(mine + others for mine, others in zip(self.down, other.down, strict=True))
        return Residuals(down=down, middle=self.middle + other.middle)

    def __mul__(self, scale: float) -> Residuals:
        """All of them times `scale`."""
        return Residuals(down=tuple(each * scale for each in self.down), middle=self.middle * scale)


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkCall:
    """One row of a network call: one trajectory, one branch.

    x (1, C, h, w) in the k-diffusion convention; `prompt` is what `encode_prompt` returned; `tile` is "", "x", "y"
    or "xy"; `channels` are the extra input channels of an inpainting network (1, C + 1, h, w), or None.
    `residuals` are a control network's. `wraps` are by the names in `Family.layers`. Only calls with equal
    `share` keys meet in one network call.
    """

    x: torch.Tensor
    sigma: float
    prompt: Any
    tile: str = ""
    channels: torch.Tensor | None = None
    residuals: Residuals | None = None
    wraps: Mapping[str, Wrap] = field(default_factory=lambda: MappingProxyType({}))
    share: Hashable = None


class Family(Contribution):
    """Base of all families. An instance is one loaded model on one device. [engine thread]

    Work that can take long is a generator: it yields None between pieces, at which the engine may turn to a
    more urgent job or drop this one, and returns its result. The registry refuses a family that leaves out what
    raises NotImplementedError here.
    """

    kind = "family"
    capability = "sfumato.family/1"

    #: What the family honours of `residuals`, `wraps` and `channels`; a call with anything else is refused.
    takes: ClassVar[frozenset[str]] = frozenset()

    card: ModelCard
    sigmas: ModelSigmas
    #: Where the engine keeps latents: what goes into a family and what comes back is float32 on this device.
    device: torch.device
    #: The folder of the control network that the model brings, in the layout of diffusers; `card.control` says what
    #: it follows.
    control: Path | None = None

    @classmethod
    def describe(cls, source: Path) -> ModelCard | None:
        """The card of the model in a folder or file if this family can load it, else None. Reads headers only."""
        raise NotImplementedError

    @classmethod
    def load(cls, source: Path, card: ModelCard, *, device: str, dtype: str) -> Family:
        """Load the model. `dtype` is `float32`, `bfloat16` or `float16`. Raises WeightsRefused."""
        raise NotImplementedError

    def encode_prompt(self, text: str) -> Any:
        """The conditioning of a prompt in the common emphasis syntax, ready for `NetworkCall.prompt`.

        A generator that returns it may yield None between pieces, as all work that can take long.
        """
        raise NotImplementedError

    def match_prompts(self, prompts: Sequence[Any]) -> list[Any]:
        """The conditionings of one job made alike in length, so that its branches can share a network call."""
        return list(prompts)

    def latent_shape(self, width_px: int, height_px: int) -> tuple[int, int, int, int]:
        """(1, C, h, w) of one image's latents."""
        raise NotImplementedError

    def batch_key(self, call: NetworkCall) -> Hashable:
        """Calls with equal keys may share one network call."""
        raise NotImplementedError

    def evaluate(self, calls: Sequence[NetworkCall]) -> list[torch.Tensor]:
        """The denoised prediction (1, C, h, w) of each call, from one network call."""
        raise NotImplementedError

    def layers(self) -> Mapping[str, str]:
        """The layers that `NetworkCall.wraps` may name, in their order, each with its kind.

        Kinds are `self-attention`, `cross-attention` and `block`.
        """
        return {}

    def encode_image(self, pixels: torch.Tensor, tile: str) -> Generator[None, None, torch.Tensor]:
        """Pixels (1, 3, H, W) in -1..1 to latents (1, C, h, w), the mode of the posterior."""
        raise NotImplementedError

    def decode_latents(self, latents: torch.Tensor, tile: str) -> Generator[None, None, torch.Tensor]:
        """Latents (1, C, h, w) to pixels (1, 3, H, W) in -1..1."""
        raise NotImplementedError

    def preview(self, denoised: torch.Tensor) -> torch.Tensor:
        """A cheap picture (h, w, 3) uint8 of a denoised prediction, by one matrix product."""
        raise NotImplementedError

    def memory(self) -> Mapping[str, int]:
        """Bytes held on the device, by component."""
        raise NotImplementedError
