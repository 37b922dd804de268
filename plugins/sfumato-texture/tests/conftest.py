"""Pictures to work on, and what a post-processor is handed."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pytest

import sfumato.plugin as sf
from sfumato.testing.studio import recipe


@dataclass
class Desk:
    """`sf.Work` without an engine, cancelled when its progress reaches a share rather than after so many calls."""

    recipe: sf.Recipe
    seed: int = 7
    images: dict[str, sf.Image] = field(default_factory=dict)
    mask: sf.Image | None = None
    shares: list[float] = field(default_factory=list)
    cancel_at: float = 2.0

    def progress(self, share, description=""):
        self.shares.append(share)
        if share >= self.cancel_at:
            raise sf.JobCancelled("the job was cancelled")


@pytest.fixture
def desk():
    def make(tile="", **changes):
        return Desk(recipe=recipe(7, tile=tile), **changes)

    return make


@pytest.fixture(scope="session")
def seamless(sfumato_material):
    """A seamless material (H, W, 3), lit."""

    def make(material, seed, size_px=128):
        return sfumato_material(material, seed, size_px).pixels

    return make


@pytest.fixture(scope="session")
def photographed(seamless):
    """A piece (118, 142, 3) that does not tile, with light falling off towards a corner."""

    def make(material, seed):
        piece = seamless(material, seed, size_px=192)[11:129, 7:149]
        down, right = np.linspace(1, 0.7, 118, dtype=np.float32), np.linspace(0.8, 1, 142, dtype=np.float32)
        return piece * down[:, None, None] * right[None, :, None]

    return make


@pytest.fixture(scope="session")
def bricks(seamless):
    return sf.Image(pixels=seamless("brick", seed=1))


@pytest.fixture(scope="session")
def cut_out(photographed):
    """A photographed wall in a disc, transparent around it."""
    rows, columns = np.mgrid[-1:1:118j, -1:1:142j]
    alpha = np.clip((0.8 - np.hypot(rows, columns)) * 8, 0, 1).astype(np.float32)
    return sf.Image(pixels=np.concatenate([photographed("brick", 3), alpha[:, :, None]], axis=2))
