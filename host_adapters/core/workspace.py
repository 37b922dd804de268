"""The workspace: everything that the artist has set, as the window shows it and the document keeps it."""

from dataclasses import asdict, dataclass, field
from typing import Any, Callable, Dict, List, Mapping, Optional

from .catalogue import CHAINS, SELECTIONS
from .form import SEED_MAX
from .geometry import CONTEXTS, Context, Edge
from .modes import MODES, Mode

VERSION = 1
MAX_COUNT = 64
TILES = ("", "x", "y", "xy")

#: Beyond so many pixels, a region is drawn smaller and its result enlarged.
LIMIT_PX = 1024 * 1024


@dataclass
class Chosen:
    """A contribution with the values that the artist has given it: scalars, or `{"layer": key}` for pictures.

    An empty id is the model's default, which takes values too. `on` is false while it is kept but not used.
    """

    id: str = ""
    values: Dict[str, Any] = field(default_factory=dict)
    on: bool = True


@dataclass
class Region:
    """A prompt that is bound to a layer: it counts where the layer has paint."""

    layer: str = ""
    prompt: str = ""
    on: bool = True


@dataclass
class Workspace:
    """What is asked for at the press of the button. Plain attributes: bind widgets to them and call nothing.

    `strengths` holds what was set by mode; `strength` is that of the mode at hand. `steps` None is the model's
    default. With `keep_seed` every job draws with `seed`, else each with one of its own. With `keep_alpha` what is
    transparent stays so where the canvas is drawn again.
    """

    mode: str = "generate"
    prompt: str = ""
    negative_prompt: str = ""
    model: str = ""
    strengths: Dict[str, float] = field(default_factory=dict)
    tile: str = ""
    count: int = 1
    seed: int = 0
    keep_seed: bool = False
    steps: Optional[int] = None
    sampler: Chosen = field(default_factory=Chosen)
    schedule: Chosen = field(default_factory=Chosen)
    guider: Chosen = field(default_factory=Chosen)
    conditioners: List[Chosen] = field(default_factory=list)
    post_processors: List[Chosen] = field(default_factory=list)
    regions: List[Region] = field(default_factory=list)
    edge: Edge = field(default_factory=Edge)
    context: Context = field(default_factory=Context)
    limit_px: int = LIMIT_PX
    native_size: bool = True
    keep_alpha: bool = True

    @property
    def strength(self) -> float:
        """How much of the start may change, over 0 to 1, in the mode at hand."""
        return self.strengths.get(self.mode, self.mode_at_hand.strength)

    @strength.setter
    def strength(self, value: float) -> None:
        self.strengths[self.mode] = min(max(float(value), 0.0), 1.0)

    @property
    def mode_at_hand(self) -> Mode:
        """What the mode means."""
        return MODES[self.mode]

    def recall(self, recipe: Mapping[str, Any]) -> None:
        """Take over a recipe's words, seed and model."""
        for name in ("prompt", "negative_prompt", "model", "tile"):
            setattr(self, name, str(recipe.get(name, "")))
        for name in ("seed", "steps"):
            if isinstance(recipe.get(name), int):
                setattr(self, name, recipe[name])
        self.keep_seed = True

    def to_json(self) -> Dict[str, Any]:
        """Plain data; `from_json` is its inverse."""
        found = {name: getattr(self, name) for name in _SCALARS}
        found.update({name: asdict(getattr(self, name)) for name in SELECTIONS})
        found.update({name: [asdict(each) for each in getattr(self, name)] for name in (*CHAINS, "regions")})
        found.update(
            version=VERSION,
            strengths=dict(self.strengths),
            edge=self.edge._asdict(),
            context=self.context._asdict(),
        )
        return found

    @classmethod
    def from_json(cls, data: Any) -> "Workspace":
        """The inverse of `to_json`. What is missing, damaged or out of range is at its default."""
        made = cls()
        if not isinstance(data, dict):
            return made
        for name, accepts in _SCALARS.items():
            if name in data and accepts(data[name]):
                setattr(made, name, data[name])
        for name in SELECTIONS:
            setattr(made, name, _chosen(data.get(name)) or Chosen())
        for name in CHAINS:
            setattr(made, name, [each for row in _list(data.get(name)) for each in [_chosen(row)] if each and each.id])
        made.regions = [each for row in _list(data.get("regions")) for each in [_region(row)] if each]
        strengths = data.get("strengths")
        for mode, value in strengths.items() if isinstance(strengths, dict) else ():
            if mode in MODES and _share(value):
                made.strengths[mode] = float(value)
        made.edge = Edge(**_numbers(data.get("edge"), Edge()._asdict()))
        made.context = _context(data.get("context"))
        return made


def _whole(least: int, most: int) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def _text(value: Any) -> bool:
    return isinstance(value, str)


def _switch(value: Any) -> bool:
    return isinstance(value, bool)


def _share(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= 1


_SCALARS: Dict[str, Callable[[Any], bool]] = {
    "mode": lambda value: isinstance(value, str) and value in MODES,
    "prompt": _text,
    "negative_prompt": _text,
    "model": _text,
    "tile": lambda value: value in TILES,
    "count": _whole(1, MAX_COUNT),
    "seed": _whole(0, SEED_MAX),
    "keep_seed": _switch,
    "steps": lambda value: value is None or _whole(1, 1000)(value),
    "limit_px": _whole(64 * 64, 8192 * 8192),
    "native_size": _switch,
    "keep_alpha": _switch,
}


def _list(value: Any) -> List[Any]:
    return value if isinstance(value, list) else []


def _chosen(row: Any) -> Optional[Chosen]:
    if not isinstance(row, dict) or not isinstance(row.get("id", ""), str):
        return None
    values = row.get("values")
    return Chosen(row.get("id", ""), dict(values) if isinstance(values, dict) else {}, row.get("on", True) is not False)


def _region(row: Any) -> Optional[Region]:
    if not isinstance(row, dict) or not isinstance(row.get("layer"), str):
        return None
    return Region(row["layer"], str(row.get("prompt", "")), row.get("on", True) is not False)


def _numbers(row: Any, defaults: Mapping[str, Any]) -> Dict[str, Any]:
    given = row if isinstance(row, dict) else {}
    return {
        name: type(default)(given[name]) if _fits(given.get(name)) else default for name, default in defaults.items()
    }


def _fits(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value < 2**16


def _context(row: Any) -> Context:
    given = row if isinstance(row, dict) else {}
    mode = given.get("mode")
    share = given.get("padding_share")
    default = Context()
    return Context(
        mode if mode in CONTEXTS else default.mode,
        float(share) if _fits(share) else default.padding_share,  # type: ignore[arg-type]
    )
