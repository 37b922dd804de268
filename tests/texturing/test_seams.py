"""Seams of the texture: nobody should see where they are."""

import numpy as np
import pytest

from sfumato.texturing import Painter
from sfumato.texturing.equalising import equalised
from sfumato.texturing.gutter import textures
from sfumato.texturing.links import Neighbours
from sfumato.texturing.sampling import sample
from sfumato.texturing.seams import shared_edges, steps_across
from sfumato.texturing.texels import in_pile
from tests.texturing.shapes import cloudy, monkey, part, scene_of, torus


def steps(pictures, surface, edges, *, inside_px):
    """The steps of colour between both sides of edges, as a renderer sees them: (S,)."""
    pile = np.concatenate(pictures).astype(np.float32) / 255
    size = pictures[0].shape[0]
    edge, places = steps_across(edges, size, inside_px=inside_px)
    objects = surface.textures[edges.faces[edge, 0]]
    one, other = (sample(pile, in_pile(objects, places[:, side], size))[0] for side in (0, 1))
    return np.abs(one - other).max(axis=1)


@pytest.fixture(scope="module", params=[torus, monkey, part])
def painted(request):
    painter = Painter(scene_of(request.param()), size_px=384, view_px=256, views=8)
    list(painter.paint(cloudy))
    return painter, painter.finished()


def test_colours_differ_no_more_across_seams_than_inside_islands(painted):
    painter, pictures = painted
    seams, inner = shared_edges(painter.surface)
    across = steps(pictures, painter.surface, seams, inside_px=0.5)
    inside = steps(pictures, painter.surface, inner, inside_px=0.5)

    assert len(across) > 500
    assert across.mean() <= inside.mean()
    assert np.percentile(across, 95) <= np.percentile(inside, 95)


def test_both_sides_of_a_seam_show_one_colour_on_the_edge_itself(painted):
    painter, pictures = painted
    seams, inner = shared_edges(painter.surface)
    across = steps(pictures, painter.surface, seams, inside_px=0.0)
    one_texel = steps(pictures, painter.surface, inner, inside_px=0.5)

    assert across.mean() <= one_texel.mean()


def test_the_measure_finds_seams_where_there_are_some(painted):
    """Islands of different colours, without anything done about it."""
    painter, _ = painted
    tone = np.random.default_rng(0).random((len(painter.surface.areas), 3))
    canvas = painter.canvas.__class__(painter.texels)
    islands = island_of(painter)
    canvas.colour, canvas.weight = tone[islands].astype(np.float32), np.ones(len(islands), np.float32)
    seams, inner = shared_edges(painter.surface)
    pictures = textures(canvas, painter.surface, painter.texels, seams.of(np.zeros(len(seams.faces), bool)))

    assert steps(pictures, painter.surface, seams, inside_px=0.5).mean() > 0.1
    assert steps(pictures, painter.surface, inner, inside_px=0.5).mean() < 0.02


def test_equalising_closes_steps_and_leaves_what_is_fixed(painted):
    painter, _ = painted
    neighbours = Neighbours(painter.surface, painter.texels, shared_edges(painter.surface)[0])
    colour = np.random.default_rng(1).random((len(painter.surface.areas), 3))[island_of(painter)].astype(np.float32)
    fixed = painter.texels.position[:, 0] > 0
    found = equalised(colour, neighbours, fixed)
    one, other = neighbours.across[~fixed[neighbours.across].any(axis=1)].T

    assert np.array_equal(found[fixed], colour[fixed])
    assert np.abs(found[one] - found[other]).mean() < 0.5 * np.abs(colour[one] - colour[other]).mean()


def test_a_renderer_that_looks_beside_an_island_sees_the_surface_go_on(painted):
    painter, pictures = painted
    seams, _ = shared_edges(painter.surface)
    beside = steps_across(seams, 384, inside_px=-1.0)
    pile = np.concatenate(pictures).astype(np.float32) / 255
    edge, places = beside
    inside = steps_across(seams, 384, inside_px=1.0)[1]
    objects = painter.surface.textures[seams.faces[edge, 0]]
    out, other = (sample(pile, in_pile(objects, each, 384))[0] for each in (places[:, 0], inside[:, 1]))

    assert np.abs(out - other).mean() < 0.03


def island_of(painter):
    """A number for each texel's island: the connected part of faces without a seam between them."""
    from scipy import sparse

    inner = shared_edges(painter.surface)[1].faces
    count = len(painter.surface.areas)
    graph = sparse.coo_matrix((np.ones(len(inner)), (inner[:, 0], inner[:, 1])), shape=(count, count))
    return sparse.csgraph.connected_components(graph, directed=False)[1][painter.texels.face]


def test_seams_along_the_border_of_the_texture_have_nothing_beside_them():
    """A box whose one face fills the texture and whose others are nowhere: all that is beside the seams is outside."""
    from sfumato.texturing import MeshObject, Scene

    corners = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], float)
    positions = np.concatenate([np.concatenate([corners, np.full((4, 1), z)], axis=1) for z in (0.0, 0.001)])
    faces = np.array([[0, 1, 2], [0, 2, 3], [0, 1, 5], [0, 5, 4]])
    uvs = np.concatenate([corners[[[0, 1, 2], [0, 2, 3]]], np.ones((2, 3, 2))])
    scene = Scene(objects=(MeshObject(name="box", positions=positions, faces=faces, uvs=uvs),))
    painter = Painter(scene, size_px=64, view_px=128, views=1)
    list(painter.paint(lambda view: np.full((128, 128, 3), 0.4)))

    assert (painter.finished()[0] == 102).all()
