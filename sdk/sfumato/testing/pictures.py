"""Pictures to try a processor on, and what it gets to work with."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

import sfumato.plugin as sf
from sfumato.recipe import Recipe
from sfumato.testing.outcome import Failed


def picture(seed: int, width_px: int = 64, height_px: int = 48, channels: int = 3) -> sf.Image:
    """Soft blobs, hard edges and a little noise; with alpha, a disc on nothing."""
    draw = np.random.default_rng(seed)
    y, x = np.mgrid[0 : 1 : height_px * 1j, 0 : 1 : width_px * 1j]
    waves = [np.sin(x * a + y * b + c) for a, b, c in draw.uniform(1, 20, (min(channels, 3), 3))]
    colours: NDArray[Any] = np.stack(waves, axis=-1) * 0.3 + 0.5 + draw.normal(0, 0.03, (height_px, width_px, 1))
    colours[height_px // 3 : height_px // 2, width_px // 4 : width_px // 2] = draw.uniform(0, 1, min(channels, 3))
    if channels == 4:
        away = np.hypot(x - 0.5, y - 0.5)
        colours = np.concatenate([colours, np.clip((0.45 - away) * 8, 0, 1)[..., None]], axis=-1)
    return sf.Image(pixels=colours.clip(0, 1).astype(np.float32))


def mask(width_px: int, height_px: int) -> sf.Image:
    """1 in the right half, with a soft edge."""
    x: NDArray[Any] = np.linspace(-4, 4, width_px, dtype=np.float32).clip(-1, 1) / 2 + 0.5
    return sf.Image(pixels=np.broadcast_to(x[None, :, None], (height_px, width_px, 1)).astype(np.float32))


@dataclass(slots=True, kw_only=True)
class StandInWork:
    """`sf.Work` outside of the engine: `shares` of progress that were told, and what was `wanted` of draw().

    From progress() call number `cancel_at` on, the job is cancelled. draw() answers with `answer(wanted)` where given.
    """

    recipe: Recipe
    seed: int
    images: Mapping[str, sf.Image]
    mask: sf.Image | None = None
    cancel_at: int | None = None
    answer: Callable[[sf.Draw], sf.Image] | None = None
    shares: list[float] = field(default_factory=list)
    wanted: list[sf.Draw] = field(default_factory=list)
    cancelled: bool = False
    _told: bool = field(default=False, init=False)

    def cancel(self) -> None:
        """Cancel the job: the next call of progress() or draw() raises JobCancelled."""
        self.cancelled = True

    def progress(self, share: float, description: str = "") -> None:
        """Note it; raises JobCancelled when its time has come."""
        if self.cancel_at is not None and len(self.shares) >= self.cancel_at:
            self.cancel()
        self._stop_if_cancelled("progress")
        self.shares.append(float(share))

    def draw(self, wanted: sf.Draw) -> sf.Image:
        """A picture that the request determines: a little noise over its initial image, where it has one.

        Raises JobCancelled after cancel().
        """
        self._stop_if_cancelled("draw")
        self.wanted.append(wanted)
        if self.answer is not None:
            return self.answer(wanted)
        if wanted.init is not None:
            return sf.Image(pixels=_shaken(wanted.init.pixels, self._named(wanted)))
        size = wanted.width_px or self.recipe.width_px, wanted.height_px or self.recipe.height_px
        return picture(self._named(wanted), *size)

    def _stop_if_cancelled(self, call: str) -> None:
        if self._told:
            raise Failed(f"called {call}() after an earlier call had raised JobCancelled; let it pass")
        if self.cancelled:
            self._told = True
            raise sf.JobCancelled("the job was cancelled")

    def _named(self, wanted: sf.Draw) -> int:
        said = f"{wanted.prompt}:{self.seed if wanted.seed is None else wanted.seed}:{wanted.steps}:{wanted.strength}"
        return int.from_bytes(hashlib.sha256(said.encode()).digest()[:4], "little")


def _shaken(pixels: NDArray[np.float32], seed: int) -> NDArray[np.float32]:
    colours = pixels[:, :, : 1 if pixels.shape[2] == 1 else 3]
    noise = np.random.default_rng(seed).normal(0, 0.05, colours.shape)
    return np.clip(np.repeat(colours + noise, 3 // colours.shape[2], axis=2), 0, 1).astype(np.float32)
