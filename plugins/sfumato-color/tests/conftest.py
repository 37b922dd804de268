"""Pictures to work on."""

from __future__ import annotations

import numpy as np
import pytest

import sfumato.plugin as sf


@pytest.fixture(scope="session")
def bricks(sfumato_material):
    return sfumato_material("brick", seed=1)


@pytest.fixture(scope="session")
def moss(sfumato_material):
    return sfumato_material("moss", seed=2)


@pytest.fixture(scope="session")
def cut_out(bricks):
    """Bricks in a disc, transparent around it, soft at its edge."""
    rows, columns = np.mgrid[-1:1:64j, -1:1:64j]
    alpha = np.clip((0.8 - np.hypot(rows, columns)) * 8, 0, 1).astype(np.float32)
    return sf.Image(pixels=np.concatenate([bricks.pixels, alpha[:, :, None]], axis=2))
