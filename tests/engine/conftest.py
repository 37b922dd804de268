"""One tiny model of each kind a session, and one thread, so that sums do not depend on the machine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from sfumato.testing.tiny_models import tiny_folder, tiny_ground


@pytest.fixture(autouse=True, scope="session")
def _one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def models_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the session's models are."""
    return tmp_path_factory.mktemp("models")


@pytest.fixture(scope="session")
def tiny_sd(models_dir: Path) -> Path:
    """A tiny Stable Diffusion 1 with epsilon prediction."""
    return tiny_folder(models_dir / "tiny-sd")


@pytest.fixture(scope="session")
def tiny_v(models_dir: Path) -> Path:
    """The same layout with v-prediction."""
    return tiny_folder(models_dir / "tiny-v", prediction_type="v_prediction", seed=1)


@pytest.fixture(scope="session")
def tiny_inpaint(models_dir: Path) -> Path:
    """A network with nine channels."""
    return tiny_folder(models_dir / "tiny-inpaint", in_channels=9, seed=2)


@pytest.fixture(scope="session")
def tiny_folded(models_dir: Path) -> Path:
    """The layout of Ground."""
    return tiny_ground(models_dir / "tiny-ground", seed=3)
