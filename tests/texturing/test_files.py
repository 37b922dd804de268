"""Meshes from files and back, and their UVs."""

import numpy as np
import pytest
import trimesh
from PIL import Image

from sfumato.texturing import MeshObject, MeshRefused, Painter, Scene, load, save, unwrapped, uv_problem
from sfumato.texturing.uv_problems import overlap
from tests.texturing.shapes import mesh_of, monkey, noise, part, quad, scene_of, torus


def picture_of(given):
    material = given.origin.visual.material
    found = getattr(material, "baseColorTexture", None) or material.image
    return np.asarray(found.convert("RGB"))


def texture(seed):
    return (noise(64, 64, seed=seed) * 255).astype(np.uint8)


@pytest.mark.parametrize("name", ["painted.glb", "painted.obj", "painted.ply"])
def test_a_saved_mesh_comes_back_with_its_faces_uvs_and_texture(name, tmp_path):
    scene = scene_of(torus())
    assert save(tmp_path / name, scene, [texture(1)]) == tmp_path / name
    back = load(tmp_path / name).objects[0]
    before = scene.objects[0]

    assert np.allclose(back.positions[back.faces], before.positions[before.faces], atol=1e-6)
    assert np.allclose(back.uvs, before.uvs, atol=1e-6)
    assert np.array_equal(picture_of(back), texture(1))
    assert not [path.name for path in tmp_path.iterdir() if path.name.startswith(".")]


@pytest.mark.parametrize("name", ["painted.glb", "painted.obj"])
def test_several_objects_keep_their_own_textures(name, tmp_path):
    scene = Scene(objects=(quad(name="low"), quad(z=1.0, name="high")))
    save(tmp_path / name, scene, [texture(1), texture(2)])
    back = sorted(load(tmp_path / name).objects, key=lambda each: each.positions[0, 2])

    assert [np.array_equal(picture_of(each), texture(seed)) for seed, each in enumerate(back, 1)] == [True, True]


def test_instances_and_mirrors_stand_where_the_file_puts_them(tmp_path):
    box = trimesh.creation.box()
    whole = trimesh.Scene()
    whole.add_geometry(box, geom_name="box", node_name="here")
    mirror = np.diag([-1.0, 1, 1, 1])
    mirror[0, 3] = 5
    whole.graph.update(frame_to="there", frame_from="world", matrix=mirror, geometry="box")
    whole.export(tmp_path / "two.glb")
    objects = {each.name: each for each in load(tmp_path / "two.glb").objects}

    assert set(objects) == {"here", "there"}
    assert np.allclose(objects["there"].positions.mean(axis=0), [5, 0, 0])
    for each in objects.values():
        assert trimesh.Trimesh(each.positions, each.faces, process=False).volume == pytest.approx(1)


def test_the_other_maps_of_a_material_stay_where_the_uvs_do(tmp_path):
    scene = Scene(objects=(quad(),))
    save(tmp_path / "plain.glb", scene, [texture(1)])
    plain = trimesh.load_scene(tmp_path / "plain.glb", process=False)
    geometry = next(iter(plain.geometry.values()))
    geometry.visual.material.normalTexture = Image.fromarray(texture(3))
    geometry.visual.material.metallicFactor = 0.75
    plain.export(tmp_path / "rich.glb")
    rich = load(tmp_path / "rich.glb")
    save(tmp_path / "kept.glb", rich, [texture(2)])
    save(tmp_path / "anew.glb", Scene(objects=(unwrapped(rich.objects[0]),)), [texture(2)])
    kept, anew = (load(tmp_path / name).objects[0].origin.visual.material for name in ("kept.glb", "anew.glb"))

    assert kept.metallicFactor == 0.75
    assert np.array_equal(np.asarray(kept.normalTexture.convert("RGB")), texture(3))
    assert np.array_equal(picture_of(load(tmp_path / "kept.glb").objects[0]), texture(2))
    assert anew.normalTexture is None


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("empty.glb", b"", "no mesh that can be read"),
        ("text.glb", b"this is not a mesh at all", "no mesh that can be read"),
        ("words.xyzzy", b"hello", "no mesh that can be read"),
        ("cut.obj", b"v 0 0 0\nv 1 0 0\n", "no faces"),
        ("points.ply", b"ply\nformat ascii 1.0\nelement vertex 1\nproperty float x\nproperty float y\n"
                       b"property float z\nend_header\n0 0 0\n", "no faces"),
        ("nan.obj", b"v 0 0 0\nv 1 0 0\nv nan 1 0\nf 1 2 3\n", "1 of 3 positions are not finite"),
        ("flat.obj", b"v 0 0 0\nv 1 0 0\nv 2 0 0\nf 1 2 3\n", "every face has an area of 0"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_painted_is_refused_in_words(name, content, said, tmp_path):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(MeshRefused, match=said):
        load(tmp_path / name)


def test_a_missing_file_is_missing(tmp_path):
    with pytest.raises(FileNotFoundError):
        load(tmp_path / "none.glb")


@pytest.mark.parametrize(
    ("name", "said"),
    [("out.stl", r"\.glb, \.obj, \.ply"), ("none/out.glb", "there is no folder"), ("two.ply", "ply holds one")],
)
def test_what_cannot_be_written_is_said_before(name, said, tmp_path):
    scene = Scene(objects=(quad(), quad(z=1, name="other")))
    with pytest.raises(MeshRefused, match=said):
        save(tmp_path / name, scene, [texture(1), texture(2)])
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("shape", [torus, monkey, part])
def test_new_uvs_do_not_overlap_and_change_no_face(shape):
    before = shape()
    after = unwrapped(before, size_px=512)

    assert uv_problem(before) == "it has no UVs"
    assert uv_problem(after) is None
    assert np.array_equal(after.faces, before.faces)
    assert np.array_equal(after.positions, before.positions)
    assert after.uvs.min() >= 0
    assert after.uvs.max() <= 1


def with_uvs(uvs):
    plain = quad()
    return MeshObject(name="quad", positions=plain.positions, faces=plain.faces, uvs=uvs)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda uvs: np.stack([uvs[0], uvs[0]]), "overlap on 100%"),
        (lambda uvs: uvs * 3, r"outside 0 to 1 \(from 0 to 3\)"),
        (lambda uvs: uvs * 0, "empty"),
        (lambda uvs: np.where(uvs == 1, np.nan, uvs), "not all finite"),
        (lambda uvs: np.stack([uvs[0], uvs[1] * 0]), "50% of its surface has no area"),
    ],
    ids=["overlapping", "outside", "empty", "nan", "partly empty"],
)
def test_uvs_that_cannot_hold_a_painting_are_told_in_words(change, said):
    import re

    problem = uv_problem(with_uvs(change(quad().uvs)))

    assert re.search(said, problem)
    assert uv_problem(unwrapped(with_uvs(change(quad().uvs)))) is None


