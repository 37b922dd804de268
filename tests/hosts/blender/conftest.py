"""One home for each module and Blender: a run makes many checks, since starting a daemon takes long."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.hosts.blender.blender_program import BlenderProgram, package, require


def program(kind: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BlenderProgram]:
    require(kind)
    home = tmp_path_factory.mktemp(kind)
    made = BlenderProgram(kind=kind, home=home, archive=package(home / "archive"))
    yield made
    made.stop_daemon()


@pytest.fixture(scope="module", params=["bpy", "debian", "older"])
def blender(request, tmp_path_factory) -> Iterator[BlenderProgram]:
    """Blender 5.0 as a module, Blender 4.3 without a window, and 3.4, which knows add-ons alone and no extensions."""
    yield from program(request.param, tmp_path_factory)


@pytest.fixture(scope="module")
def blender_window(tmp_path_factory) -> Iterator[BlenderProgram]:
    """Blender 4.3 with its window."""
    yield from program("window", tmp_path_factory)
