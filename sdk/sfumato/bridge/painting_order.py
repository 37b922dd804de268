"""The order of a painting as it came over the pipe, checked field by field, ready for the painting process."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sfumato.bridge.pixels import Array, split
from sfumato.errors import InvalidRecipe, Violation

_WORD: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
_COUNTS: Final = ("vertex_count", "triangle_count")
_ARRAYS: Final = ("has_uvs", "has_polygons", "has_selection")
_LARGEST_COUNT: Final = 2**31 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A checked frame. `header` and `body` are for the painting process; `recipe` is what each view is drawn with."""

    header: dict[str, Any]
    body: bytes
    painting: str
    priority: int


def order_of(header: Mapping[str, Any], body: bytes) -> Order:
    """The order of a `paint` frame. Raises InvalidRecipe that names every wrong field."""
    told = {name: _checked(header, name) for name in _CHECKS}
    meshes, blobs = _meshes(header.get("meshes"), body)
    pictures = _pictures(header.get("pictures"), body[blobs:])
    recipe = _recipe(header.get("recipe"))
    told["camera"] = _camera(header.get("camera"))
    told["textures"] = _textures(header.get("textures"), meshes, pictures, told["size_px"])
    told["brush"] = _brush(header.get("brush"), pictures, told["camera"])
    rows = [
        {"name": name, "height_px": each.shape[0], "width_px": each.shape[1], "channels": each.shape[2]}
        for name, each in pictures.items()
    ]
    prompt = recipe.pop("prompt", "")
    whole = {**told, "op": "paint", "meshes": meshes, "pictures": rows, "recipe": recipe, "prompt": prompt}
    data = body[:blobs] + b"".join(each.tobytes() for each in pictures.values())
    return Order(header=whole, body=data, painting=told["painting"], priority=told["priority"])


def unwrapping_of(header: Mapping[str, Any], body: bytes) -> tuple[dict[str, Any], bytes]:
    """The header and body of an `unwrap` frame. Raises InvalidRecipe."""
    meshes, blobs = _meshes(header.get("meshes"), body)
    if blobs != len(body):
        raise InvalidRecipe.of("meshes", f"the frame carries {len(body)} bytes, its meshes have {blobs}")
    return {"op": "unwrap", "meshes": meshes, "size_px": _checked(header, "size_px")}, body


def _checked(header: Mapping[str, Any], name: str) -> Any:
    expected, default, fits = _CHECKS[name]
    value = header.get(name)
    if value is None:
        return default
    if not fits(value):
        raise InvalidRecipe.of(name, f"got {value!r}, expected {expected}")
    return value


def _meshes(rows: Any, body: bytes) -> tuple[list[dict[str, Any]], int]:
    """The rows, completed, and how many bytes of the body are theirs."""
    if not isinstance(rows, list) or not rows:
        raise InvalidRecipe.of("meshes", f"got {rows!r}, expected a list of at least one mesh")
    found = [_mesh(row, f"meshes.{index}") for index, row in enumerate(rows)]
    names = [each["name"] for each in found]
    for index, name in enumerate(names):
        if name in names[:index]:
            raise InvalidRecipe.of(f"meshes.{index}.name", f"got {name!r} twice, expected a name of its own for each")
    size = sum(map(_size_of, found))
    if size > len(body):
        raise InvalidRecipe.of("meshes", f"the frame's body ends {size - len(body)} bytes before the meshes do")
    return found, size


def _mesh(row: Any, path: str) -> dict[str, Any]:
    if not isinstance(row, Mapping) or not isinstance(row.get("name"), str) or not row["name"]:
        raise InvalidRecipe.of(path, f"got {row!r}, expected name, {', '.join(_COUNTS)}")
    wrong = [name for name in _COUNTS if not _between(row.get(name), 1, _LARGEST_COUNT)]
    if wrong:
        said = [Violation(field=f"{path}.{name}", description=f"got {row.get(name)!r}, expected 1 or more")
                for name in wrong]  # fmt: skip
        raise InvalidRecipe(said)
    texture = row.get("texture", "")
    if not isinstance(texture, str):
        raise InvalidRecipe.of(f"{path}.texture", f"got {texture!r}, expected the texture's name")
    counts = {name: row[name] for name in _COUNTS}
    return {"name": row["name"], "texture": texture, **counts, **{name: bool(row.get(name)) for name in _ARRAYS}}


def _size_of(mesh: Mapping[str, Any]) -> int:
    uvs, polygons, selection = (mesh[name] for name in _ARRAYS)
    size: int = 12 * mesh["vertex_count"] + mesh["triangle_count"] * (12 + 24 * uvs + 4 * polygons + selection)
    return size


def _pictures(rows: Any, body: bytes) -> dict[str, Array]:
    if rows is not None and not isinstance(rows, list):
        raise InvalidRecipe.of("pictures", f"got {type(rows).__name__}, expected a list")
    return split(rows or [], body)


def _recipe(recipe: Any) -> dict[str, Any]:
    if not isinstance(recipe, Mapping):
        raise InvalidRecipe.of("recipe", f"got {type(recipe).__name__}, expected an object")
    for name in ("width_px", "height_px", "init", "mask", "outpaint", "count", "tile"):
        if recipe.get(name) not in (None, "", 0) and (name, recipe[name]) != ("count", 1):
            raise InvalidRecipe.of(f"recipe.{name}", f"got {recipe[name]!r}, expected nothing: every view has its own")
    found = {name: value for name, value in recipe.items() if value not in (None, "")}
    if not isinstance(found.setdefault("prompt", ""), str):
        raise InvalidRecipe.of("recipe.prompt", f"got {found['prompt']!r}, expected text")
    seed = found.get("seed")
    if seed is not None and not _between(seed, 0, 2**62):
        raise InvalidRecipe.of("recipe.seed", f"got {seed!r}, expected a whole number from 0 to 2**62")
    rows = found.get("conditioners", [])
    if not isinstance(rows, list) or not all(isinstance(each, Mapping) and "id" in each for each in rows):
        raise InvalidRecipe.of("recipe.conditioners", f"got {rows!r}, expected a list of ids and parameters")
    return found


