"""A home for a real daemon with Ground, shared by the tests of a module."""

import pytest

from tests.cli.conftest import Home


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    home = Home(tmp_path_factory.mktemp("home"))
    yield home
    home.end_daemon()
