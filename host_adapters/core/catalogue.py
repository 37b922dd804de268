"""What the daemon can do, as its catalogue says: models, and contributions with their forms."""

from typing import Any, Dict, List, Mapping, NamedTuple, Optional, Tuple

from .form import Choice, Form

#: The kinds that a workspace selects one of, or a chain of. Others may come; they are ignored.
SELECTIONS = ("sampler", "schedule", "guider")
CHAINS = {"conditioners": ("conditioner",), "post_processors": ("post-processor", "preprocessor")}

LEAST_SIZE_PX = 64


class Model(NamedTuple):
    """A model, its sizes in pixels, and what it does where a recipe is silent.

    `defaults` are the ids of what it draws with by kind, `presets` their parameters where they are the model's own.
    """

    id: str
    title: str
    family: str
    native_size_px: int
    size_multiple_px: int
    max_size_px: int
    default_steps: int
    defaults: Dict[str, str]
    presets: Dict[str, Dict[str, Any]]


class Contribution(NamedTuple):
    """A sampler, schedule, guider, conditioner or processor with the form of its parameters."""

    id: str
    kind: str
    label: str
    description: str
    families: Tuple[str, ...]
    needs_init: bool
    needs_mask: bool
    form: Form


class Catalogue:
    """A catalogue frame, read with tolerance: what is damaged or of an unknown kind is left out."""

    def __init__(self, header: Mapping[str, Any]) -> None:
        self.models = [_model(row) for row in _rows(header, "models")]
        rows = _rows(header, "contributions")
        preprocessors = [Choice(str(row["id"]), _label(row)) for row in rows if row.get("kind") == "preprocessor"]
        self.contributions = [_contribution(row, preprocessors) for row in rows]
        #: Plugins that do not work: (name, why and what to do).
        self.broken_plugins = [
            (str(row.get("name", "")), str(row["error"]))
            for row in _rows(header, "plugins", "name")
            if row.get("error")
        ]

    def model(self, model_id: str) -> Optional[Model]:
        """The model with this id, or the first where the id is empty."""
        found = [model for model in self.models if model.id == model_id]
        return (found or ([] if model_id else self.models) or [None])[0]  # type: ignore[list-item]

    def of_kind(self, kind: str, model: Optional[Model] = None) -> List[Contribution]:
        """The contributions of a kind, those that do not work with the model's family left out."""
        return [each for each in self.contributions if each.kind == kind and _fits(each, model)]

    def of_chain(self, chain: str, model: Optional[Model] = None) -> List[Contribution]:
        """The contributions that `conditioners` or `post_processors` may hold."""
        return [each for kind in CHAINS[chain] for each in self.of_kind(kind, model)]

    def contribution(self, contribution_id: str, *kinds: str) -> Optional[Contribution]:
        """The contribution with this id, of one of these kinds (none: of any)."""
        found = (
            each for each in self.contributions if each.id == contribution_id and (not kinds or each.kind in kinds)
        )
        return next(found, None)

    def selected(self, kind: str, contribution_id: str, model: Optional[Model]) -> Optional[Contribution]:
        """What a selection draws with: the model's default where the id is empty, with the model's own presets."""
        default = model.defaults[kind] if model else ""
        card = self.contribution(contribution_id or default, kind)
        if card is None or model is None or card.id != default:
            return card
        return card._replace(form=card.form.preset(model.presets[kind]))

    def region_conditioner(self, model: Optional[Model] = None) -> Optional[Contribution]:
        """A conditioner that binds a prompt to a part of the canvas: it has one mask and a text; None without one."""
        return next((each for each in self.of_kind("conditioner", model) if _binds_text_to_mask(each.form)), None)


def _binds_text_to_mask(form: Form) -> bool:
    kinds = [widget.source_kind for widget in form.widgets]
    return kinds.count("mask") == 1 and kinds.count("image") == 0 and "text" in kinds


def _fits(contribution: Contribution, model: Optional[Model]) -> bool:
    return model is None or not contribution.families or model.family in contribution.families


def _rows(header: Mapping[str, Any], name: str, key: str = "id") -> List[Mapping[str, Any]]:
    rows = header.get(name)
    return [row for row in rows if isinstance(row, dict) and row.get(key)] if isinstance(rows, list) else []


def _model(row: Mapping[str, Any]) -> Model:
    defaults = {kind: _id_of(row.get(f"default_{kind}")) for kind in SELECTIONS}
    return Model(
        id=str(row["id"]),
        title=str(row.get("title") or row["id"]),
        family=str(row.get("family", "")),
        native_size_px=_positive(row.get("native_size_px"), 512),
        size_multiple_px=_positive(row.get("size_multiple_px"), 8),
        max_size_px=_positive(row.get("max_size_px"), 4096),
        default_steps=_positive(row.get("default_steps"), 20),
        defaults=defaults,
        presets={kind: _params_of(row.get(f"default_{kind}")) for kind in SELECTIONS},
    )


def _contribution(row: Mapping[str, Any], preprocessors: List[Choice]) -> Contribution:
    needs = row.get("needs")
    needs = needs if isinstance(needs, dict) else {}
    parameters = row.get("parameters")
    return Contribution(
        id=str(row["id"]),
        kind=str(row.get("kind", "")),
        label=_label(row),
        description=str(row.get("description", "")),
        families=tuple(map(str, needs.get("families") or ())),
        needs_init=bool(needs.get("init")),
        needs_mask=bool(needs.get("mask")),
        form=Form.of(parameters if isinstance(parameters, list) else [], preprocessors),
    )


def _label(row: Mapping[str, Any]) -> str:
    return str(row.get("label") or row["id"])


def _id_of(selection: Any) -> str:
    return str(selection.get("id", "")) if isinstance(selection, dict) else ""


def _params_of(selection: Any) -> Dict[str, Any]:
    params = selection.get("params") if isinstance(selection, dict) else None
    return params if isinstance(params, dict) else {}


def _positive(value: Any, otherwise: int) -> int:
    return value if isinstance(value, int) and value > 0 else otherwise
