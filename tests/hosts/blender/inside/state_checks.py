"""What needs no daemon: states with their way out, forms of every kind of parameter, presets, panels' lists."""

import contextlib
import io
import os
import sys

sys.path.insert(0, os.path.dirname(__file__))

import bpy
from reporting import MODULE, SETTINGS, check, desk, install, part, until

KINDS = {
    "bool": {"default": True},
    "int": {"default": 3, "minimum": 1, "maximum": 9},
    "float": {"default": 0.25, "minimum": 0.0, "maximum": 2.0, "display_minimum": 0.0, "display_maximum": 1.0},
    "text": {"default": "moss"},
    "choice": {"default": "b", "choices": [{"value": "a", "label": "First"}, {"value": "b", "label": "Second"}]},
    "colour": {"default": "#ff8000"},
    "seed": {"default": 2**62},
    "image": {"default": ""},
    "mask": {"default": ""},
    "model": {"default": ""},
    "preprocessor": {"default": ""},
    "spline": {"default": "0,0 1,1"},
}
NEW = {
    "bool": False, "int": 7, "float": 0.1, "text": "lichen", "choice": "a", "colour": (0.0, 0.2, 1.0),
    "seed": "9223372036854775807", "image": "image:photo", "model": "/models/net",
    "preprocessor": "acme.edges",
}  # fmt: skip


def missing():
    """No Python is known: said with a way out, and nothing is asked for."""
    bpy.ops.sfumato.connect()
    part("controls").controls("material").prompt = "moss"
    try:
        bpy.ops.sfumato.draw_material()
        refused = ""
    except RuntimeError as error:
        refused = str(error)
    state = desk().session.state
    return {"state": [state.name, state.title, state.words, state.button], "refused": refused}


def found_by_the_preferences():
    """The artist names the Python; the button connects."""
    preferences = bpy.context.preferences.addons[MODULE].preferences
    preferences.python = SETTINGS["python"]
    bpy.ops.sfumato.connect()
    until(lambda: desk().session.state.name == "ready", "a daemon")
    until(lambda: desk().session.catalogue.contributions, "the catalogue")
    return desk().session.state.name


def a_bridge_that_dies():
    """It is told, and started again by itself. Its catalogue comes late, and would take the place of any other."""
    session = desk().session
    before = session.catalogue
    os.kill(desk()._channels[-1].pid, 9)
    until(lambda: session.state.name == "crashed", "the crash")
    said = [session.state.title, session.state.button]
    until(lambda: session.state.name == "ready" and session.catalogue is not before, "the daemon again")
    return said


def forms_of_every_kind():
    """Each kind is a property that reads and writes; a kind that nobody knows is shown and left alone."""
    bpy.data.images.new("photo", 8, 8)
    rows = [{"id": kind, "kind": kind, "label": kind.title(), "group": "All", **more} for kind, more in KINDS.items()]
    card = {"id": "acme.all", "kind": "post-processor", "label": "All kinds", "parameters": rows}
    edges = {"id": "acme.edges", "kind": "preprocessor", "label": "Edges"}
    catalogue, workspace = part("core.catalogue").Catalogue, part("core.workspace")
    before = desk().session.catalogue
    desk().session.catalogue = catalogue({"models": [{"id": "m", "family": "f"}], "contributions": [card, edges]})
    made = desk().workspace("image")
    made.post_processors.append(workspace.Chosen("acme.all"))
    desk().edited()
    desk().drain()
    _, group_class, name = part("forms").forms()._groups["image", "post_processors", 0]
    group = getattr(bpy.context.window_manager, name)
    names = {each.name: each.identifier for each in group_class.bl_rna.properties}
    shown = {kind: _plain(getattr(group, names[kind.title()])) for kind in KINDS if kind.title() in names}
    for kind, value in NEW.items():
        setattr(group, names[kind.title()], value)
    limits = group_class.bl_rna.properties[names["Float"]]
    written = {kind: made.post_processors[0].values.get(kind) for kind in NEW}
    made.post_processors.clear()
    desk().edited()
    desk().drain()
    gone = not hasattr(bpy.types.WindowManager, name)
    desk().session.catalogue = before
    return {
        "shown": shown,
        "written": written,
        "limits": [limits.hard_min, limits.hard_max, limits.soft_max],
        "gone": gone,
    }


def presets():
    """Kept for other files, loaded without the seed, deleted."""
    group = part("controls").controls("concept")
    group.prompt, group.steps, group.keep_seed, group.seed = "harbour at dawn", 9, True, "12345678901234567"
    bpy.ops.sfumato.preset_save(purpose="concept", name="Dawn")
    group.prompt, group.steps, group.seed = "", 0, "5"
    bpy.ops.sfumato.preset_load(purpose="concept", preset="Dawn")
    loaded = [group.prompt, group.steps, group.seed]
    bpy.ops.sfumato.preset_delete(preset="Dawn")
    return [loaded, desk().presets.names()]


