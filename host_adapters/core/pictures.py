"""Pixels without numpy: what can be done with slices of bytes in little time."""

from typing import Optional

from .geometry import Bounds
from .host import Picture, Selection

BYTES_PER_PIXEL = {"rgba8": 4, "gray8": 1, "rgba16": 8}


def picture_of(header: object, body: bytes) -> Optional[Picture]:
    """The picture that a frame describes and carries; None where it carries none or its sizes do not fit."""
    if not isinstance(header, dict):
        return None
    width_px, height_px, form = header.get("width_px"), header.get("height_px"), header.get("format")
    if not isinstance(width_px, int) or not isinstance(height_px, int) or form not in BYTES_PER_PIXEL:
        return None
    fits = len(body) == width_px * height_px * BYTES_PER_PIXEL[str(form)]
    return Picture(width_px, height_px, str(form), body) if fits else None


def coverage_within(selection: Selection, bounds: Bounds) -> Picture:
    """The selection's coverage as a gray8 picture of `bounds`, 0 where nothing is selected."""
    inner = selection.bounds.intersect(bounds)
    if inner.empty:
        return Picture(bounds.width_px, bounds.height_px, "gray8", bytes(bounds.area_px))
    data, stride = memoryview(selection.coverage.data), selection.bounds.width_px
    left, right = bytes(inner.x - bounds.x), bytes(bounds.right_px - inner.right_px)
    first = (inner.y - selection.bounds.y) * stride + inner.x - selection.bounds.x
    rows = [bytes((inner.y - bounds.y) * bounds.width_px)]
    for start in range(first, first + inner.height_px * stride, stride):
        rows += (left, bytes(data[start : start + inner.width_px]), right)
    rows.append(bytes((bounds.bottom_px - inner.bottom_px) * bounds.width_px))
    return Picture(bounds.width_px, bounds.height_px, "gray8", b"".join(rows))


def all_selected(selection: Selection, bounds: Bounds) -> bool:
    """Whether the selection covers all of `bounds` in full, which is the same as none."""
    if not selection.bounds.contains(bounds):
        return False
    covered = coverage_within(selection, bounds).data
    return covered.count(b"\xff") == len(covered)
