"""A commission: one painting as a frame asks for it, told of in frames, its views drawn by whoever asked."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from sfumato.catalogue import Catalogue
from sfumato.errors import Conflict, InvalidRecipe
from sfumato.recipe import Selection
from sfumato.texturing.arrays import Bytes, Floats
from sfumato.texturing.asking import asked
from sfumato.texturing.cameras import Camera
from sfumato.texturing.control import depth_control
from sfumato.texturing.painter import Painter
from sfumato.texturing.pieces import Body, limit_of, pieces_of, scene_of, turned
from sfumato.texturing.views import Progress, View

#: Smaller views show too little of a mesh, whatever the model was trained on.
_LEAST_VIEW_PX: Final = 512

#: Tells a frame: its header and its body.
Tell = Callable[[Mapping[str, Any], bytes], None]
#: Has a picture drawn for a frame's header and body: its pixels, (H, W, 4).
Ask = Callable[[Mapping[str, Any], bytes], Bytes]


class Commission:
    """Paints what a checked order asks for. `tell` hears how it goes on; `ask` draws."""

    def __init__(self, order: Mapping[str, Any], body: bytes, tell: Tell, ask: Ask) -> None:
        self._order = order
        self._tell = tell
        self._ask = ask
        arrays = Body(body)
        self._pieces = pieces_of(order["meshes"], arrays, up=order["up"])
        self._pictures = {row["name"]: _picture(row, arrays) for row in order["pictures"]}
        self._state = Path(order["state"]) if order["state"] else None
        self._seed = 0
        catalogue = Catalogue.from_json(order["catalogue"])
        self._model = catalogue.model(order["recipe"]["model"])
        network = order["depth_network"]
        self._control = depth_control(catalogue, order["recipe"]["model"], network=network) if order["depth"] else None

    def run(self) -> None:
        """Paint to the end. Raises MeshRefused, InvalidRecipe, Conflict, OSError."""
        scene = scene_of(self._pieces, as_they_are=self._order["as_they_are"])
        names = [objects[0].texture or objects[0].name for objects in scene.textures]
        given = self._given(names)
        camera = self._camera()
        size = self._view_px()
        cameras = None if camera is None else [camera]
        painter = Painter(
            scene, size_px=self._order["size_px"], view_px=size, views=self._order["views"],
            cameras=cameras, textures=None if given is None else [_four(each) for each in given],
        )  # fmt: skip
        limit = limit_of(self._pieces, self._brushes(names), painter.texels)
        if limit is not None:
            _check_limit(limit, given)
            painter.limit(limit)
        self._begin(painter)
        self._say_begun(painter, names)
        if camera is not None and given is not None:
            self._repaint(painter, camera)
        else:
            self._paint(painter, names)
        self._tell({"op": "filling"}, b"")
        for number, (name, picture) in enumerate(zip(names, painter.finished(), strict=True)):
            self._say_texture(number, name, picture, None if given is None else given[number], final=True)
        if self._state:
            self._state.unlink(missing_ok=True)

    def _begin(self, painter: Painter) -> None:
        """Take the seed, and what was painted already where it is to go on."""
        asked_for = self._order["recipe"].get("seed")
        seed = secrets.randbelow(2**32) if asked_for is None else asked_for
        painter.notes = {"prompt": self._order["prompt"], "model": self._order["recipe"]["model"], "seed": seed}
        if self._order["continue"] and self._state and self._state.exists():
            wanted = painter.notes
            try:
                painter.restore(self._state)
            except Conflict as error:
                said = "the mesh, its UVs or the sizes are not those that the painting was begun with; paint anew"
                raise Conflict(said) from error
            for name in ("prompt", "model"):
                if painter.notes.get(name) != wanted[name]:
                    raise Conflict(f"the painting was begun with the {name} {painter.notes.get(name)!r}; begin anew")
        self._seed = int(painter.notes["seed"])

    def _paint(self, painter: Painter, names: Sequence[str]) -> None:
        for progress in painter.paint(self._draw):
            if self._state:
                painter.save(self._state)
            self._say_progress(progress)
            if not progress.was_skipped:
                for number, picture in enumerate(painter.growing(self._order["preview_px"])):
                    self._say_texture(number, names[number], picture, None, final=False)

    def _repaint(self, painter: Painter, camera: Camera) -> None:
        brush = self._order["brush"]
        region = None if not brush else self._pictures[brush][..., 0].astype(np.float32) / 255
        self._say_progress(painter.repaint(camera, region, self._draw), views_done=1)

    def _draw(self, view: View) -> Bytes:
        pictures: list[tuple[str, Bytes]] = []

        def stand(name: str, picture: Bytes) -> str:
            pictures.append((name, _framed(picture)))
            return f"@view-{name}"

        found = asked(view, self._options(), seed=self._seed, control=self._control, stand=stand)
        pictures = [(f"view-{name}", picture) for name, picture in pictures] + self._named_in(found)
        recipe = _plain(found)
        header = {"op": "draw", "number": view.number, "recipe": recipe, "pictures": [_row(*each) for each in pictures]}
        drawn = self._ask(header, b"".join(picture.tobytes() for _, picture in pictures))
        if drawn.shape[:2] != view.mask.shape:
            sizes = [" x ".join(map(str, each[1::-1])) for each in (drawn.shape, view.mask.shape)]
            got = f"made {sizes[0]} pixels of a view of {sizes[1]}"
            raise InvalidRecipe.of("recipe.post_processors", f"{got}; leave out what changes a picture's size")
        return drawn[..., :3]

    def _named_in(self, options: Mapping[str, Any]) -> list[tuple[str, Bytes]]:
        """The order's own pictures that conditioners take."""
        values = [value for each in options.get("conditioners") or () for value in each.params.values()]
        names = {value[1:] for value in values if isinstance(value, str) and value[:1] == "@"}
        found = [(name, self._pictures[name]) for name in sorted(names & set(self._pictures))]
        return [(name, each[..., 0] if each.shape[2] == 1 else each) for name, each in found]

    def _options(self) -> dict[str, Any]:
        options = dict(self._order["recipe"])
        options["conditioners"] = [Selection.from_json(each) for each in options.get("conditioners") or ()]
        return options

    def _given(self, names: Sequence[str]) -> list[Bytes] | None:
        """The pictures that the textures are already; None where they are blank."""
        found = {row["texture"]: row["picture"] for row in self._order["textures"] if row["picture"]}
        if not found:
            return None
        blank = np.zeros((self._order["size_px"], self._order["size_px"], 4), np.uint8)
        return [self._pictures[found[name]] if name in found else blank for name in names]

    def _brushes(self, names: Sequence[str]) -> list[Floats | None]:
        found = {row["texture"]: row["brush"] for row in self._order["textures"] if row["brush"]}
        return [self._pictures[found[name]][..., 0] / np.float32(255) if name in found else None for name in names]

    def _view_px(self) -> int:
        native, multiple = (self._model.native_size_px, self._model.size_multiple_px) if self._model else (512, 8)
        size: int = self._order["view_px"] or max(native, _LEAST_VIEW_PX)
        return max(size - size % multiple, multiple)

    def _camera(self) -> Camera | None:
        row = self._order["camera"]
        if row is None:
            return None
        matrix = turned(np.array(row["matrix"], float).reshape(4, 4), self._order["up"])
        settings = {name: row[name] for name in ("width_px", "height_px", "fov_deg", "height_units", "near")}
        return Camera.of_matrix(matrix, shift_px=(row["shift_x_px"], row["shift_y_px"]), **settings)

    def _say_begun(self, painter: Painter, names: Sequence[str]) -> None:
        told = {"view_count": len(painter.cameras), "views_done": painter.views_done, "seed": self._seed}
        depth = self._control.id if self._control else ""
        self._tell({"op": "begun", **told, "textures": list(names), "depth": depth}, b"")

    def _say_progress(self, progress: Progress, **other: int) -> None:
        told = {name: getattr(progress, name) for name in ("views_done", "view_count", "coverage", "was_skipped")}
        self._tell({"op": "progress", **told, **other}, b"")

    def _say_texture(self, number: int, name: str, picture: Bytes, given: Bytes | None, *, final: bool) -> None:
        covers = np.full(picture.shape[:2], 255, np.uint8)
        if given is not None and given.shape[2] == 4 and given[..., 3].any():
            covers = np.where((given[..., 3] == 0) & (picture != given[..., :3]).any(axis=2), 255, given[..., 3])
        whole = np.concatenate([picture, covers[..., None].astype(np.uint8)], axis=2)
        described = {"width_px": whole.shape[1], "height_px": whole.shape[0], "format": "rgba8"}
        self._tell({"op": "texture", "texture_index": number, "name": name, "final": final, "picture": described},
                   whole.tobytes())  # fmt: skip


