"""A picture to work on, and a tiny network on disk."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

STAND_IN = Path(__file__).parent / "stand_in"


@pytest.fixture(scope="session")
def bricks(sfumato_material):
    return sfumato_material("brick", seed=1)


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
def _one_thread(sfumato_one_thread):
    """As all tests of this plugin run."""
