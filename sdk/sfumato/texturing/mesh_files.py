"""Meshes from files and back, with their textures: glb, gltf, obj, ply and whatever else trimesh reads."""

from __future__ import annotations

import importlib
import io
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from sfumato.errors import MeshRefused
from sfumato.texturing.arrays import Bytes, Floats, Ints
from sfumato.texturing.mesh import MeshObject, Scene

if TYPE_CHECKING:
    from PIL import Image

#: The files that can hold a mesh with its texture.
WRITTEN: Final = (".glb", ".obj", ".ply")


def load(path: str | os.PathLike[str]) -> Scene:
    """The objects in a file, in the scene's coordinates. Raises MeshRefused, and OSError."""
    source = Path(path)
    with source.open("rb"):
        pass
    found = _read(source)
    objects = []
    for node in found.graph.nodes_geometry:
        transform, name = found.graph[node]
        geometry = found.geometry[name]
        if getattr(geometry, "faces", None) is not None and len(geometry.faces):
            objects.append(_object(str(node), geometry, transform))
    if not objects:
        raise MeshRefused(f"{source} holds no faces, expected a mesh")
    return Scene(objects=tuple(objects))


def save(path: str | os.PathLike[str], scene: Scene, textures: Sequence[Bytes]) -> Path:
    """Write the scene with its textures (H, W, 3), whole or not at all.

    obj and ply keep their pictures in files beside them. Raises MeshRefused for a format that holds no texture.
    """
    target = Path(path)
    suffix = target.suffix.lower()
    if problem := problem_with(target, len(scene.objects)):
        raise MeshRefused(problem)
    meshes = [_painted(each, textures[number]) for each, number in zip(scene.objects, scene.texture_of, strict=True)]
    files = _ply(meshes[0], target) if suffix == ".ply" else _scene_files(meshes, scene, target)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=f".{target.stem}-") as folder:
        for name, data in files.items():
            Path(folder, name).write_bytes(data)
        # The mesh comes last: where it is there, all that it names is.
        for name in sorted(files, key=lambda each: each == target.name):
            Path(folder, name).replace(target.with_name(name))
    return target


def problem_with(target: Path, object_count: int = 1) -> str | None:
    """Why no painted mesh can be written to `target`; None when nothing is known against it."""
    if target.suffix.lower() not in WRITTEN:
        return (
            f"got {target.name!r}, expected a name ending in {', '.join(WRITTEN)}, which hold a mesh with its texture"
        )
    if target.suffix.lower() == ".ply" and object_count > 1:
        return f"got {target.name!r} for {object_count} objects, but ply holds one; expected .glb or .obj"
    if not target.parent.is_dir():
        return f"there is no folder {target.parent}"
    if target.is_dir():
        return f"{target} is a folder"
    return None if os.access(target.parent, os.W_OK) else f"the folder {target.parent} cannot be written to"


def _trimesh() -> Any:
    """The library, which is partly typed, when it is needed: it loads slowly."""
    return importlib.import_module("trimesh")


def _read(source: Path) -> Any:
    try:
        return _trimesh().load_scene(source, process=False)
    except MemoryError:
        raise
    except Exception as error:  # each of trimesh's readers has its own way to say that a file is none of its kind
        said = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise MeshRefused(f"{source} is no mesh that can be read: {said}") from error


def _object(name: str, geometry: Any, transform: Floats) -> MeshObject:
    vertices = np.asarray(geometry.vertices, np.float64)
    faces = np.asarray(geometry.faces, np.int64)
    uv = getattr(geometry.visual, "uv", None)
    # A mirrored object keeps its outside on the outside.
    faces = faces[:, ::-1] if np.linalg.det(transform[:3, :3]) < 0 else faces
    with np.errstate(invalid="ignore", over="ignore"):
        positions = vertices @ transform[:3, :3].T + transform[:3, 3]
    uvs = None if uv is None or len(uv) != len(vertices) else np.asarray(uv, np.float64)[faces]
    return MeshObject(name=name, positions=positions, faces=faces, uvs=uvs, origin=geometry)