def _picture(row: Mapping[str, Any], arrays: Body) -> Bytes:
    found: Bytes = arrays.take("u1", row["height_px"], row["width_px"], row["channels"])
    return found


def _four(picture: Bytes) -> Bytes:
    return picture if picture.shape[2] == 4 else np.concatenate([np.repeat(picture, 3, 2), picture * 0 + 255], axis=2)


def _check_limit(limit: Floats, given: list[Bytes] | None) -> None:
    if given is None:
        raise InvalidRecipe.of("textures", "got a region, but no picture to keep outside of it; paint the whole first")
    if not limit.any():
        raise InvalidRecipe.of("textures", "the region is empty: no texel is selected or brushed")


def _framed(picture: Bytes) -> Bytes:
    """A picture as frames carry it: rgba8, or gray8."""
    if picture.ndim == 2:
        return np.ascontiguousarray(picture)
    return np.concatenate([picture, np.full((*picture.shape[:2], 1), 255, np.uint8)], axis=2)


def _row(name: str, picture: Bytes) -> dict[str, Any]:
    form = "gray8" if picture.ndim == 2 else "rgba8"
    return {"name": name, "width_px": picture.shape[1], "height_px": picture.shape[0], "format": form}


def _plain(options: Mapping[str, Any]) -> dict[str, Any]:
    """The options as JSON: a recipe as a frame has it."""
    found = {name: value for name, value in options.items() if name != "size"}
    if "size" in options:
        found["width_px"], found["height_px"] = options["size"]
    found["conditioners"] = [each.to_json() for each in options["conditioners"]]
    return found
