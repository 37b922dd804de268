"""Meshes as frames carry them."""

from __future__ import annotations

import numpy as np
import trimesh


def ring(name="ring", at=(0, 0, 0), uvs=True, **more):
    """A torus whose UVs are its own two angles, cut where they meet."""
    major, minor = 16, 10
    shape = trimesh.creation.torus(1, 0.4, major_sections=major, minor_sections=minor)
    faces = np.array(shape.faces)
    return Mesh(name, np.array(shape.vertices) + at, faces, _angles(shape) if uvs else None, **more)


def box(name="box", at=(0, 0, 0), uvs=True, **more):
    """A cube whose six sides lie in a grid of three by two."""
    shape = trimesh.creation.box((1.4, 1.4, 1.4))
    points, faces = np.array(shape.vertices), np.array(shape.faces)
    normals = np.array(shape.face_normals).round().astype(int)
    found = np.zeros((len(faces), 3, 2))
    for number, (axis, sign) in enumerate((axis, sign) for axis in range(3) for sign in (-1, 1)):
        mine = normals[:, axis] == sign
        flat = (np.delete(points, axis, axis=1)[faces[mine]] / 1.4 + 0.5) * 0.9 + 0.05
        found[mine] = (flat + np.array([number % 3, number // 3])) / [3, 2]
    return Mesh(name, points + at, faces, found if uvs else None, **more)


class Mesh:
    """A mesh's row in a frame, and its part of the body."""

    def __init__(self, name, positions, faces, uvs, *, texture="", selected=None, polygons=None):
        self.name, self.texture = name, texture
        self.positions, self.faces, self.selected, self.polygons = positions, faces, selected, polygons
        self.replace_uvs(uvs)

    def replace_uvs(self, uvs):
        self.uvs = uvs
        given = {"has_uvs": uvs, "has_polygons": self.polygons, "has_selection": self.selected}
        self.row = {
            "name": self.name, "texture": self.texture, "vertex_count": len(self.positions),
            "triangle_count": len(self.faces), **{name: array is not None for name, array in given.items()},
        }  # fmt: skip
        kinds = zip((self.positions, self.faces, uvs, self.polygons, self.selected), KINDS, strict=True)
        self.body = b"".join(np.asarray(array).astype(kind).tobytes() for array, kind in kinds if array is not None)

    def with_uvs(self, uvs):
        return Mesh(self.name, self.positions, self.faces, uvs, texture=self.texture)

    def normals(self):
        a, b, c = self.positions[self.faces].transpose(1, 0, 2)
        cross = np.cross(b - a, c - a)
        return cross / np.linalg.norm(cross, axis=1, keepdims=True)


KINDS = ("<f4", "<u4", "<f4", "<u4", "u1")


def _angles(shape):
    points = np.array(shape.vertices)
    across = np.hypot(points[:, 0], points[:, 1]) - 1
    around = np.arctan2(points[:, 1], points[:, 0]) / (2 * np.pi) % 1
    about = np.arctan2(points[:, 2], across) / (2 * np.pi) % 1
    uvs = np.stack([around, about], axis=1)[np.array(shape.faces)]
    for axis in (0, 1):
        values = uvs[..., axis]
        cut = np.ptp(values, axis=1) > 0.5
        values[cut] = np.where(values[cut] < 0.25, values[cut] + 1, values[cut])
    return uvs * 0.9 + 0.02 if uvs.max() <= 1.0001 else uvs / uvs.max()


def picture(name, array):
    """A picture's row and its bytes."""
    form = "gray8" if array.ndim == 2 else "rgba8"
    row = {"name": name, "width_px": array.shape[1], "height_px": array.shape[0], "format": form}
    return row, array.tobytes()


def paint(bridge, ticket, meshes, *, pictures=(), **fields):
    """Order a painting."""
    packed = [picture(*each) for each in pictures]
    body = b"".join([each.body for each in meshes] + [data for _, data in packed])
    recipe = {"prompt": "mossy stone", "steps": 2, "seed": 5, **fields.pop("recipe", {})}
    sizes = {"size_px": 128, "view_px": 64, "views": 3, **fields}
    rows = [row for row, _ in packed]
    bridge.send(
        op="paint",
        ticket=ticket,
        meshes=[each.row for each in meshes],
        pictures=rows,
        recipe=recipe,
        body=body,
        **sizes,
    )


def textures_of(bridge, ticket, *, final=True):
    """The last pictures that were told under the ticket, by their textures' names, (H, W, 4)."""
    found = {}
    for header, body in bridge.said:
        if header["op"] == "texture" and header["ticket"] == ticket and header["final"] == final:
            size = header["picture"]["height_px"], header["picture"]["width_px"], 4
            found[header["name"]] = np.frombuffer(body, np.uint8).reshape(size)
    return found
