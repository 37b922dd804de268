"""The order of a painting: meshes, textures and a view as an adapter has them, made into the frame that asks for it."""

from typing import Any, Dict, List, NamedTuple, Optional, Sequence, Tuple

from .host import Picture


class Mesh(NamedTuple):
    """One object, its arrays as bytes: float32 positions (V, 3) and UVs (F, 3, 2), uint32 triangles (F, 3).

    `polygons`, uint32 (F), says what each triangle is a part of; `selection`, one byte each, which may be painted.
    Objects with the same `texture` share one.
    """

    name: str
    vertex_count: int
    triangle_count: int
    positions: bytes
    triangles: bytes
    uvs: Optional[bytes] = None
    polygons: Optional[bytes] = None
    selection: Optional[bytes] = None
    texture: str = ""


class Texture(NamedTuple):
    """What a texture is already, and where it may change: white in `brush`. Both have the textures' size."""

    name: str
    picture: Picture
    brush: Optional[Picture] = None


class View(NamedTuple):
    """From where to paint: a camera's world matrix, row by row, as OpenGL and Blender have it.

    `height_units` is the height of a parallel projection, None in perspective; `shift_px` moves the centre.
    """

    matrix: Tuple[float, ...]
    width_px: int
    height_px: int
    fov_deg: float = 40.0
    height_units: Optional[float] = None
    near: float = 0.001
    shift_px: Tuple[float, float] = (0.0, 0.0)


class Order(NamedTuple):
    """A painting that is asked for. `recipe` is what each view is drawn with, `painting` the name to go on by.

    Without a `view`, up to `view_count` are chosen. `as_they_are` paints on UVs that overlap.
    """

    meshes: Tuple[Mesh, ...]
    recipe: Dict[str, Any]
    textures: Tuple[Texture, ...] = ()
    size_px: int = 1024
    view_count: int = 10
    #: The size of chosen views; 0 is what suits the model.
    view_px: int = 0
    view: Optional[View] = None
    up: str = "z"
    painting: str = ""
    goes_on: bool = False
    as_they_are: bool = False
    #: Views follow their depth where the model can.
    depth: bool = True
    #: Pictures that the recipe names, by their names.
    pictures: Tuple[Tuple[str, Picture], ...] = ()


def paint_frame(order: Order, ticket: str) -> Tuple[Dict[str, Any], List[bytes]]:
    """The header of a `paint` frame, and the pieces of its body."""
    header: Dict[str, Any] = {
        "op": "paint",
        "ticket": ticket,
        "recipe": order.recipe,
        "size_px": order.size_px,
        "views": order.view_count,
        "view_px": order.view_px,
        "up": order.up,
        "painting": order.painting,
        "continue": order.goes_on,
        "as_they_are": order.as_they_are,
        "depth": order.depth,
    }
    if order.view:
        header["camera"] = _camera(order.view)
    header["meshes"], chunks = _meshes(order.meshes)
    rows: List[Dict[str, Any]] = []
    for name, picture in order.pictures:
        chunks.append(_add(rows, name, picture))
    header["textures"] = []
    for number, texture in enumerate(order.textures):
        row = {"texture": texture.name, "picture": f"@texture-{number}"}
        chunks.append(_add(rows, f"texture-{number}", texture.picture))
        if texture.brush:
            row["brush"] = f"@brush-{number}"
            chunks.append(_add(rows, f"brush-{number}", texture.brush))
        header["textures"].append(row)
    header["pictures"] = rows
    return header, chunks


def unwrap_frame(meshes: Sequence[Mesh], size_px: int, ticket: str) -> Tuple[Dict[str, Any], List[bytes]]:
    """The header of an `unwrap` frame, and the pieces of its body."""
    rows, chunks = _meshes(meshes)
    return {"op": "unwrap", "ticket": ticket, "meshes": rows, "size_px": size_px}, chunks


def _meshes(meshes: Sequence[Mesh]) -> Tuple[List[Dict[str, Any]], List[bytes]]:
    rows, chunks = [], []
    for mesh in meshes:
        rows.append(
            {
                "name": mesh.name,
                "vertex_count": mesh.vertex_count,
                "triangle_count": mesh.triangle_count,
                "texture": mesh.texture,
                "has_uvs": mesh.uvs is not None,
                "has_polygons": mesh.polygons is not None,
                "has_selection": mesh.selection is not None,
            }
        )
        arrays = (mesh.positions, mesh.triangles, mesh.uvs, mesh.polygons, mesh.selection)
        chunks += [each for each in arrays if each is not None]
    return rows, chunks


def _add(rows: List[Dict[str, Any]], name: str, picture: Picture) -> bytes:
    width_px, height_px, form, data = picture
    rows.append({"name": name, "width_px": width_px, "height_px": height_px, "format": form})
    return data


def _camera(view: View) -> Dict[str, Any]:
    x, y = view.shift_px
    return {
        "matrix": list(view.matrix),
        "width_px": view.width_px,
        "height_px": view.height_px,
        "fov_deg": view.fov_deg,
        "height_units": view.height_units,
        "near": view.near,
        "shift_x_px": x,
        "shift_y_px": y,
    }
