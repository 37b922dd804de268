"""Recipe: the frozen value that determines an image. Same recipe, same image."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from sfumato.parameters import Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """A contribution by id, with the parameters that differ from its defaults."""

    id: str
    params: Mapping[str, Value] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Plain data; `from_json` is its inverse."""
        return {"id": self.id, "params": dict(sorted(self.params.items()))}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Selection:
        """The inverse of `to_json`."""
        return cls(id=data["id"], params=dict(data.get("params", {})))


@dataclass(frozen=True, slots=True, kw_only=True)
class Margins:
    """How far the canvas grows beyond the initial image when outpainting, in pixels, multiples of 8."""

    left_px: int = 0
    top_px: int = 0
    right_px: int = 0
    bottom_px: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """Everything that determines `count` images; image i is drawn with `seed + i`.

    A complete recipe: whoever builds one has filled in what the request left to the model's defaults
    (`sfumato.border.complete` does that). `init` and `mask` are sha256 ids of assets. `init` alone with
    `strength` is image-to-image; with `mask` (white is repainted) it is inpainting; with `outpaint` the
    size is the initial image's grown by the margins. `strength` in (0, 1] is the share of the schedule run;
    at 0 the initial image itself goes to the post-processors, which must then be there.
    `conditioners` act in their order on every evaluation, `post_processors` in theirs on every finished image.
    """

    model: str
    prompt: str
    negative_prompt: str = ""
    width_px: int
    height_px: int
    count: int = 1
    seed: int
    steps: int
    sampler: Selection
    schedule: Selection
    guider: Selection
    tile: str = ""
    init: str = ""
    mask: str = ""
    strength: float = 1.0
    outpaint: Margins | None = None
    conditioners: tuple[Selection, ...] = ()
    post_processors: tuple[Selection, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Plain data; `from_json` is its inverse. Lists that are empty are left out."""
        selections = {name: getattr(self, name).to_json() for name in SELECTIONS}
        chains = {name: [each.to_json() for each in getattr(self, name)] for name in CHAINS if getattr(self, name)}
        plain = {key: value for key, value in asdict(self).items() if value is not None and key not in CHAINS}
        return plain | selections | chains

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Recipe:
        """The inverse of `to_json`. Raises KeyError or TypeError on data that `to_json` did not make."""
        selections = {name: Selection.from_json(data[name]) for name in SELECTIONS}
        chains = {name: tuple(map(Selection.from_json, data.get(name, ()))) for name in CHAINS}
        margins = Margins(**data["outpaint"]) if data.get("outpaint") else None
        return cls(**{**data, **selections, **chains, "outpaint": margins})

    def selections(self) -> Iterator[tuple[str, tuple[str, ...], Selection]]:
        """Every selection with its path (`sampler`, `conditioners.0`) and the kinds that it may be of."""
        for name, kind in SELECTIONS.items():
            yield name, (kind,), getattr(self, name)
        for name, kinds in CHAINS.items():
            for place, selection in enumerate(getattr(self, name)):
                yield f"{name}.{place}", kinds, selection

    @property
    def digest(self) -> str:
        """sha256 of the canonical JSON: sorted keys, no spaces, UTF-8."""
        text = json.dumps(self.to_json(), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()


#: The fields of a recipe that name a contribution, and the kind of each.
SELECTIONS: Mapping[str, str] = {"sampler": "sampler", "schedule": "schedule", "guider": "guider"}
#: The fields that name any number of them, and the kinds that each may be. A preprocessor works on a finished
#: image as well: that is how a control map is looked at before it is used.
CHAINS: Mapping[str, tuple[str, ...]] = {
    "conditioners": ("conditioner",),
    "post_processors": ("post-processor", "preprocessor"),
}
