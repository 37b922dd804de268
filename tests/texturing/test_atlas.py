"""Charts of xatlas, which crashes on some meshes."""

import numpy as np
import pytest
import trimesh

from sfumato.texturing import MeshRefused, atlas, unwrapped, uv_problem
from tests.texturing.shapes import mesh_of


def test_a_mesh_that_xatlas_crashes_on_is_unwrapped_all_the_same():
    ball = trimesh.creation.icosphere(subdivisions=6)
    given = mesh_of("ball", ball)
    after = unwrapped(given, size_px=256)

    assert uv_problem(after) is None
    assert np.array_equal(after.positions, given.positions)


def test_charts_are_the_same_in_a_process_of_their_own(monkeypatch):
    given = mesh_of("ring", trimesh.creation.torus(1, 0.4, major_sections=24, minor_sections=12))
    here = unwrapped(given, size_px=256)
    monkeypatch.setattr(atlas, "_FEW_FACES", 0)

    assert np.array_equal(unwrapped(given, size_px=256).uvs, here.uvs)


def test_a_mesh_that_always_crashes_is_refused(monkeypatch):
    monkeypatch.setattr(atlas, "_FEW_FACES", 0)
    monkeypatch.setattr(atlas, "_COMMAND", ("-c", "import os; os.abort()"))

    with pytest.raises(MeshRefused, match="crashes on it; make UVs in a modeller"):
        unwrapped(mesh_of("box", trimesh.creation.box()), size_px=64)
