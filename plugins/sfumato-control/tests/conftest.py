"""Pictures to work on, and what a preprocessor is handed."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pytest
import torch
from tests.engine.gaussian import recipe

import sfumato.plugin as sf
from sfumato.ground.materials import SurfaceSpec, render, shade


@dataclass
class Desk:
    """`sf.Work` without an engine."""

    recipe: sf.Recipe = field(default_factory=recipe)
    seed: int = 7
    images: dict[str, sf.Image] = field(default_factory=dict)
    mask: sf.Image | None = None
    shares: list[float] = field(default_factory=list)

    def progress(self, share, description=""):
        self.shares.append(share)


@pytest.fixture
def desk():
    return Desk


def surface(material, seed):
    """A seamless material (64, 64, 3), lit."""
    spec = SurfaceSpec(material=material, colours=(), modifiers=frozenset())
    return sf.Image(pixels=shade(render(spec, size_px=64, seed=seed)) / np.float32(255))


@pytest.fixture(scope="session")
def bricks():
    return surface("brick", seed=1)


@pytest.fixture(autouse=True, scope="session")
def _one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)