def _painted(given: MeshObject, picture: Bytes) -> Any:
    """A trimesh of the object with the picture as its base colour."""
    from PIL import Image

    assert given.uvs is not None
    vertex, places = _split(given)
    uv = np.empty((len(vertex), 2))
    uv[places] = given.uvs
    visual = _trimesh().visual.TextureVisuals(uv=uv, material=_material(given, Image.fromarray(picture)))
    return _trimesh().Trimesh(vertices=given.positions[vertex], faces=places, visual=visual, process=False)


def _split(given: MeshObject) -> tuple[Ints, Ints]:
    """Vertices as a file has them, one for each UV: the object's vertex (N,), and the faces in their terms (F, 3)."""
    assert given.uvs is not None
    flat = given.uvs.reshape(-1, 2).astype(np.float32).view(np.uint32)
    rows = np.concatenate([given.faces.reshape(-1, 1), flat], axis=1)
    kept, places = np.unique(rows, axis=0, return_inverse=True)
    return kept[:, 0], places.reshape(-1, 3)


def _material(given: MeshObject, picture: Image.Image) -> Any:
    """The object's own material with another base colour, where its other maps still fit; else a plain one."""
    pbr = _trimesh().visual.material.PBRMaterial
    own = getattr(getattr(given.origin, "visual", None), "material", None)
    material = own.copy() if isinstance(own, pbr) else pbr(metallicFactor=0.0, roughnessFactor=0.8)
    if not _keeps_uvs(given):
        _drop_maps(material)
    material.name = f"{given.name} painted"
    material.baseColorTexture, material.baseColorFactor = picture, None
    return material


def _drop_maps(material: Any) -> None:
    """Leave out what lies by other UVs, and the factors that are nothing without it."""
    if material.metallicRoughnessTexture is not None:
        material.metallicFactor, material.roughnessFactor = 0.0, 0.8
    if material.emissiveTexture is not None:
        material.emissiveFactor = None
    material.metallicRoughnessTexture = material.emissiveTexture = None
    material.normalTexture = material.occlusionTexture = None


def _keeps_uvs(given: MeshObject) -> bool:
    uv = getattr(getattr(given.origin, "visual", None), "uv", None)
    if uv is None or given.uvs is None or len(uv) != len(given.positions):
        return False
    return bool(np.array_equal(np.asarray(uv, np.float64)[given.faces], given.uvs))


def _scene_files(meshes: Sequence[Any], scene: Scene, target: Path) -> dict[str, bytes]:
    """The files of a glb, or of an obj with its materials and pictures, by name."""
    whole = _trimesh().Scene()
    for mesh, each in zip(meshes, scene.objects, strict=True):
        whole.add_geometry(mesh, node_name=each.name, geom_name=each.name)
    if target.suffix.lower() == ".glb":
        return {target.name: _trimesh().exchange.gltf.export_glb(whole)}
    for number, mesh in enumerate(meshes):
        mesh.visual.material = material = mesh.visual.material.to_simple()
        material.name = f"{target.stem}-{number}"
        # Readers multiply the picture by the colour, which is gray where nobody says.
        material.diffuse, material.specular = np.ones(4), np.zeros(4)
    text, beside = _trimesh().exchange.obj.export_obj(whole, return_texture=True, mtl_name=f"{target.stem}.mtl")
    return {**{name: bytes(data) for name, data in beside.items()}, target.name: text.encode()}


def _ply(mesh: Any, target: Path) -> dict[str, bytes]:
    """A ply whose vertices have their place in the picture that its header names."""
    picture = io.BytesIO()
    mesh.visual.material.baseColorTexture.save(picture, "PNG")
    name = f"{target.stem}.png"
    bare = _trimesh().Trimesh(vertices=mesh.vertices, faces=mesh.faces, process=False)
    bare.vertex_attributes = {
        "s": mesh.visual.uv[:, 0].astype(np.float32),
        "t": mesh.visual.uv[:, 1].astype(np.float32),
    }
    data = _trimesh().exchange.ply.export_ply(bare, include_attributes=True)
    head, mark, rest = data.partition(b"\nelement vertex")
    return {name: picture.getvalue(), target.name: head + b"\ncomment TextureFile " + name.encode() + mark + rest}
