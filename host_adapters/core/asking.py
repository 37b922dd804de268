"""Asking: a workspace and a host become the frame that asks for pictures."""

from typing import Any, Dict, List, NamedTuple, Optional, Tuple

from .catalogue import CHAINS, LEAST_SIZE_PX, SELECTIONS, Catalogue, Contribution, Model
from .geometry import Bounds, context_area, draw_size
from .host import Document, Host, Layer, Picture, Selection
from .modes import Mode
from .pictures import all_selected, coverage_within
from .workspace import Chosen, Workspace

#: Interactive work goes before batches.
PRIORITY = 10
_TITLE_CHARACTERS = 40


class Refusal(Exception):
    """It cannot be asked for like this; the message tells the artist what to do."""


class Asking(NamedTuple):
    """What is sent, and where its results go. `chunks` are the pixels of the pictures that the header lists."""

    document: Document
    bounds: Bounds
    title: str
    header: Dict[str, Any]
    chunks: Tuple[bytes, ...]


def ask(
    workspace: Workspace,
    host: Host,
    catalogue: Catalogue,
    *,
    source: Optional[Tuple[Document, Bounds, Picture]] = None,
    largest_px: Optional[int] = None,
) -> Asking:
    """What the workspace asks of the document at hand, its pixels captured now; `source` is processed instead.

    Nothing of more than `largest_px` (an area) is captured. The header lacks only `op` and `ticket`. Raises Refusal,
    and HostError where the host cannot capture.
    """
    if source:
        return _of_picture(workspace, catalogue, *source, host)
    document = host.document()
    if document is None:
        raise Refusal("There is no open document. Create or open one first.")
    mode, model = workspace.mode_at_hand, catalogue.model(workspace.model)
    canvas = Bounds(0, 0, document.width_px, document.height_px)
    if mode.start == "layer":
        layer = _active_layer(host, document)
        bounds = layer.bounds.intersect(canvas)
        if bounds.empty:
            raise Refusal(f"The layer {layer.name!r} has nothing on the canvas to work on.")
        return _of_picture(workspace, catalogue, document, bounds, host.capture(document, bounds, layer), host)
    selection = _selection(mode, host, document, canvas)
    grow_px, feather_px = workspace.edge.resolved(selection.bounds) if selection else (0, 0)
    bounds = _bounds(workspace, selection, canvas, grow_px + feather_px, model)
    if largest_px and bounds.area_px > largest_px:
        raise Refusal(f"{mode.label} needs a smaller part of this large canvas: select one.")
    pictures = _Pictures()
    region = _region(workspace, bounds, model)
    recipe = _recipe(workspace, catalogue, model, _Capture(host, document, bounds, pictures))
    if mode.start != "noise":
        recipe.update(init=pictures.add("init", host.capture(document, bounds)), strength=workspace.strength)
    if selection:
        recipe["mask"] = pictures.add("mask", coverage_within(selection, bounds))
        region.update(grow_px=grow_px, feather_px=feather_px)
    if mode.start == "neighbours":
        region["under_mask"] = "neighbours"
    if mode.start == "margins":
        grow_px, feather_px = workspace.edge.resolved(canvas)
        region.update(mask_of="transparency", grow_px=grow_px, feather_px=feather_px)
    if workspace.keep_alpha and mode.id in ("refine", "live"):
        region["keep_alpha"] = True
    return _asking(workspace, host, document, bounds, recipe, region, pictures)


def _of_picture(
    workspace: Workspace, catalogue: Catalogue, document: Document, bounds: Bounds, picture: Picture, host: Host
) -> Asking:
    """Only the post-processors, on a picture as it is; what they enlarge stays larger."""
    model = catalogue.model(workspace.model)
    pictures = _Pictures()
    recipe = _recipe(workspace, catalogue, model, _Capture(host, document, bounds, pictures))
    if not recipe.get("post_processors"):
        raise Refusal("Choose at least one processor first.")
    recipe = {name: recipe[name] for name in ("prompt", "model", "post_processors", "tile") if name in recipe}
    recipe.update(init=pictures.add("init", picture), strength=0.0)
    multiple_px = model.size_multiple_px if model else 8
    largest_px = model.max_size_px if model else 4096
    size = draw_size(Bounds(0, 0, picture.width_px, picture.height_px), 1, largest_px, multiple_px, 2**62)
    region = _of_size(picture.width_px, picture.height_px, size)
    region.update(keep_alpha=True, keep_scale=True)
    return _asking(workspace, host, document, bounds, recipe, region, pictures)


def _asking(
    workspace: Workspace,
    host: Host,
    document: Document,
    bounds: Bounds,
    recipe: Dict[str, Any],
    region: Dict[str, Any],
    pictures: "_Pictures",
) -> Asking:
    palette = list(host.palette(document))
    if palette:
        region["palette"] = palette
    header = {"recipe": recipe, "pictures": pictures.listed, "region": region, "priority": PRIORITY}
    return Asking(document, bounds, _title(workspace), header, tuple(pictures.chunks))


class _Pictures:
    """The pictures of one frame: their list for the header, their pixels for the body."""

    def __init__(self) -> None:
        self.listed: List[Dict[str, Any]] = []
        self.chunks: List[bytes] = []

    def add(self, name: str, picture: Picture, take: str = "") -> str:
        """Add a picture; its name as the recipe says it. `take` "alpha" makes a mask of its paint."""
        row: Dict[str, Any] = {"name": name, **picture._asdict()}
        del row["data"]
        self.listed.append({**row, "take": take} if take else row)
        self.chunks.append(picture.data)
        return "@" + name


