"""`sfumato texture-mesh`, with a real daemon and Ground."""

import numpy as np
import pytest
import trimesh
from PIL import Image

import sfumato
from sfumato.texturing import Painter, StudioDraw, contact_sheet, load
from sfumato.texturing.control import BROUGHT_STRENGTH
from tests.cli.conftest import Home
from tests.texturing.shapes import part, scene_of
from tests.texturing.test_files import picture_of

SMALL = ("--size", 256, "--view-size", 128, "--steps", 2)


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    home = Home(tmp_path_factory.mktemp("home"))
    try:
        yield home
    finally:
        home.end_daemon()


@pytest.fixture
def ring(tmp_path):
    path = tmp_path / "ring.glb"
    trimesh.creation.torus(1, 0.45, major_sections=24, minor_sections=12).export(path)
    return path


def test_a_mesh_is_painted_with_ground_and_stopped_work_goes_on(home, ring, tmp_path):
    command = ("texture-mesh", ring, "mossy red brick wall", "--views", 2, "--seed", 5, *SMALL)
    ended = home.run(*command, "-o", tmp_path / "painted.glb", folder=tmp_path)

    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.strip() == str(tmp_path / "painted.glb")
    assert "it has no UVs; unwrapped anew" in ended.stderr
    assert "view 2 of 2" in ended.stderr
    painted = load(tmp_path / "painted.glb").objects[0]
    picture = picture_of(painted)
    assert picture.shape == (256, 256, 3)
    # Bricks are neither gray nor of one tone, wherever on the mesh.
    tiles = picture.reshape(8, 32, 8, 32, 3).transpose(0, 2, 1, 3, 4).reshape(64, -1, 3)
    assert (tiles.std(axis=1).max(axis=1) > 8).mean() > 0.7
    assert picture[..., 0].mean() > picture[..., 2].mean() + 20
    sheet = contact_sheet(load(tmp_path / "painted.glb"), [picture], picture_px=96)
    Image.fromarray(sheet).save(tmp_path / "sheet.png")

    # The same, from a state that was written after one view.
    state = tmp_path / "state.npz"
    write_state_after_one_view(home, ring, state)
    ended = home.run(*command, "--state", state, "-o", tmp_path / "again.glb", folder=tmp_path)
    assert ended.returncode == 0, ended.stderr
    assert "going on after view 1 of 2" in ended.stderr
    assert np.array_equal(picture_of(load(tmp_path / "again.glb").objects[0]), picture)
    assert not state.exists()


def test_depth_is_followed_as_strongly_as_suits_the_network_that_the_model_brings(home, ring, tmp_path):
    ended = home.run("texture-mesh", ring, "brick", "--views", 2, *SMALL, "-o", tmp_path / "painted.glb")

    assert ended.returncode == 0, ended.stderr
    assert strengths_in(home, "brick") == [[BROUGHT_STRENGTH]] * 2


@pytest.mark.parametrize(("told", "strengths"), [(1.5, [1.5]), (0, [])], ids=["strongly", "not at all"])
def test_the_strength_that_is_told_reaches_the_recipes_of_the_daemon(home, ring, tmp_path, told, strengths):
    prompt = f"brick along {told}"
    how = (*SMALL, "--views", 2, "-o", tmp_path / "painted.glb")
    ended = home.run("texture-mesh", ring, prompt, "--depth-strength", told, *how)

    assert ended.returncode == 0, ended.stderr
    assert strengths_in(home, prompt) == [strengths] * 2


def strengths_in(home, prompt):
    """Of the control of each view that was drawn with this prompt."""
    with home_studio(home) as studio:
        recipes = [job.recipe for job in studio.jobs() if job.recipe.prompt == prompt]
    return [[each.params["strength"] for each in recipe.conditioners] for recipe in recipes]


def write_state_after_one_view(home, ring, state):
    from sfumato.texturing import Scene, unwrapped

    scene = Scene(objects=(unwrapped(load(ring).objects[0], size_px=256),))
    painter = Painter(scene, size_px=256, view_px=128, views=2)
    painter.notes = {"prompt": "mossy red brick wall", "model": "ground", "seed": 5}
    announced = home.announced()
    with sfumato.connect(announced["address"], token=announced["token"]) as studio:
        for _ in painter.paint(StudioDraw(studio, "mossy red brick wall", seed=5, options={"steps": 2})):
            break
    painter.save(state)


def test_a_drawing_can_be_cancelled_from_another_thread(home):
    from sfumato.errors import JobCancelled

    home.run("status")
    painter = Painter(scene_of(part()), size_px=128, view_px=256, views=2)
    with home_studio(home) as studio:
        draw = StudioDraw(studio, "rust", options={"steps": 500})
        draw.on_event = lambda event: draw.cancel()
        with pytest.raises(JobCancelled):
            list(painter.paint(draw))
        draw.on_event = None
        assert painter.views_done == 0
        assert not painter.canvas.weight.any()
        assert all(job.state in ("cancelled", "succeeded") for job in studio.jobs())


