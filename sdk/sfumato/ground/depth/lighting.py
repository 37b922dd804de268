"""Dressing what is seen in a material, and lighting it softly from the upper left, as flat materials are."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from sfumato.ground.depth.sight import Sight
from sfumato.ground.materials.fields import Field as Floats

LIGHT = np.array([-0.522, -0.401, 0.753], np.float32)
"""Towards the light, in a picture's axes: the light of the flat materials."""
SHADE = 0.3
"""What is left of the light on a side that is turned away."""
DISTANCE_SHADE = 0.3
"""What the farthest place loses of its light: steps between parallel walls are seen by it."""
BEHIND = 0.3
"""How bright the material is behind everything: a silhouette is seen, and bleeds no foreign colour."""
LEVELS = 4
SHARPNESS = 6


def paint(sight: Sight, material: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """A picture (H, W, 3) of what is seen, made of a seamless picture of the material (S, S, 3)."""
    pyramid = _pyramid(material)
    seen = sight.nearness > 0
    picture = _backdrop(sight.nearness.shape, pyramid[0])
    picture[seen] = _triplanar(sight, seen, pyramid) * _light(sight)[seen, None]
    shoulder = np.minimum(picture, 0.86) + 0.14 * np.tanh(np.maximum(picture - 0.86, 0) / 0.14)
    smooth = _without_stairs(shoulder, sight.nearness)
    return np.round(np.clip(smooth, 0, 1) * 255).astype(np.uint8)


def _pyramid(material: npt.NDArray[np.uint8]) -> list[Floats]:
    levels: list[Floats] = [material.astype(np.float32) / 255]
    for _ in range(LEVELS - 1):
        last = levels[-1]
        levels.append((last[::2, ::2] + last[1::2, ::2] + last[::2, 1::2] + last[1::2, 1::2]) / 4)
    return levels


def _backdrop(shape: tuple[int, ...], material: Floats) -> Floats:
    """The material far behind: dim, with half its contrast."""
    rows, columns = (np.arange(n) % material.shape[0] for n in shape)
    dim: Floats = (0.5 * material[rows[:, None], columns[None, :]] + 0.5 * material.mean((0, 1))) * np.float32(BEHIND)
    return dim


def _triplanar(sight: Sight, seen: npt.NDArray[np.bool_], pyramid: list[Floats]) -> Floats:
    """The material projected along the object's three axes, (N, 3)."""
    places, facing = sight.places[seen], np.abs(sight.facing[seen])
    level = np.clip(np.round(np.log2(np.maximum(sight.footprint[seen], 1e-3))), 0, LEVELS - 1).astype(int)
    weights = facing**SHARPNESS
    weights /= np.maximum(weights.sum(axis=1, keepdims=True), 1e-9)
    found = np.zeros((len(places), 3), np.float32)
    for axis, (across, up) in enumerate(((2, 1), (0, 2), (0, 1))):
        for index, picture in enumerate(pyramid):
            mine = (weights[:, axis] > 0.02) & (level == index)
            scale = np.float32(0.5**index)
            sampled = _bilinear(picture, places[mine, across] * scale, -places[mine, up] * scale)
            found[mine] += sampled * weights[mine, axis, None]
    found /= np.maximum(np.where(weights > 0.02, weights, 0).sum(axis=1, keepdims=True), 1e-6)
    return found


def _bilinear(picture: Floats, x: Floats, y: Floats) -> Floats:
    """A seamless picture at places in its pixels, (N, 3)."""
    size = picture.shape[0]
    left, top = np.floor(x), np.floor(y)
    right_share, low_share = (x - left)[:, None], (y - top)[:, None]
    column, row = left.astype(int) % size, top.astype(int) % size
    next_column, next_row = (column + 1) % size, (row + 1) % size
    upper = picture[row, column] * (1 - right_share) + picture[row, next_column] * right_share
    lower = picture[next_row, column] * (1 - right_share) + picture[next_row, next_column] * right_share
    found: Floats = upper * (1 - low_share) + lower * low_share
    return found


def _light(sight: Sight) -> Floats:
    """How much light there is (H, W): wrapped diffuse light, 1 on what faces the viewer, less far and in corners."""
    wrapped = np.maximum(sight.normals @ LIGHT + np.float32(0.25), 0) / np.float32(LIGHT[2] + 0.25)
    distance = 1 - DISTANCE_SHADE * (1 - sight.nearness)
    light: Floats = (SHADE + (1 - SHADE) * wrapped) * distance * _occlusion(sight.nearness)
    return light


def _occlusion(nearness: Floats) -> Floats:
    """What lies behind something near is darker beside it; at two radii."""
    behind = np.zeros_like(nearness)
    for sigma_px, strength in ((2.5, 1.6), (8.0, 1.8)):
        behind += strength * np.maximum(ndimage.gaussian_filter(nearness, sigma_px, mode="nearest") - nearness, 0)
    found: Floats = 1 - np.minimum(behind, 0.6)
    return found


def _without_stairs(picture: Floats, nearness: Floats) -> Floats:
    """Outlines blurred over a pixel, for rays hit or miss."""
    steep = ndimage.maximum_filter(nearness, 3) - ndimage.minimum_filter(nearness, 3) > 0.04
    kernel = np.array([0.25, 0.5, 0.25], np.float32)
    soft = ndimage.convolve1d(ndimage.convolve1d(picture, kernel, axis=0), kernel, axis=1)
    return np.where(steep[..., None], soft, picture)
