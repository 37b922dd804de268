"""What happens when GIMP calls one of the drawing procedures."""

from pathlib import Path
from typing import Any, List, Optional

from asked_in_words import chain_of, chosen_of, regions_of
from core.catalogue import CHAINS, SELECTIONS, Catalogue
from core.geometry import Context, Edge
from core.host import Document, HostError
from core.jobs import Job, Result
from core.workspace import Workspace
from gimp_host import GimpHost
from gimp_libraries import Gimp, GLib
from kept_recipe import keep_recipe
from one_drawing import DrawingCancelled, DrawingFailed, OneDrawing
from procedures import DRAWINGS, TILES

_STATUS = Gimp.PDBStatusType


def run(procedure: Gimp.Procedure, run_mode: Gimp.RunMode, image: Gimp.Image, config: Any, folder: Path) -> Any:
    """Draw as the arguments say, with dialogs where GIMP asks for them; the values that the procedure returns."""
    if run_mode == Gimp.RunMode.INTERACTIVE:
        from procedure_dialogs import ask_for_arguments

        if not ask_for_arguments(procedure, config):
            return procedure.new_return_values(_STATUS.CANCEL, GLib.Error())
    try:
        host = GimpHost(image)
        host.shows_previews = run_mode != Gimp.RunMode.NONINTERACTIVE
        document = _document(host)
        layers = _draw(procedure.get_name(), config, host, document, folder, run_mode)
        if note := host.note(document):
            Gimp.message(note)
    except DrawingCancelled:
        return procedure.new_return_values(_STATUS.CANCEL, GLib.Error("Cancelled"))
    except (DrawingFailed, HostError) as failure:
        return procedure.new_return_values(_STATUS.EXECUTION_ERROR, GLib.Error(str(failure)))
    return _returned(image, layers)


def workspace_of(name: str, config: Any, catalogue: Catalogue, host: GimpHost, document: Document) -> Workspace:
    """The arguments as a workspace. Raises Refusal on what the catalogue does not have."""
    drawing = DRAWINGS[name]
    workspace = Workspace(mode=drawing.mode.id)
    found = {spec.name: config.get_property(spec.name) for spec in config.list_properties()}
    given = {key: value for key, value in found.items() if value is not None}  # a script has left these texts out
    for argument in ("prompt", "negative-prompt", "model", "strength", "count", "keep-alpha"):
        if argument in given:
            setattr(workspace, argument.replace("-", "_"), given[argument])
    workspace.tile = TILES[given.get("tile", "none")]
    workspace.steps = given.get("steps") or None
    workspace.keep_seed = given.get("seed", -1) >= 0
    workspace.seed = max(0, given.get("seed", 0))
    if "grow" in given:
        workspace.edge = Edge(given["grow"], 0.0, given["feather"], 0.0)
        workspace.context = Context(given["context"])
    for kind in SELECTIONS:
        setattr(workspace, kind, chosen_of(given.get(kind, ""), catalogue, (kind,), host, document))
    workspace.regions = regions_of(given.get("regions", ""), host, document)
    conditioners, processors = given.get("conditioners", ""), given.get("processors", "")
    workspace.conditioners = chain_of(conditioners, catalogue, CHAINS["conditioners"], host, document)
    workspace.post_processors = chain_of(processors, catalogue, CHAINS["post_processors"], host, document)
    return workspace


def _document(host: GimpHost) -> Document:
    document = host.document()
    if document is None:
        raise DrawingFailed("There is no open image. Create or open one first.")
    return document


def _draw(
    name: str, config: Any, host: GimpHost, document: Document, folder: Path, run_mode: Gimp.RunMode
) -> List[Gimp.Layer]:
    if run_mode == Gimp.RunMode.NONINTERACTIVE:
        shown: Any = _Progress(DRAWINGS[name].label)
    else:
        from procedure_dialogs import WorkingDialog

        shown = WorkingDialog(DRAWINGS[name].label)
    drawing = OneDrawing(host, folder, shown.show)
    shown.begin(drawing.cancel)
    try:
        results = drawing.run(lambda catalogue: workspace_of(name, config, catalogue, host, document))
        return _placed(host.image, results, drawing)
    finally:
        shown.end()


def _placed(image: Optional[Gimp.Image], results: List[Result], drawing: OneDrawing) -> List[Gimp.Layer]:
    """All results as layers, in one undo step."""
    if image is None or not image.is_valid():
        raise DrawingFailed("The image was closed while it was drawn for.")
    layers = []
    image.undo_group_start()
    try:
        for result in results:
            key = drawing.layers_of(result)
            if key is None:
                raise DrawingFailed(drawing.notice)
            layers.append(keep_recipe(image, key, result))
    finally:
        image.undo_group_end()
    return layers


def _returned(image: Gimp.Image, layers: List[Gimp.Layer]) -> Any:
    """The values with the layers, which are selected now. Python cannot make a value of an array of layers, GIMP can:
    so what it answers to the question for the selected ones is handed on.
    """
    image.set_selected_layers(layers)
    question = Gimp.get_pdb().lookup_procedure("gimp-image-get-selected-layers")
    config = question.create_config()
    config.set_property("image", image)
    return question.run(config)


class _Progress:
    """The bar that GIMP shows where a script runs, or nothing where nobody looks."""

    def __init__(self, label: str) -> None:
        self._label = label

    def begin(self, cancel: Any) -> None:
        """Say that it begins."""
        Gimp.progress_init(f"Sfumato: {self._label}")

    def show(self, job: Optional[Job]) -> None:
        """Say how far it is."""
        if job:
            Gimp.progress_set_text(job.words)
            Gimp.progress_update(job.share)

    def end(self) -> None:
        """Say that it is over."""
        Gimp.progress_end()
