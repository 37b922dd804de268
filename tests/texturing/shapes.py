"""Shapes whose every point is known, and drawings for their views."""

from __future__ import annotations

import numpy as np
import trimesh

from sfumato.texturing import MeshObject, Scene, unwrapped


def mesh_of(name, shape, uvs=None):
    return MeshObject(name=name, positions=np.array(shape.vertices), faces=np.array(shape.faces), uvs=uvs)


def scene_of(*objects):
    return Scene(objects=tuple(each if each.uvs is not None else unwrapped(each, size_px=512) for each in objects))


def torus():
    return mesh_of("torus", trimesh.creation.torus(1, 0.42, major_sections=40, minor_sections=20))


def monkey():
    """A head like the well-known one: a bulging skull with eye sockets, a muzzle, hollow ears, loose eyes."""
    skull = trimesh.creation.icosphere(3)
    points = skull.vertices
    for centre, reach, push in (
        ((0.35, 0.3, 0.9), 0.28, -0.22),
        ((-0.35, 0.3, 0.9), 0.28, -0.22),
        ((0, -0.35, 1), 0.5, 0.3),
    ):
        near = np.exp(-(((points - centre) / reach) ** 2).sum(axis=1))
        points = points + points * (near * push)[:, None]
    skull.vertices = points
    ears = []
    for side in (-1, 1):
        ear = trimesh.creation.icosphere(2, 0.45)
        hollow = np.exp(-(((ear.vertices - [0, 0, 0.45]) / 0.3) ** 2).sum(axis=1))
        ear.vertices = (ear.vertices - hollow[:, None] * [0, 0, 0.55]) * [1, 1, 0.5] + [side * 1.15, 0.2, 0]
        ears.append(ear)
    eyes = [trimesh.creation.icosphere(1, 0.14) for _ in range(2)]
    for side, eye in zip((-1, 1), eyes, strict=True):
        eye.vertices += [side * 0.3, 0.26, 0.86]
    return mesh_of("monkey", trimesh.util.concatenate([skull, *ears, *eyes]))


def part():
    """A plate with a round hole, a step and a square boss on it: sharp edges, flat faces, a concave wall."""
    plate = trimesh.creation.annulus(r_min=0.35, r_max=1.2, height=0.4, sections=24)
    step = trimesh.creation.annulus(r_min=0.35, r_max=0.7, height=0.35, sections=24)
    step.vertices += [0, 0, 0.375]
    boss = trimesh.creation.box((0.3, 0.3, 0.5))
    boss.vertices += [0.95, 0, 0.45]
    return mesh_of("part", trimesh.util.concatenate([plate, step, boss]))


def quad(z=0.0, half=1.0, name="quad"):
    """A square in the plane z, facing +z, whose UVs are its own coordinates: u = (x / half + 1) / 2."""
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]], float)
    positions = np.concatenate([corners * half, np.full((4, 1), z)], axis=1)
    faces = np.array([[0, 1, 2], [0, 2, 3]])
    return MeshObject(name=name, positions=positions, faces=faces, uvs=((corners + 1) / 2)[faces])


def cloudy(view):
    """Soft noise with a grain of about twelve pixels, another for each view."""
    return noise(view.camera.height_px, view.camera.width_px, seed=view.number)


def noise(height, width, *, seed=0, grain=12):
    rows, columns = height // grain + 3, width // grain + 3
    coarse = np.random.default_rng(seed).random((rows, columns, 3))
    y, x = np.arange(height) / grain, np.arange(width) / grain
    top, left = y.astype(int), x.astype(int)
    down, right = (y - top)[:, None, None], (x - left)[None, :, None]
    rows = [coarse[top + each][:, left] * (1 - right) + coarse[top + each][:, left + 1] * right for each in (0, 1)]
    return rows[0] * (1 - down) + rows[1] * down
