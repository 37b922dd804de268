"""What a frame's pixels hold beside depth: places on the surface, smooth normals, UVs, the pictures for a model."""

from __future__ import annotations

import numpy as np

from sfumato.texturing.arrays import Bytes, Floats, Ints, dot, unit
from sfumato.texturing.rasteriser import Frame
from sfumato.texturing.surface import Surface


def weights_on(corners: Floats, points: Floats) -> Floats:
    """Barycentric weights (N, 3) of points (N, 3) in the planes of triangles (N, 3, 3), kept inside them."""
    a, ab, ac = corners[:, 0], corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    ap = points - a
    bb, bc, cc, pb, pc = dot(ab, ab), dot(ab, ac), dot(ac, ac), dot(ap, ab), dot(ap, ac)
    area = bb * cc - bc * bc
    area = np.where(area > 0, area, 1)
    second, third = (cc * pb - bc * pc) / area, (bb * pc - bc * pb) / area
    found = np.clip(np.stack([1 - second - third, second, third], axis=1), 0, 1)
    whole: Floats = found / found.sum(axis=1, keepdims=True)
    return whole


def places(frame: Frame, surface: Surface) -> tuple[Ints, Ints, Floats]:
    """The pixels that see a surface: flat index (N,), face (N,), and weights of its corners (N, 3)."""
    pixel = np.flatnonzero(frame.face.ravel() >= 0)
    face = frame.face.ravel()[pixel]
    width = frame.camera.width_px
    centres = np.stack([pixel % width + 0.5, pixel // width + 0.5], axis=1)
    points = frame.camera.points(centres, frame.depth.ravel()[pixel])
    return pixel, face, weights_on(surface.corners[face], points)


def normals(frame: Frame, surface: Surface) -> Floats:
    """Smooth normals (H, W, 3) in the camera's axes, x right, y up, z towards it; 0 where nothing is seen."""
    pixel, face, weights = places(frame, surface)
    found = np.zeros((frame.face.size, 3))
    smooth = unit(np.einsum("nc,nci->ni", weights, surface.corner_normals[face]))
    turned = smooth @ frame.camera.axes.T * np.array([1.0, 1.0, -1.0])
    found[pixel] = turned * np.where(turned[:, 2:] < 0, -1, 1)
    return found.reshape(*frame.face.shape, 3)


def uvs(frame: Frame, surface: Surface) -> tuple[Ints, Ints, Floats]:
    """The pixels that see a surface: flat index (N,), texture (N,) and UV (N, 2)."""
    pixel, face, weights = places(frame, surface)
    return pixel, surface.textures[face], np.einsum("nc,nci->ni", weights, surface.uvs[face])


def depth_picture(frame: Frame) -> Bytes:
    """Depth (H, W, 3) as depth networks were trained on it: near is white, far dark gray, nothing black."""
    found = np.zeros(frame.face.shape)
    near = frame.camera.nearness(frame.depth[frame.mask])
    if near.size:
        span = float(np.ptp(near)) or 1.0
        found[frame.mask] = 0.1 + 0.9 * (near - near.min()) / span
    return np.repeat(np.round(found * 255).astype(np.uint8)[..., None], 3, axis=2)


def normal_picture(normal: Floats) -> Bytes:
    """Normals (H, W, 3) as colours (H, W, 3), those of a flat wall where nothing is seen."""
    flat = np.where(np.linalg.norm(normal, axis=2, keepdims=True) > 0, normal, [0.0, 0.0, 1.0])
    return np.round((flat + 1) / 2 * 255).astype(np.uint8)
