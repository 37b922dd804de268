"""The terminal in which pages are tried."""

import sys

import pytest

from tests.docs.terminal import Terminal


@pytest.fixture(scope="module")
def python():
    """The interpreter of the terminal; tests that install something bring an environment of their own."""
    return sys.executable


@pytest.fixture
def terminal(tmp_path, tmp_path_factory, python, monkeypatch):
    """Opened in an empty folder, which is the test's own as well, with folders of its own for a daemon."""
    opened = Terminal(tmp_path, tmp_path_factory.mktemp("home"), python)
    monkeypatch.chdir(tmp_path)
    for name, value in opened.variables.items():
        monkeypatch.setenv(name, value)
    yield opened
    opened.close()
