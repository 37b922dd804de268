"""Skeletons as OpenPose draws them, from the points of COCO."""

from __future__ import annotations

import colorsys
from collections.abc import Sequence
from typing import Any, Final

import cv2
import numpy as np

from sfumato_control.planes import Plane

#: OpenPose's joints by COCO's numbers; the neck is between the shoulders, 5 and 6.
_NECK: Final = -1
_JOINTS: Final = (0, _NECK, 6, 8, 10, 5, 7, 9, 12, 14, 16, 11, 13, 15, 2, 1, 4, 3)
#: Pairs of OpenPose's joints in its order of drawing.
_LIMBS: Final = (
    (1, 2), (1, 5), (2, 3), (3, 4), (5, 6), (6, 7), (1, 8), (8, 9), (9, 10), (1, 11), (11, 12), (12, 13),
    (1, 0), (0, 14), (14, 16), (0, 15), (15, 17),
)  # fmt: skip
#: How much of its colour a limb keeps, so that joints stand out.
_LIMB_SHARE: Final = 0.6


def drawn(people: Sequence[tuple[Any, Any]], height_px: int, width_px: int, line_px: int, confidence: float) -> Plane:
    """Skeletons (H, W, 3) on black, of people's points (17, 2) in pixels and scores (17)."""
    canvas = np.zeros((height_px, width_px, 3), np.float32)
    for points, scores in people:
        places = _places(np.asarray(points, float), np.asarray(scores, float), confidence)
        for number, (start, end) in enumerate(_LIMBS):
            if start in places and end in places:
                _limb(canvas, places[start], places[end], line_px, _colour(number))
        for number, place in places.items():
            cv2.circle(canvas, _rounded(place), line_px, _colour(number), thickness=-1)
    return canvas


def _places(points: Any, scores: Any, confidence: float) -> dict[int, Any]:
    """Where OpenPose's joints are, those that are sure enough."""
    places = {}
    for number, joint in enumerate(_JOINTS):
        sources = [5, 6] if joint == _NECK else [joint]
        if scores[sources].min() >= confidence:
            places[number] = points[sources].mean(axis=0)
    return places


def _limb(canvas: Plane, start: Any, end: Any, line_px: int, colour: tuple[float, ...]) -> None:
    """An ellipse from joint to joint."""
    middle, way = (start + end) / 2, end - start
    axes = int(np.hypot(*way) / 2), line_px
    angle = float(np.degrees(np.arctan2(way[1], way[0])))
    dim = tuple(_LIMB_SHARE * each for each in colour)
    cv2.ellipse(canvas, _rounded(middle), axes, angle, 0, 360, dim, thickness=-1)


def _colour(number: int) -> tuple[float, ...]:
    """OpenPose's colours go around the wheel in steps of a third of a sixth."""
    return colorsys.hsv_to_rgb(number / 18, 1, 1)


def _rounded(place: Any) -> tuple[int, int]:
    return round(float(place[0])), round(float(place[1]))