def test_uvs_side_by_side_do_not_overlap():
    assert uv_problem(quad()) is None
    assert overlap(unwrapped(mesh_of("box", trimesh.creation.box())).uvs) == 0


@pytest.mark.parametrize(
    ("faces", "uvs", "said"),
    [
        (np.zeros((0, 3), int), None, "at least one face"),
        (np.array([[0, 1, 9]]), None, "faces name vertex 9"),
        (np.array([[0, 1, 2]]), np.zeros((1, 2)), "UVs of shape"),
    ],
)
def test_arrays_that_are_no_mesh_are_refused_by_the_objects_name(faces, uvs, said):
    with pytest.raises(MeshRefused, match=f"object 'odd': .*{said}"):
        MeshObject(name="odd", positions=quad().positions, faces=faces, uvs=uvs)


def test_a_scene_needs_objects_with_names_of_their_own():
    with pytest.raises(MeshRefused, match="without objects"):
        Scene(objects=())
    with pytest.raises(MeshRefused, match="several objects named 'quad'"):
        Scene(objects=(quad(), quad()))


@pytest.mark.parametrize("scale", [1e-6, 1e-3, 1e6])
def test_meshes_of_every_scale_are_unwrapped(scale):
    ball = trimesh.creation.icosphere(2)
    ball.apply_transform(np.diag([scale, scale, scale, 1.0]))

    assert uv_problem(unwrapped(mesh_of("ball", ball), size_px=128)) is None


def test_faces_without_area_are_no_obstacle():
    places = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [1, 1, 0], [0.5, 0.5, 1]], float)
    faces = np.array([[0, 1, 2], [0, 0, 1], [1, 3, 2], [0, 1, 4], [2, 3, 4]])
    given = unwrapped(MeshObject(name="flat", positions=places, faces=faces), size_px=64)
    painter = Painter(Scene(objects=(given,)), size_px=64, view_px=64, views=3)
    list(painter.paint(lambda view: np.full((64, 64, 3), 0.5)))

    assert np.unique(painter.finished()[0]).tolist() == [128]


def test_a_material_keeps_all_but_the_maps_of_former_uvs(tmp_path):
    ball = trimesh.creation.icosphere(1)
    plain = Image.new("RGB", (4, 4))
    ball.visual = trimesh.visual.TextureVisuals(
        uv=np.zeros((len(ball.vertices), 2)),
        material=trimesh.visual.material.PBRMaterial(
            metallicFactor=0.25, roughnessFactor=0.5, doubleSided=True, normalTexture=plain
        ),
    )
    ball.export(tmp_path / "ball.glb")
    scene = Scene(objects=tuple(unwrapped(each, size_px=64) for each in load(tmp_path / "ball.glb").objects))
    save(tmp_path / "painted.glb", scene, [texture(1)])
    material = load(tmp_path / "painted.glb").objects[0].origin.visual.material

    assert (material.metallicFactor, material.roughnessFactor, material.doubleSided) == (0.25, 0.5, True)
    assert material.normalTexture is None


def test_a_picture_is_not_darkened_by_the_colour_of_an_obj(tmp_path):
    save(tmp_path / "painted.obj", scene_of(torus()), [texture(1)])

    assert "Kd 1.0" in (tmp_path / "painted.mtl").read_text()
