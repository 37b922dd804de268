import sys

import pytest

from tests.daemon.house import House

#: The worker with a folder of plugins on its path, on every platform.
_START = (
    "import runpy, sys; sys.path.insert(0, sys.argv.pop(1)); runpy.run_module('sfumato.worker', run_name='__main__')"
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Where a module's tests lay down their distributions, before the worker starts."""
    return tmp_path_factory.mktemp("plugins")


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    return House(tmp_path_factory.mktemp("house"))


@pytest.fixture(scope="module")
def start(house, folder):
    """Starts a front whose worker has the folder's plugins; its patience is a test's."""

    def begin(**config):
        limits = {"hook_s": 4.0, "lengthy_hook_s": 4.0, "hook_memory_bytes": 512 * 2**20}
        return house.start(worker_command=(sys.executable, "-P", "-c", _START, str(folder)), **(limits | config))

    return begin
