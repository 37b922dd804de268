"""The state of a painting in a file, so that it can go on later and end the same."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from sfumato.errors import Conflict
from sfumato.texturing.cameras import Camera
from sfumato.texturing.canvas import Canvas
from sfumato.texturing.surface import Surface


def write(target: Path, canvas: Canvas, views_done: int, notes: Mapping[str, Any], fingerprint: str) -> None:
    """Write the canvas down, whole or not at all; `notes` are JSON."""
    part = target.with_name(target.name + ".part")
    try:
        with part.open("wb") as file:
            np.savez(
                file,
                fingerprint=fingerprint,
                colour=canvas.colour,
                weight=canvas.weight,
                touched=canvas.touched,
                views_done=views_done,
                notes=json.dumps(dict(notes)),
            )
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def read(source: Path, canvas: Canvas, fingerprint: str) -> tuple[int, dict[str, Any]]:
    """Bring the canvas to the state in a file; how many views were done, and the notes. Raises Conflict, OSError."""
    with source.open("rb") as file:
        try:
            with np.load(file, allow_pickle=False) as state:
                found: dict[str, Any] = {name: state[name] for name in state.files}
            same = str(found["fingerprint"]) == fingerprint
            notes = json.loads(str(found["notes"]))
        except Exception as error:  # numpy and zipfile have many ways to say that a file is damaged
            raise Conflict(f"{source} holds no state of a painting: {error}") from error
    if not same:
        raise Conflict(f"{source} is the state of another mesh, or of other sizes or views")
    canvas.colour, canvas.weight, canvas.touched = (found[name] for name in ("colour", "weight", "touched"))
    return int(found["views_done"]), notes


def fingerprint(surface: Surface, size_px: int, cameras: Sequence[Camera]) -> str:
    """What has to be the same for a state to fit."""
    found = hashlib.sha256(str((size_px, len(cameras))).encode())
    for each in (surface.corners, surface.uvs):
        found.update(np.ascontiguousarray(each).tobytes())
    for camera in cameras:
        found.update(np.concatenate([camera.position, camera.axes.ravel()]).tobytes())
        lens = (camera.fov_deg, camera.height_units, camera.near, camera.shift_px)
        found.update(repr((camera.width_px, camera.height_px, *lens)).encode())
    return found.hexdigest()
