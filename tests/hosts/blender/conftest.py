"""One home for each module and Blender: a run makes many checks, since starting a daemon takes long."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.hosts.blender.blender_program import BlenderProgram, package, require


@pytest.fixture(scope="session")
def archive(tmp_path_factory: pytest.TempPathFactory):
    return package(tmp_path_factory.mktemp("archive"))


def program(kind: str, archive, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BlenderProgram]:
    require(kind)
    made = BlenderProgram(kind=kind, home=tmp_path_factory.mktemp(kind), archive=archive)
    yield made
    made.stop_daemon()


@pytest.fixture(scope="module", params=["bpy", "debian"])
def blender(request, archive, tmp_path_factory) -> Iterator[BlenderProgram]:
    """Blender 5.0 as a module, and Blender 4.3 without a window."""
    yield from program(request.param, archive, tmp_path_factory)


@pytest.fixture(scope="module")
def blender_window(archive, tmp_path_factory) -> Iterator[BlenderProgram]:
    """Blender 4.3 with its window."""
    yield from program("window", archive, tmp_path_factory)
