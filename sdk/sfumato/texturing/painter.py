"""Painter: a mesh is painted view by view; the session that does it, holds its state, and can go on from it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from scipy import ndimage

from sfumato.errors import MeshRefused
from sfumato.texturing import painting_state, shading
from sfumato.texturing.arrays import Bools, Bytes, Floats
from sfumato.texturing.cameras import Camera
from sfumato.texturing.canvas import Canvas
from sfumato.texturing.equalising import equalised
from sfumato.texturing.gaps import filled
from sfumato.texturing.gutter import CROSSING_PX, textures
from sfumato.texturing.links import links_of
from sfumato.texturing.mesh import Scene
from sfumato.texturing.projection import Projection, projection_of
from sfumato.texturing.rasteriser import Frame, rasterise
from sfumato.texturing.seams import shared_edges
from sfumato.texturing.surface import surface_of
from sfumato.texturing.texels import texels_of
from sfumato.texturing.trimap import Trimap, trimap_of
from sfumato.texturing.viewpoints import choose_cameras
from sfumato.texturing.views import Draw, Progress, View, drawn

#: A view of which less than this share is new is left out.
_LEAST_NEW: Final = 0.002


class Painter:
    """Paints the textures of a scene. Not to be used by two threads at once, but for `cancel`.

    `textures` are the pictures that the objects have already, which are then kept where nothing is painted.
    """

    def __init__(
        self,
        scene: Scene,
        *,
        size_px: int = 1024,
        view_px: int = 512,
        views: int = 8,
        cameras: Sequence[Camera] | None = None,
        textures: list[Bytes] | None = None,
    ) -> None:
        bare = [each.name for each in scene.objects if each.uvs is None]
        if bare:
            raise MeshRefused(f"object {bare[0]!r} has no UVs; unwrap it first")
        self.surface = surface_of(scene)
        self.texels = texels_of(self.surface, size_px)
        self._given = [_of_size(each, size_px) for each in textures or ()]
        self.canvas = Canvas.of_textures(self.texels, self._given) if self._given else Canvas(self.texels)
        self.cameras = list(cameras or choose_cameras(self.surface, at_most=views, view_px=view_px))
        self.views_done = 0
        #: JSON that is kept with the state, such as the seed.
        self.notes: dict[str, Any] = {}
        self._seams = shared_edges(self.surface)[0]
        self._cancelled = False

    def paint(self, draw: Draw) -> Iterator[Progress]:
        """Draw and project the views that are left, telling after each; ends early after `cancel`.

        What `draw` raises goes through; the view that it was about can then be painted again.
        """
        self._cancelled = False
        while self.views_done < len(self.cameras) and not self._cancelled:
            painted = self._paint_view(self.cameras[self.views_done], draw)
            if self._cancelled:
                return
            self.views_done += 1
            yield self._progress(was_skipped=not painted)

    def repaint(self, camera: Camera, brush: Floats, draw: Draw) -> Progress:
        """Draw a region again: `brush` (H, W) of the camera's picture is 1 where it is new and 0 where all stays."""
        if brush.shape != (camera.height_px, camera.width_px):
            expected = (camera.height_px, camera.width_px)
            raise ValueError(f"brush: got shape {brush.shape}, expected the camera's {expected}")
        self._cancelled = False
        frame, projection, parts = self._seen(camera)
        parts = Trimap(painted=parts.painted, known=parts.known, share=(brush * frame.mask).astype(np.float32))
        picture = drawn(draw(self._view(frame, parts, 0, 1)), camera)
        if not self._cancelled:
            share = _shares(projection, parts.share)
            touched = share > 0
            colour = projection.colours(picture)[touched]
            self.canvas.cover(projection.texel[touched], colour, projection.trust[touched], share[touched])
        return self._progress()

    def cancel(self) -> None:
        """Stop as soon as the view that is being drawn is there; it is not used. [any thread]"""
        self._cancelled = True

    def textures(self) -> list[Bytes]:
        """The textures as they are now, (size_px, size_px, 3) for each object; what no view saw yet is not filled."""
        found = textures(self.canvas, self.surface, self.texels, self._seams)
        return self._over_given(found, self.canvas.touched)

    def finished(self) -> list[Bytes]:
        """The textures with what no camera saw filled, and no steps across seams.

        What was painted before an earlier call, or given as textures, stays as it was, to the bit.
        """
        links = links_of(self.surface, self.texels, self._seams)
        known = self.canvas.weight > 0
        colour = filled(self.canvas.colour, known, self.texels, links)
        fresh = self.canvas.touched | ~known
        self.canvas.settle(equalised(colour, links, ~fresh))
        found = self._over_given(textures(self.canvas, self.surface, self.texels, self._seams), fresh)
        if self._given:
            self._given = found
        return found

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the state down, whole or not at all."""
        painting_state.write(Path(path), self.canvas, self.views_done, self.notes, self._fingerprint())

    def restore(self, path: str | os.PathLike[str]) -> None:
        """Go on from a state of the same scene, sizes and cameras. Raises Conflict for another one."""
        self.views_done, self.notes = painting_state.read(Path(path), self.canvas, self._fingerprint())

    def _over_given(self, found: list[Bytes], fresh: Bools) -> list[Bytes]:
        """The new textures where texels are fresh and just beside them, the given ones elsewhere."""
        if not self._given:
            return found
        changed = np.zeros(self.texels.index.size, bool)
        changed[self.texels.cell[fresh]] = True
        near = [
            ndimage.binary_dilation(each, iterations=CROSSING_PX) for each in changed.reshape(self.texels.index.shape)
        ]
        island = self.texels.index >= 0
        taken = [
            by & (change | ~on) for by, change, on in zip(near, changed.reshape(island.shape), island, strict=True)
        ]
        pairs = zip(taken, found, self._given, strict=True)
        return [np.where(by[..., None], new, old) for by, new, old in pairs]

    def _paint_view(self, camera: Camera, draw: Draw) -> bool:
        frame, projection, parts = self._seen(camera)
        if (parts.share == 1).sum() < _LEAST_NEW * max(frame.mask.sum(), 1):
            return False
        picture = drawn(draw(self._view(frame, parts, self.views_done, len(self.cameras))), camera)
        if not self._cancelled:
            share = _shares(projection, parts.share)
            self.canvas.blend(projection.texel, projection.colours(picture), projection.trust, share)
        return True

    def _seen(self, camera: Camera) -> tuple[Frame, Projection, Trimap]:
        frame = rasterise(self.surface, camera)
        projection = projection_of(frame, self.surface, self.texels)
        return frame, projection, trimap_of(frame, self.surface, self.texels, self.canvas, projection)

    def _view(self, frame: Frame, parts: Trimap, number: int, count: int) -> View:
        return View(
            number=number,
            count=count,
            camera=frame.camera,
            depth=shading.depth_picture(frame),
            normal=shading.normal_picture(shading.normals(frame, self.surface)),
            mask=frame.mask,
            painted=parts.painted,
            known=parts.known,
            share=parts.share,
        )

    def _progress(self, *, was_skipped: bool = False) -> Progress:
        return Progress(
            views_done=self.views_done,
            view_count=len(self.cameras),
            coverage=self.canvas.coverage,
            was_skipped=was_skipped,
        )

    def _fingerprint(self) -> str:
        return painting_state.fingerprint(self.surface, self.texels.size_px, self.cameras)


def _of_size(picture: Bytes, size_px: int) -> Bytes:
    if picture.shape[:2] != (size_px, size_px) or picture.dtype != np.uint8:
        got = f"{picture.dtype} of shape {picture.shape}"
        raise ValueError(f"textures: got {got}, expected uint8 of shape {(size_px, size_px, 3)}")
    return picture[..., :3]


def _shares(projection: Projection, share: Floats) -> Floats:
    """How much of a new drawing each texel takes: 0 wherever all four pixels around it stay."""
    found: Floats = projection.colours(share[..., None])[:, 0]
    return found
