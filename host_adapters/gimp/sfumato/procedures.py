"""The procedures of GIMP's database: one for each way to draw, with typed arguments.

GIMP makes dialogs, Filters > Repeat, Script-Fu and batch calls of these arguments by itself. It asks for them when it
starts, so this module imports nothing that is slow, and looks at no network.
"""

from typing import Dict, List, NamedTuple

from core.modes import MODES, Mode
from gimp_libraries import Gimp, GObject

WINDOW = "plug-in-sfumato-window"
MENU = "<Image>/Filters/Sfumato"
_FLAGS = GObject.ParamFlags.READWRITE
_SENSITIVE = Gimp.ProcedureSensitivityMask
_MOST_IMAGES = 64
_MOST_SEED = 2**31 - 1
_SELECTIONS = (
    ("sampler", "S_ampler", "sfumato.euler s_churn=0.2"),
    ("schedule", "Sc_hedule", "sfumato.karras rho=5"),
    ("guider", "_Guider", "sfumato.cfg scale=4"),
)
TILES = {"none": "", "horizontally": "x", "vertically": "y", "both": "xy"}


class Drawing(NamedTuple):
    """A procedure, the mode that it draws in, and the tiling that it begins with."""

    mode: Mode
    label: str
    blurb: str
    tile: str = "none"


def _drawings() -> Dict[str, Drawing]:
    # GIMP's own Fill and Remove mean other things: what happens in a selection says so.
    inside = {mode.id for mode in MODES.values() if mode.selection}
    found = {
        f"plug-in-sfumato-{mode.id}" + ("-selection" if mode.id in inside else ""): Drawing(
            mode, mode.label + (" Selection" if mode.id in inside else ""), mode.help
        )
        for mode in MODES.values()
        if mode.id != "live"
    }
    found["plug-in-sfumato-tile"] = Drawing(
        MODES["generate"], "Seamless Texture", "A new texture of the canvas' size that repeats without a seam.", "both"
    )
    return found


DRAWINGS = _drawings()
NAMES: List[str] = [WINDOW, *DRAWINGS]


def create_drawing(plug_in: Gimp.PlugIn, name: str, run: object) -> Gimp.Procedure:
    """The procedure of a drawing with all of its arguments."""
    drawing = DRAWINGS[name]
    procedure = Gimp.ImageProcedure.new(plug_in, name, Gimp.PDBProcType.PLUGIN, run, None)
    procedure.set_image_types("*")
    procedure.set_sensitivity_mask(_SENSITIVE.DRAWABLE | _SENSITIVE.DRAWABLES | _SENSITIVE.NO_DRAWABLES)
    procedure.set_menu_label(f"{drawing.label}...")
    procedure.add_menu_path(MENU)
    _document(procedure, name, drawing.blurb)
    if drawing.mode.id != "process":
        _add_words(procedure, drawing.mode)
        _add_numbers(procedure, drawing)
        if drawing.mode.selection or drawing.mode.may_select or drawing.mode.start == "margins":
            _add_edges(procedure)
    _add_contributions(procedure, drawing.mode)
    procedure.add_core_object_array_return_value(
        "layers", "Layers", "The new layers, in the order of the images", Gimp.Layer.__gtype__, _FLAGS
    )
    return procedure


def create_window(plug_in: Gimp.PlugIn, run: object) -> Gimp.Procedure:
    """The procedure that opens the window."""
    procedure = Gimp.ImageProcedure.new(plug_in, WINDOW, Gimp.PDBProcType.PLUGIN, run, None)
    procedure.set_image_types("*")
    procedure.set_sensitivity_mask(_SENSITIVE.DRAWABLE | _SENSITIVE.DRAWABLES | _SENSITIVE.NO_DRAWABLES)
    procedure.set_menu_label("_Open Window")
    procedure.add_menu_path(MENU)
    _document(procedure, WINDOW, "A window that stays open: prompt, results to choose from, live painting.")
    return procedure


def _document(procedure: Gimp.Procedure, name: str, blurb: str) -> None:
    procedure.set_documentation(blurb, f"{blurb} No layer that is there is changed; results are new layers.", name)
    procedure.set_attribution("Sfumato", "Sfumato, Apache-2.0", "2026")


def _add_words(procedure: Gimp.Procedure, mode: Mode) -> None:
    if mode.prompt:
        procedure.add_string_argument("prompt", "_Prompt", "What to draw", "", _FLAGS)
    procedure.add_string_argument("negative-prompt", "Witho_ut", "What to keep out of the picture", "", _FLAGS)


def _add_numbers(procedure: Gimp.Procedure, drawing: Drawing) -> None:
    if not drawing.mode.fixed_strength:
        words = "How much may change: 0 is nothing, 1 is everything"
        procedure.add_double_argument("strength", "S_trength", words, 0.0, 1.0, drawing.mode.strength, _FLAGS)
    if drawing.mode.id == "refine":
        words = "What is transparent on the canvas stays so in the result"
        procedure.add_boolean_argument("keep-alpha", "_Keep transparency", words, True, _FLAGS)
    words = "The same seed draws the same picture again; -1 takes a new one"
    procedure.add_int_argument("seed", "Seed _number", words, -1, _MOST_SEED, -1, _FLAGS)
    procedure.add_int_argument("steps", "Step_s", "0 is what the model likes best", 0, 1000, 0, _FLAGS)
    procedure.add_int_argument("count", "_Images", "How many to draw, each a layer", 1, _MOST_IMAGES, 1, _FLAGS)
    tiles = Gimp.Choice.new()
    for place, (name, axes) in enumerate(TILES.items()):
        tiles.add(name, place, name.capitalize(), f"wraps around along {axes}" if axes else "")
    procedure.add_choice_argument("tile", "Sea_mless", "Repeat without a seam", tiles, drawing.tile, _FLAGS)


def _add_edges(procedure: Gimp.Procedure) -> None:
    procedure.add_int_argument("grow", "Gro_w", "How far beyond the edge to draw, in pixels", 0, 4096, 4, _FLAGS)
    procedure.add_int_argument("feather", "F_eather", "How softly it goes over, in pixels", 0, 4096, 8, _FLAGS)
    contexts = Gimp.Choice.new()
    contexts.add("auto", 0, "Around it", "")
    contexts.add("selection", 1, "Only the selection", "")
    contexts.add("whole", 2, "The whole image", "")
    procedure.add_choice_argument("context", "Loo_k at", "What is seen of the image", contexts, "auto", _FLAGS)


def _add_contributions(procedure: Gimp.Procedure, mode: Mode) -> None:
    procedure.add_string_argument("model", "Model", "Its id; empty is the first one", "", _FLAGS)
    if mode.id != "process":
        for kind, label, example in _SELECTIONS:
            words = f"Its id and settings, as in `{example}`; empty is what the model likes best"
            procedure.add_string_argument(kind, label, words, "", _FLAGS)
        procedure.add_string_argument(
            "conditioners",
            "Control _by",
            "Ids and settings, split by `;`; a layer is given as image=layer:NAME",
            "",
            _FLAGS,
        )
        words = "Prompts for where a layer has paint, as in `layer:sky=storm clouds; layer:ground=wet sand`"
        procedure.add_string_argument("regions", "_Regions", words, "", _FLAGS)
    procedure.add_string_argument(
        "processors", "_Finish with", "What the results go through: ids and settings, split by `;`", "", _FLAGS
    )
