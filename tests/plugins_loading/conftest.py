import importlib
import sys

import pytest

from tests.plugins_loading.samplers import sampler


@pytest.fixture
def site(tmp_path, monkeypatch):
    """An empty folder of installed packages; modules that were imported from it are forgotten afterwards."""
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(folder)
    before = set(sys.modules)
    yield folder
    for name in set(sys.modules) - before:
        del sys.modules[name]
    importlib.invalidate_caches()


@pytest.fixture
def files(tmp_path):
    """A folder of one-file plugins, with one."""
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "swirl.py").write_text(sampler("swirl.one"), encoding="utf-8")
    return folder