def _camera(row: Any) -> dict[str, Any] | None:
    if row is None:
        return None
    if not isinstance(row, Mapping):
        raise InvalidRecipe.of("camera", f"got {row!r}, expected matrix, width_px, height_px and fov_deg")
    matrix = row.get("matrix")
    if not isinstance(matrix, list) or len(matrix) != 16 or not all(map(_number, matrix)):
        raise InvalidRecipe.of("camera.matrix", f"got {matrix!r}, expected 16 numbers, row by row")
    found: dict[str, Any] = {"matrix": matrix}
    for name, (expected, default, fits) in _CAMERA.items():
        value = row.get(name, default)
        if not fits(value):
            raise InvalidRecipe.of(f"camera.{name}", f"got {value!r}, expected {expected}")
        found[name] = value
    return found


def _textures(
    rows: Any, meshes: Sequence[Mapping[str, Any]], pictures: Mapping[str, Array], size_px: int
) -> list[dict[str, str]]:
    if rows is None:
        return []
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        raise InvalidRecipe.of("textures", f"got {rows!r}, expected a list of textures with their pictures")
    known = {each["texture"] or each["name"] for each in meshes}
    found = []
    for index, row in enumerate(rows):
        path = f"textures.{index}"
        if row.get("texture") not in known:
            said = f"got {row.get('texture')!r}, expected one of {', '.join(sorted(known))}"
            raise InvalidRecipe.of(f"{path}.texture", said)
        named = {name: _named(row.get(name), f"{path}.{name}", pictures) for name in ("picture", "brush")}
        for name, key in named.items():
            if key and pictures[key].shape[:2] != (size_px, size_px):
                height, width = pictures[key].shape[:2]
                said = f"got {width} x {height} pixels, expected size_px, {size_px} x {size_px}"
                raise InvalidRecipe.of(f"{path}.{name}", said)
        found.append({"texture": str(row["texture"]), **named})
    return found


def _brush(value: Any, pictures: Mapping[str, Array], camera: Mapping[str, Any] | None) -> str:
    name = _named(value, "brush", pictures)
    if name and camera is None:
        raise InvalidRecipe.of("brush", "got a brush without a camera; it is a picture of what the camera sees")
    if name and camera is not None:
        height, width = pictures[name].shape[:2]
        if (width, height) != (camera["width_px"], camera["height_px"]):
            said = f"got {width} x {height} pixels, expected the camera's {camera['width_px']} x {camera['height_px']}"
            raise InvalidRecipe.of("brush", said)
    return name


def _named(value: Any, path: str, pictures: Mapping[str, Array]) -> str:
    if value in (None, ""):
        return ""
    if not isinstance(value, str) or value[:1] != "@" or value[1:] not in pictures:
        known = ", ".join(f"'@{name}'" for name in sorted(pictures)) or "none"
        raise InvalidRecipe.of(path, f"got {value!r}, expected one of the frame's pictures: {known}")
    return value[1:]


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _between(value: Any, low: int, high: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def _side(value: Any) -> bool:
    return _between(value, 64, 4096) and value % 8 == 0


def _word(value: Any) -> bool:
    return isinstance(value, str) and _WORD.fullmatch(value) is not None


def _switch(value: Any) -> bool:
    return isinstance(value, bool)


_Check = tuple[str, Any, Callable[[Any], bool]]

#: What each field may be, what it is where it is not given, and whether a value fits.
_CHECKS: Final[Mapping[str, _Check]] = {
    "painting": ("up to 64 letters and digits", "", _word),
    "size_px": ("whole pixels from 64 to 8192", 1024, lambda value: _between(value, 64, 8192)),
    "views": ("1 to 48", 10, lambda value: _between(value, 1, 48)),
    "view_px": ("whole pixels from 64 to 4096", 0, lambda value: value == 0 or _between(value, 64, 4096)),
    "preview_px": ("whole pixels from 64 to 8192", 1024, lambda value: _between(value, 64, 8192)),
    "up": ("'y' or 'z'", "y", lambda value: value in ("y", "z")),
    "depth": ("true or false", True, _switch),
    "depth_network": ("the name of a network", "", lambda value: isinstance(value, str)),
    "as_they_are": ("true or false", False, _switch),
    "continue": ("true or false", False, _switch),
    "priority": ("a whole number", 10, lambda value: _between(value, -(2**31), 2**31)),
}
_CAMERA: Final[Mapping[str, _Check]] = {
    "width_px": ("a multiple of 8 pixels from 64 to 4096", None, _side),
    "height_px": ("a multiple of 8 pixels from 64 to 4096", None, _side),
    "fov_deg": ("degrees over 0 and under 180", 40.0, lambda value: _number(value) and 0 < value < 180),
    "height_units": ("units over 0, or nothing", None, lambda value: value is None or (_number(value) and value > 0)),
    "near": ("units over 0", 1e-3, lambda value: _number(value) and value > 0),
    "shift_x_px": ("pixels", 0.0, _number),
    "shift_y_px": ("pixels", 0.0, _number),
}