class _Capture(NamedTuple):
    """Captures layers that parameters name, within what is drawn."""

    host: Host
    document: Document
    bounds: Bounds
    pictures: _Pictures

    def layer(self, key: str, take: str, what: str) -> str:
        """The layer's picture as the recipe names it. Raises Refusal where the layer is gone."""
        layer = next((each for each in self.host.layers(self.document) if each.key == key), None)
        if layer is None:
            raise Refusal(f"The layer for {what} is not there any more. Choose another one.")
        picture = self.host.capture(self.document, self.bounds, layer)
        return self.pictures.add(f"layer-{len(self.pictures.listed)}", picture, take)


def _active_layer(host: Host, document: Document) -> Layer:
    layer = host.active_layer(document)
    if layer is None:
        raise Refusal("Choose the layer to work on first.")
    return layer


def _selection(mode: Mode, host: Host, document: Document, canvas: Bounds) -> Optional[Selection]:
    """The selection where the mode looks at it; none where everything is selected and it needs none."""
    if not mode.selection and not mode.may_select:
        return None
    selection = host.selection(document)
    if selection is None or selection.bounds.intersect(canvas).empty:
        if mode.selection:
            raise Refusal(f"Select something first: {mode.label} works inside a selection.")
        return None
    return None if not mode.selection and all_selected(selection, canvas) else selection


def _bounds(
    workspace: Workspace, selection: Optional[Selection], canvas: Bounds, reach_px: int, model: Optional[Model]
) -> Bounds:
    if selection is None:
        return canvas
    least_px = model.native_size_px if model and workspace.native_size else LEAST_SIZE_PX
    multiple_px = model.size_multiple_px if model else 8
    return context_area(selection.bounds, canvas, workspace.context, reach_px, least_px, multiple_px)


def _region(workspace: Workspace, bounds: Bounds, model: Optional[Model]) -> Dict[str, Any]:
    native_px = model.native_size_px if model and workspace.native_size else 1
    largest_px, multiple_px = (model.max_size_px, model.size_multiple_px) if model else (4096, 8)
    return _of_size(
        bounds.width_px, bounds.height_px, draw_size(bounds, native_px, largest_px, multiple_px, workspace.limit_px)
    )


def _of_size(width_px: int, height_px: int, drawn: Tuple[int, int]) -> Dict[str, Any]:
    return {
        "width_px": width_px,
        "height_px": height_px,
        "draw_width_px": drawn[0],
        "draw_height_px": drawn[1],
        "grow_px": 0,
        "feather_px": 0,
    }


def _recipe(workspace: Workspace, catalogue: Catalogue, model: Optional[Model], capture: _Capture) -> Dict[str, Any]:
    """What the workspace says, but for the canvas. What is at the model's default is left out."""
    recipe: Dict[str, Any] = {"prompt": workspace.prompt, "count": workspace.count}
    for name in ("model", "negative_prompt", "tile"):
        if getattr(workspace, name):
            recipe[name] = getattr(workspace, name)
    if workspace.keep_seed:
        recipe["seed"] = workspace.seed
    if workspace.steps:
        recipe["steps"] = workspace.steps
    for kind in SELECTIONS:
        chosen = getattr(workspace, kind)
        said = _selected(chosen, catalogue.selected(kind, chosen.id, model), capture)
        if said and (chosen.id or said["params"]):
            recipe[kind] = said
    for chain, kinds in CHAINS.items():
        wanted = [(each, catalogue.contribution(each.id, *kinds)) for each in getattr(workspace, chain) if each.on]
        said_of = [_selected(chosen, card, capture) for chosen, card in wanted]
        recipe[chain] = [each for each in said_of if each]
    recipe["conditioners"] += _regions(workspace, catalogue, model, capture)
    return {name: value for name, value in recipe.items() if value != []}


def _selected(chosen: Chosen, card: Optional[Contribution], capture: _Capture) -> Optional[Dict[str, Any]]:
    """A selection of the recipe; as it was chosen where the catalogue does not know it, None where nothing was."""
    if card is None:
        return {"id": chosen.id, "params": dict(chosen.values)} if chosen.id else None
    params = card.form.params(chosen.values)
    return {"id": card.id, "params": {name: _sent(card, name, value, capture) for name, value in params.items()}}


def _sent(card: Contribution, parameter: str, value: Any, capture: _Capture) -> Any:
    if not isinstance(value, dict):
        return value
    widget = card.form.widget(parameter)
    what = f"{widget.label} of {card.label}" if widget else card.label
    return capture.layer(value["layer"], "alpha" if widget and widget.kind == "mask" else "", what)


def _regions(
    workspace: Workspace, catalogue: Catalogue, model: Optional[Model], capture: _Capture
) -> List[Dict[str, Any]]:
    """A conditioner for each prompt that is bound to a layer. Raises Refusal where no plugin can do it."""
    wanted = [region for region in workspace.regions if region.on and region.layer and region.prompt]
    if not wanted:
        return []
    card = catalogue.region_conditioner(model)
    if card is None:
        raise Refusal("No installed plugin binds prompts to layers. Switch the regions off, or install one that does.")
    mask = next(widget.id for widget in card.form.widgets if widget.source_kind == "mask")
    text = next(widget.id for widget in card.form.widgets if widget.source_kind == "text")
    return [
        {"id": card.id, "params": {mask: capture.layer(each.layer, "alpha", "a region"), text: each.prompt}}
        for each in wanted
    ]


def _title(workspace: Workspace) -> str:
    words = " ".join(workspace.prompt.split()) if workspace.mode_at_hand.prompt else ""
    if len(words) > _TITLE_CHARACTERS:
        words = words[: _TITLE_CHARACTERS - 1].rstrip() + "…"
    return words or workspace.mode_at_hand.label
