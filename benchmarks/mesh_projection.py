"""One view onto a large mesh: how long it takes to see it, to lay the picture on the texels, and to blend it.

A torus of 100,000 triangles with a texture of 2048 pixels squared, of which one view is painted already, and another
view of 1024 pixels squared; the picture is there already, as it would be when the daemon has drawn it.
"""

from __future__ import annotations

import statistics
import time
from typing import Any, Final

import numpy as np

from benchmarks import report
from sfumato.texturing import MeshObject, Painter, Scene, choose_cameras
from sfumato.texturing.surface import surface_of

MAJOR, MINOR = 250, 200
TEXTURE_PX, VIEW_PX = 2048, 1024
ROUNDS: Final = 5
PROMISED_S: Final = 3.0


def torus() -> MeshObject:
    """100,000 triangles whose UVs are their two angles."""
    rows, columns = np.meshgrid(np.arange(MAJOR + 1), np.arange(MINOR + 1), indexing="ij")
    around, about = rows / MAJOR * 2 * np.pi, columns / MINOR * 2 * np.pi
    reach = 1 + 0.42 * np.cos(about)
    points = np.stack([reach * np.cos(around), reach * np.sin(around), 0.42 * np.sin(about)], axis=-1).reshape(-1, 3)
    uvs = np.stack([rows / MAJOR, columns / MINOR], axis=-1).reshape(-1, 2) * 0.99 + 0.005
    index = np.arange(len(points)).reshape(MAJOR + 1, MINOR + 1)
    a, b, c, d = index[:-1, :-1], index[1:, :-1], index[1:, 1:], index[:-1, 1:]
    faces = np.stack([np.stack([a, b, c], -1), np.stack([a, c, d], -1)], axis=2).reshape(-1, 3)
    return MeshObject(name="torus", positions=points, faces=faces, uvs=uvs[faces])


def seconds(act: Any) -> float:
    """How long it takes."""
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun


def main() -> None:
    """Each round lays the second view onto a canvas on which the first one is painted."""
    scene = Scene(objects=(torus(),))
    cameras = choose_cameras(surface_of(scene), at_most=2, view_px=VIEW_PX)
    picture = np.random.default_rng(0).random((VIEW_PX, VIEW_PX, 3)).astype(np.float32)
    views, finishing, growing = [], [], []
    for _ in range(ROUNDS):
        painter = Painter(scene, size_px=TEXTURE_PX, cameras=cameras)
        steps = painter.paint(lambda view: picture)
        next(steps)
        views.append(seconds(lambda steps=steps: next(steps)))
        growing.append(seconds(painter.growing))
        finishing.append(seconds(painter.finished))
    figures = {
        "triangles": len(scene.objects[0].faces),
        "texels": len(painter.texels),
        "texture_px": TEXTURE_PX,
        "view_px": VIEW_PX,
        "rounds": ROUNDS,
        "view": report.summary(views),
        "growing_texture_median_s": round(statistics.median(growing), 3),
        "finished_median_s": round(statistics.median(finishing), 3),
        "promised_s": PROMISED_S,
    }
    report.write("mesh_projection", figures)


if __name__ == "__main__":
    main()