def home_studio(home):
    announced = home.announced()
    return sfumato.connect(announced["address"], token=announced["token"])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda ring: (ring.with_name("none.glb"), "x", "-o", "o.glb"), "does not exist"),
        (lambda ring: (write(ring, "text.glb", b"no mesh"), "x", "-o", "o.glb"), "no mesh that can be read"),
        (lambda ring: (write(ring, "a.obj", b"v 0 0 0\n"), "x", "-o", "o.glb"), "no faces"),
        (lambda ring: (write(ring, "n.obj", b"v 0 0 0\nv 1 0 0\nv nan 1 0\nf 1 2 3\n"), "x", "-o", "o.glb"),
         "not finite"),
        (lambda ring: (ring, "x", "-o", "o.fbx"), "expected a name ending in .glb, .obj, .ply"),
        (lambda ring: (ring, "x", "-o", "missing/o.glb"), "there is no folder missing"),
        (lambda ring: (ring, "x", "-o", "o.glb", "--unwrap", "never"), "it has no UVs; leave out --unwrap never"),
        (lambda ring: (ring, "x"), "Missing option '-o'"),
        (lambda ring: (ring, " ", "-o", "o.glb"), "PROMPT: got ' ', expected words"),
        (lambda ring: (ring, "x", "-o", "o.glb", "--views", "0"), "'--views': 0 is not in the range"),
        (lambda ring: (ring, "x", "-o", "o.glb", "--depth-strength", "3"), "3.0 is not in the range 0<=x<=2"),
        (lambda ring: (ring, "x", "-o", "o.glb", "--size", "7"), "7 is not in the range"),
        (lambda ring: (ring, "x", "-o", "o.glb", "--depth-model", "none"), "--depth-model: none holds no config.json"),
        (lambda ring: (ring, "x", "-o", "o.glb", "--state", "none/s.npz"), "--state: there is no folder none"),
        (lambda ring: (ring, "x", "-o", "o.glb", "--state", "./o.glb"), "--state: got o.glb, which is the output"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_said_before_anything_is_started(empty_home, ring, change, said):
    ended = empty_home.run("texture-mesh", *change(ring), folder=ring.parent)

    assert ended.returncode == 2
    assert said in ended.stderr
    assert "Traceback" not in ended.stderr
    assert not empty_home.announced()
    assert not list(ring.parent.glob("o.*"))


def write(ring, name, content):
    path = ring.with_name(name)
    path.write_bytes(content)
    return path


def test_depth_that_cannot_be_followed_is_named(home, ring, tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "config.json").write_text('{"_class_name": "UNet2DModel"}')
    for more, said in (
        (("--depth-model", "other"), f"--depth-model: {tmp_path.resolve() / 'other'} holds a UNet2DModel"),
        (("--depth-model", "empty"), "--depth-model: empty holds no config.json"),
        (("--depth-model", "empty", "--depth-strength", 0), "--depth-strength: got 0 beside --depth-model"),
    ):
        ended = home.run("texture-mesh", ring, "x", "-o", "o.glb", *more, *SMALL, folder=tmp_path)
        assert ended.returncode == 2
        assert said in ended.stderr
        assert "Traceback" not in ended.stderr
        assert not (tmp_path / "o.glb").exists()


def test_a_size_of_view_that_the_model_cannot_draw_is_named_with_the_nearest(home, ring, tmp_path):
    ended = home.run("texture-mesh", ring, "x", "-o", "o.glb", "--view-size", 100, folder=tmp_path)

    assert ended.returncode == 2
    assert "--view-size: got 100, expected a multiple of 8, such as 96 or 104" in ended.stderr
    assert not (tmp_path / "o.glb").exists()


def test_an_unknown_model_and_a_foreign_state_are_named(home, ring, tmp_path):
    ended = home.run("texture-mesh", ring, "x", "-o", tmp_path / "o.glb", "--model", "grond", *SMALL)
    assert ended.returncode == 2
    assert "no model 'grond'; did you mean ground?" in ended.stderr
    (tmp_path / "state.npz").write_bytes(b"none")
    ended = home.run("texture-mesh", ring, "x", "-o", tmp_path / "o.glb", "--state", tmp_path / "state.npz", *SMALL)
    assert ended.returncode == 2
    assert "holds no state of a painting" in ended.stderr


@pytest.fixture
def empty_home(tmp_path):
    home = Home(tmp_path)
    yield home
    home.end_daemon()
