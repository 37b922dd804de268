"""Rectangles, edges, context and sizes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from host_adapters.core.geometry import Bounds, Context, Edge, ceil_to, context_area, draw_size

places = st.integers(-300, 300)
sizes = st.integers(0, 200)
rectangles = st.builds(Bounds, places, places, sizes, sizes)
canvases = st.builds(Bounds, st.just(0), st.just(0), st.integers(1, 400), st.integers(1, 400))


def points(bounds):
    """Its corner pixels; they decide, for rectangles."""
    if bounds.empty:
        return []
    return [(x, y) for x in (bounds.x, bounds.right_px - 1) for y in (bounds.y, bounds.bottom_px - 1)]


def inside(point, bounds):
    return bounds.x <= point[0] < bounds.right_px and bounds.y <= point[1] < bounds.bottom_px


@given(rectangles, rectangles, st.tuples(places, places))
def test_an_intersection_holds_what_both_hold(one, other, point):
    assert inside(point, one.intersect(other)) == (inside(point, one) and inside(point, other))


@given(rectangles, rectangles)
def test_a_union_is_the_smallest_around_both(one, other):
    union = one.union(other)

    assert union.contains(one)
    assert union.contains(other)
    corners = points(one) + points(other)
    if corners:
        assert union.x == min(x for x, _ in corners)
        assert union.bottom_px == max(y for _, y in corners) + 1


@given(rectangles, rectangles)
def test_what_is_contained_has_all_corners_inside(one, other):
    assert one.contains(other) == all(inside(point, one) for point in points(other))


@given(rectangles, canvases)
def test_clamping_moves_what_fits_and_cuts_what_does_not(bounds, canvas):
    clamped = bounds.clamp(canvas)

    assert canvas.contains(clamped)
    assert clamped[2:] == (min(bounds.width_px, canvas.width_px), min(bounds.height_px, canvas.height_px))


@given(rectangles, st.integers(0, 50))
def test_growing_can_be_undone(bounds, by_px):
    assert bounds.grow(by_px).grow(-by_px) == bounds


@given(rectangles, st.integers(1, 64))
def test_rounding_out_gives_multiples_around_it(bounds, multiple_px):
    rounded = bounds.rounded_out(multiple_px)

    assert rounded.width_px % multiple_px == rounded.height_px % multiple_px == 0
    assert rounded.contains(bounds)
    assert rounded.width_px - bounds.width_px < multiple_px


@given(rectangles, canvases, st.sampled_from(["auto", "selection", "whole"]), st.integers(0, 40), st.integers(8, 128))
def test_a_context_lies_in_the_canvas_and_around_the_selection(selection, canvas, mode, reach_px, least_px):
    area = context_area(selection, canvas, Context(mode), reach_px, least_px)
    inner = selection.intersect(canvas)

    assert canvas.contains(area)
    if mode == "whole":
        assert area == canvas
    elif inner.empty:
        assert area.empty
    else:
        assert area.contains(inner.grow(reach_px).intersect(canvas))
        for side, limit in zip(area[2:], canvas[2:], strict=True):
            assert side % 8 == 0 or side == limit
        if mode == "auto":
            assert area.width_px >= min(least_px, canvas.width_px)


def test_an_automatic_context_has_the_padding_and_one_around_the_selection_has_none():
    selection, canvas = Bounds(400, 400, 80, 40), Bounds(0, 0, 1000, 1000)

    assert context_area(selection, canvas, Context("selection")) == Bounds(400, 400, 80, 40)
    assert context_area(selection, canvas, Context("auto", 0.5)) == Bounds(360, 360, 160, 120)


def test_an_edge_is_the_larger_of_pixels_and_share():
    edge = Edge(grow_px=4, grow_share=0.1, feather_px=8, feather_share=0.05)

    assert edge.resolved(Bounds(0, 0, 20, 400)) == (4, 8)
    assert edge.resolved(Bounds(0, 0, 200, 400)) == (20, 10)


@given(rectangles, st.sampled_from([1, 64, 256, 512]), st.sampled_from([512, 4096]), st.sampled_from([8, 16, 64]))
def test_a_drawn_size_keeps_to_the_models_limits(bounds, native_px, maximum_px, multiple_px):
    for side in draw_size(bounds, native_px, maximum_px, multiple_px, 1024 * 1024):
        assert side % multiple_px == 0
        assert 64 <= side <= maximum_px


@pytest.mark.parametrize(
    ("region", "drawn"),
    [
        ((512, 512), (512, 512)),
        ((700, 500), (704, 504)),
        ((128, 128), (256, 256)),
        ((256, 64), (512, 128)),
        ((4096, 4096), (1024, 1024)),
        ((4096, 1024), (2048, 512)),
    ],
)
def test_a_region_is_drawn_at_its_size_where_the_model_is_at_home_there(region, drawn):
    assert draw_size(Bounds(0, 0, *region), 256, 4096, 8, 1024 * 1024) == drawn


def test_the_next_multiple():
    assert [ceil_to(size, 8) for size in (0, 1, 8, 9)] == [0, 8, 8, 16]
