"""A picture to work on, and one thread to work in."""

from __future__ import annotations

import pytest


@pytest.fixture(scope="session")
def bricks(sfumato_material):
    return sfumato_material("brick", seed=1)


@pytest.fixture(autouse=True, scope="session")
def _one_thread(sfumato_one_thread):
    """As all tests of this plugin run."""