def presets_that_cannot_be_written():
    """Said by the buttons; the presets that are there stay."""
    bpy.ops.sfumato.preset_save(purpose="concept", name="Dawn")
    path = desk().presets._path
    in_the_way = path.with_name(f"{path.name}.{os.getpid()}.part")
    in_the_way.mkdir()
    said = []
    for act in (
        lambda: bpy.ops.sfumato.preset_save(purpose="concept", name="Dusk"),
        lambda: bpy.ops.sfumato.preset_delete(preset="Dawn"),
    ):
        try:
            act()
        except RuntimeError as error:
            said.append(str(error))
    in_the_way.rmdir()
    kept = desk().presets.names()
    bpy.ops.sfumato.preset_delete(preset="Dawn")
    return [said, kept]


def seeds_as_they_are_typed():
    """Digits are taken, whatever else is typed with them."""
    group, taken = part("controls").controls("image"), []
    for typed in ("12²", "seed 7", "", "99999999999999999999"):
        group.seed = typed
        taken.append(group.seed)
    return taken


def without_plugins():
    """What a plugin would have to bring is said, with the command that installs it."""
    before = desk().session.catalogue
    desk().session.catalogue = part("core.catalogue").Catalogue({"models": [{"id": "m", "family": "f"}]})
    bpy.data.images.new("wall", 16, 16)
    said = {}
    for name, act in (
        ("maps", lambda: part("materials").materials().wanted(desk().workspace("material"))),
        ("tileable", lambda: bpy.ops.sfumato.material_from_image(name="wall")),
        ("conditioner", lambda: bpy.ops.sfumato.follow(what="depth")),
    ):
        with contextlib.suppress(RuntimeError):
            act()
        until(lambda: not desk().workbench.busy, "the picture")
        said[name] = desk().studio.notice
    bpy.ops.sfumato.dismiss()
    desk().session.catalogue = before
    return {**said, "dismissed": desk().studio.notice}


def work_that_fails():
    """A mistake of ours beside the main thread is told, and what comes after it is done."""
    done, console = [], io.StringIO()
    with contextlib.redirect_stderr(console):
        desk().workbench.do(lambda: 1 / 0, done.append)
        desk().workbench.do(lambda: "after", done.append)
        until(lambda: not desk().workbench.busy, "the work")
    said = desk().studio.notice
    bpy.ops.sfumato.dismiss()
    return {"done": done, "said": said, "console": "ZeroDivisionError" in console.getvalue()}


def a_file_of_somebody_else():
    """A file in which nothing was asked for is saved without a trace of ours; one that was set keeps it."""
    path = os.path.join(SETTINGS["home"], "other.blend")
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    desk().read_file()
    bpy.ops.wm.save_as_mainfile(filepath=path)
    before = [each.name for each in bpy.data.texts]
    part("controls").controls("material").prompt = "moss"
    bpy.ops.wm.save_as_mainfile(filepath=path)
    return [before, [each.name for each in bpy.data.texts]]


def a_job_that_cannot_be_done():
    """What stands against it is said, the board forgets it, and nothing of the file has changed."""
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    until(lambda: desk().session.catalogue.contributions, "the catalogue")
    chosen = part("core.workspace").Chosen("upscale.enlarge", {"model": "/nowhere/net.safetensors"})
    desk().workspace("material").post_processors.append(chosen)
    bpy.context.scene.sfumato.size = "128"
    bpy.ops.sfumato.draw_material()
    until(lambda: desk().studio.notice and not desk().busy, "the refusal")
    desk().workspace("material").post_processors.clear()
    board = part("materials").materials().board
    return [desk().studio.notice, len(board.slots), len(bpy.data.materials)]


def enabled_three_times():
    """Nothing is registered twice and nothing stays."""
    import addon_utils

    classes = [name for name in dir(bpy.types) if name.startswith("SFUMATO")]
    for _ in range(3):
        addon_utils.disable(MODULE)
        addon_utils.enable(MODULE)
    return sorted(classes) == sorted(name for name in dir(bpy.types) if name.startswith("SFUMATO"))


def _plain(value):
    return list(value) if hasattr(value, "__len__") and not isinstance(value, str) else value


os.environ.pop("SFUMATO_PYTHON", None)
install()
for each in (
    missing, found_by_the_preferences, a_bridge_that_dies, forms_of_every_kind, presets, presets_that_cannot_be_written,
    seeds_as_they_are_typed, without_plugins, work_that_fails,
    a_file_of_somebody_else, a_job_that_cannot_be_done, enabled_three_times,
):  # fmt: skip
    check(each)
