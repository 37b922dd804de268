"""Pictures to work on, a tiny network on disk, and what a post-processor is handed."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
import torch
from tests.engine.gaussian import recipe

import sfumato.plugin as sf
from sfumato.ground.materials import SurfaceSpec, render, shade

STAND_IN = Path(__file__).parent / "stand_in"


@dataclass
class Desk:
    """`sf.Work` without an engine; `draw` notes what is wanted, and answers with `drawn`."""

    recipe: sf.Recipe = field(default_factory=recipe)
    seed: int = 7
    images: dict[str, sf.Image] = field(default_factory=dict)
    mask: sf.Image | None = None
    shares: list[float] = field(default_factory=list)
    wanted: list[sf.Draw] = field(default_factory=list)
    drawn: object = None
    cancel_at: int = -1

    def progress(self, share, description=""):
        if len(self.shares) == self.cancel_at:
            raise sf.JobCancelled("the job was cancelled")
        self.shares.append(share)

    def draw(self, wanted):
        self.wanted.append(wanted)
        return sf.Image(pixels=self.drawn(wanted.init.pixels).astype(np.float32))


@pytest.fixture
def desk():
    return Desk


@pytest.fixture(scope="session")
def bricks():
    """A seamless material (64, 64, 3), lit."""
    spec = SurfaceSpec(material="brick", colours=(), modifiers=frozenset())
    return sf.Image(pixels=shade(render(spec, size_px=64, seed=1)) / np.float32(255))


@pytest.fixture(scope="session")
def spandrel():
    """spandrel, with a stand-in for the three names that it takes from torchvision where that is missing."""
    with pytest.MonkeyPatch.context() as patched:
        patched.syspath_prepend(STAND_IN)
        from spandrel_without_torchvision import import_spandrel
    return import_spandrel()


@pytest.fixture(scope="session")
def esrgan(spandrel, tmp_path_factory):
    """A random ESRGAN of one block that doubles."""
    from safetensors.torch import save_file
    from spandrel.architectures.ESRGAN.__arch.RRDB import RRDBNet

    torch.manual_seed(0)
    network = RRDBNet(num_filters=8, num_blocks=1, scale=2)
    path = tmp_path_factory.mktemp("esrgan") / "esrgan.safetensors"
    save_file({name: tensor.contiguous() for name, tensor in network.state_dict().items()}, path)
    return str(path)


@pytest.fixture(autouse=True, scope="session")
def _one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)
