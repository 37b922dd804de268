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
from sfumato.texturing.canvas import FILLED_WEIGHT, Canvas
from sfumato.texturing.equalising import equalised
from sfumato.texturing.gaps import filled
from sfumato.texturing.growing import growing
from sfumato.texturing.gutter import CROSSING_PX, textures
from sfumato.texturing.links import Neighbours
from sfumato.texturing.mesh import Scene
from sfumato.texturing.projection import Projection, projection_of
from sfumato.texturing.rasteriser import Frame, rasterise
from sfumato.texturing.sampling import sample
from sfumato.texturing.seams import shared_edges
from sfumato.texturing.surface import surface_of
from sfumato.texturing.texels import in_pile, texels_of
from sfumato.texturing.trimap import Trimap, trimap_of
from sfumato.texturing.viewpoints import choose_cameras
from sfumato.texturing.views import Draw, Progress, View, drawn

#: A view of which less than this share is new is left out.
_LEAST_NEW: Final = 0.002
#: What a camera sees at less than 60 degrees is drawn again in full where no brush says what is.
_FULL_TRUST: Final = 1 / 16


class Painter:
    """Paints the textures of a scene. Not to be used by two threads at once, but for `cancel`.

    `textures` are the pictures that the scene's textures are already, (size_px, size_px, 3), or with an alpha that is
    0 where nothing is painted yet; what is there is kept.
    """

    def __init__(
        self,
        scene: Scene,
        *,
        size_px: int = 1024,
        view_px: int = 512,
        views: int = 10,
        cameras: Sequence[Camera] | None = None,
        textures: Sequence[Bytes] | None = None,
    ) -> None:
        bare = [each.name for each in scene.objects if each.uvs is None]
        if bare:
            raise MeshRefused(f"object {bare[0]!r} has no UVs; unwrap it first")
        self.surface = surface_of(scene)
        self.texels = texels_of(self.surface, size_px)
        given = _checked(textures or (), size_px, len(scene.textures))
        self.canvas = Canvas.of_textures(self.texels, given) if given else Canvas(self.texels)
        self._given = [each[..., :3] for each in given]
        #: How much each texel may change: where a region was given; else, by `paint`, what was transparent.
        self._limit: Floats | None = None
        self._blank = (self.canvas.weight == 0).astype(np.float32) if given else None
        self.cameras = list(cameras or choose_cameras(self.surface, at_most=views, view_px=view_px))
        self.views_done = 0
        #: JSON that is kept with the state, such as the seed.
        self.notes: dict[str, Any] = {}
        self._seams = shared_edges(self.surface)[0]
        self._cancelled = False

    def limit(self, share: Floats) -> None:
        """Let each texel (N,) change by this share alone, from 0 to 1; where it is half or more, `paint` draws anew."""
        self._limit = share.astype(np.float32)
        anew = (self._limit >= 0.5) & (self.canvas.weight > 0)
        self.canvas.weight[anew] = FILLED_WEIGHT

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

    def repaint(self, camera: Camera, brush: Floats | None, draw: Draw) -> Progress:
        """Draw a region again: `brush` (H, W) of the camera's picture is 1 where it is new and 0 where all stays.

        Without one, the region is what `limit` lets change, else all that the camera sees well. Raises MeshRefused
        where the camera sees nothing of it.
        """
        self._cancelled = False
        frame, projection, parts = self._seen(camera, self._limit)
        region = self._region(frame) if brush is None else _brush(brush, camera)
        parts = Trimap(painted=parts.painted, known=parts.known, share=(region * frame.mask).astype(np.float32))
        share = self._shares(projection, parts.share)
        if brush is None and self._limit is None:
            share = share * np.clip(projection.trust / _FULL_TRUST, 0, 1)
        if not share.any():
            raise MeshRefused("nothing of what is to be painted is seen from this camera")
        picture = drawn(draw(self._view(frame, parts, 0, 1)), camera)
        if not self._cancelled:
            touched = share > 0
            colour = projection.colours(picture)[touched]
            self.canvas.cover(projection.texel[touched], colour, projection.trust[touched], share[touched])
        return self._progress()

    def cancel(self) -> None:
        """Stop as soon as the view that is being drawn is there; it is not used. [any thread]"""
        self._cancelled = True

    def textures(self) -> list[Bytes]:
        """The textures as they are now, (size_px, size_px, 3) each; what no view saw yet is not filled."""
        found = textures(self.canvas, self.surface, self.texels, self._seams)
        return self._over_given(found, self.canvas.touched)

    def growing(self, at_most_px: int = 1024) -> list[Bytes]:
        """The textures as they are now for a look at them, (S, S, 3) with S at most `at_most_px`; gray is unpainted."""
        return growing(self.canvas, self.texels, at_most_px=at_most_px)

    def finished(self) -> list[Bytes]:
        """The textures with what no camera saw filled, and no steps across seams.

        What was painted before an earlier call, or given as textures, stays as it was, to the bit.
        """
        neighbours = Neighbours(self.surface, self.texels, self._seams)
        known = self.canvas.weight > 0
        colour = filled(self.canvas.colour, known, self.texels, neighbours)
        fresh = self.canvas.touched | ~known
        self.canvas.settle(equalised(colour, neighbours, ~fresh))
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
        frame, projection, parts = self._seen(camera, self._blank if self._limit is None else self._limit)
        if (parts.share == 1).sum() < _LEAST_NEW * max(frame.mask.sum(), 1):
            return False
        picture = drawn(draw(self._view(frame, parts, self.views_done, len(self.cameras))), camera)
        if not self._cancelled:
            share = self._shares(projection, parts.share)
            self.canvas.blend(projection.texel, projection.colours(picture), projection.trust, share)
        return True

    def _seen(self, camera: Camera, limit: Floats | None = None) -> tuple[Frame, Projection, Trimap]:
        frame = rasterise(self.surface, camera)
        projection = projection_of(frame, self.surface, self.texels)
        if limit is not None:
            projection = projection.of(limit[projection.texel] > 0)
        return frame, projection, trimap_of(frame, self.surface, self.texels, self.canvas, projection)

    def _shares(self, projection: Projection, share: Floats) -> Floats:
        """How much of a new drawing each texel takes: 0 wherever all four pixels around it stay, or the limit is 0."""
        found: Floats = projection.colours(share[..., None])[:, 0]
        return found if self._limit is None else found * self._limit[projection.texel]

    def _region(self, frame: Frame) -> Floats:
        """Where the camera sees what may change, (H, W), and just beside it."""
        if self._limit is None:
            return frame.mask.astype(np.float32)
        pile = np.zeros(self.texels.index.size, np.float32)
        pile[self.texels.cell] = self._limit > 0
        pixel, texture, uv = shading.uvs(frame, self.surface)
        size_px, seen = self.texels.size_px, np.zeros(frame.face.size, np.float32)
        seen[pixel] = sample(pile.reshape(-1, size_px, 1), in_pile(texture, uv, size_px))[0][:, 0]
        near: Bools = ndimage.binary_dilation((seen > 0).reshape(frame.face.shape), np.ones((3, 3)))
        return near.astype(np.float32)

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


def _brush(brush: Floats, camera: Camera) -> Floats:
    expected = (camera.height_px, camera.width_px)
    if brush.shape != expected:
        raise ValueError(f"brush: got shape {brush.shape}, expected the camera's {expected}")
    return brush


def _checked(textures: Sequence[Bytes], size_px: int, count: int) -> list[Bytes]:
    if len(textures) not in (0, count):
        raise ValueError(f"textures: got {len(textures)}, expected {count}")
    for each in textures:
        if each.shape not in {(size_px, size_px, channels) for channels in (3, 4)} or each.dtype != np.uint8:
            got = f"{each.dtype} of shape {each.shape}"
            raise ValueError(f"textures: got {got}, expected uint8 of shape {(size_px, size_px, 3)}, or with an alpha")
    return list(textures)
