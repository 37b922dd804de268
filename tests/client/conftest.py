"""A real front with a worker that computes nothing, and clients of it."""

from __future__ import annotations

import pytest

import sfumato
from tests.daemon.house import House


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    return House(tmp_path_factory.mktemp("house"))


@pytest.fixture(scope="module")
def front(house):
    """One front for all tests of a module."""
    with house.start() as front:
        yield front


@pytest.fixture
def studio(front):
    with sfumato.connect(front.announced["address"], token=front.announced["token"]) as studio:
        yield studio
