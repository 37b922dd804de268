"""A request as it came over the pipe: its recipe, its pictures and its region, ready for the client."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sfumato.bridge.fitting import Fitting
from sfumato.bridge.pixels import Array, split, to_pixels
from sfumato.bridge.region import Region
from sfumato.errors import InvalidRecipe
from sfumato.recipe import CHAINS, SELECTIONS, Selection

_SHA256: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """`what` and `options` are those of the client, its pictures as Pixels. `fitting` takes results back."""

    what: str
    options: Mapping[str, Any]
    fitting: Fitting | None
    priority: int


def parsed(header: Mapping[str, Any], pictures: Mapping[str, Array], recipe: Mapping[str, Any]) -> Request:
    """The request of a frame. Raises InvalidRecipe with the field that is wrong."""
    given = {name: value for name, value in recipe.items() if value is not None}
    region = header.get("region")
    fitting = None if region is None else Fitting(Region.from_json(region, tiles=bool(given.get("tile"))))
    places = _Places(pictures, fitting)
    options = {**given, **places.canvas(given)}
    for name in SELECTIONS:
        if name in options:
            options[name] = places.selection(options[name], name)
    for name in CHAINS:
        if name in options:
            rows = options[name]
            if not isinstance(rows, list):
                raise InvalidRecipe.of(name, f"got {rows!r}, expected a list of ids and parameters")
            options[name] = [places.selection(row, f"{name}.{index}") for index, row in enumerate(rows)]
    priority = header.get("priority", 10)
    if not isinstance(priority, int) or isinstance(priority, bool):
        raise InvalidRecipe.of("priority", f"got {priority!r}, expected a whole number")
    what = options.pop("prompt", "")
    if not isinstance(what, str):
        raise InvalidRecipe.of("prompt", f"got {what!r}, expected text")
    return Request(what=what, options=_of_client(options), fitting=fitting, priority=priority)


def of_frame(header: Mapping[str, Any], body: bytes) -> Request:
    """The request of a `submit`. Raises InvalidRecipe."""
    recipe = header.get("recipe")
    if not isinstance(recipe, Mapping):
        raise InvalidRecipe.of("recipe", f"got {type(recipe).__name__}, expected an object")
    rows = header.get("pictures") or []
    if not isinstance(rows, list):
        raise InvalidRecipe.of("pictures", f"got {type(rows).__name__}, expected a list")
    return parsed(header, split(rows, body), recipe)


@dataclass(frozen=True, slots=True)
class _Places:
    """Puts pictures where a recipe names them."""

    pictures: Mapping[str, Array]
    fitting: Fitting | None

    def canvas(self, recipe: Mapping[str, Any]) -> dict[str, Any]:
        """The fields init, mask, width_px and height_px, as far as the pictures and the region decide them."""
        fields: dict[str, Any] = {}
        fitting = self.fitting
        mask = self._named(recipe.get("mask"), "mask", self._mask)
        init = self._named(recipe.get("init"), "init", lambda picture: fitting.initial(picture) if fitting else picture)
        if init is not None:
            fields["init"] = init
        if fitting and fitting.alpha is not None:
            fields["mask"] = to_pixels(fitting.engine_mask())
        elif mask is not None:
            fields["mask"] = mask
        if fitting and not recipe.get("outpaint"):
            fields["width_px"], fields["height_px"] = fitting.region.drawn
        return fields

    def selection(self, row: Any, path: str) -> Selection:
        """A selection, its pictures in their places."""
        params = row.get("params", {}) if isinstance(row, Mapping) else None
        if not isinstance(params, Mapping) or not isinstance(row.get("id", ""), str):
            raise InvalidRecipe.of(path, f"got {row!r}, expected an id and parameters")
        values = {name: self._value(value, f"{path}.params.{name}") for name, value in params.items()}
        return Selection(id=row.get("id", ""), params=values)

    def _value(self, value: Any, path: str) -> Any:
        if not isinstance(value, str) or value[:1] != "@" or value[1:] not in self.pictures:
            return value
        return self._named(value, path, self._fitted)

    def _named(self, value: Any, path: str, use: Callable[[Array], Array]) -> Any:
        """The picture that a value names, used; an asset's name as it is; None for nothing."""
        if value in (None, ""):
            return None
        if not isinstance(value, str):
            raise InvalidRecipe.of(path, f"got {value!r}, expected '@NAME' of a picture")
        if value[:1] == "@":
            if value[1:] not in self.pictures:
                known = ", ".join(sorted(self.pictures)) or "none"
                raise InvalidRecipe.of(path, f"no picture {value[1:]!r} came with the frame; there are: {known}")
            return to_pixels(use(self.pictures[value[1:]]))
        if not _SHA256.fullmatch(value):
            raise InvalidRecipe.of(path, f"got {value!r}, expected '@NAME' of a picture or the sha256 of an asset")
        return value

    def _mask(self, picture: Array) -> Array:
        mask = picture if picture.shape[2] == 1 else picture[:, :, 3:]
        if self.fitting is None:
            return mask
        self.fitting.cover(mask)
        return mask  # what the engine gets is made of what it covers, when the initial picture has had its say

    def _fitted(self, picture: Array) -> Array:
        return self.fitting.fitted(picture, soft=picture.shape[2] == 1) if self.fitting else picture


def _of_client(options: dict[str, Any]) -> dict[str, Any]:
    """Margins as the client takes them."""
    margins = options.get("outpaint")
    if isinstance(margins, Mapping):
        options["outpaint"] = tuple(margins.get(f"{side}_px", 0) for side in ("left", "top", "right", "bottom"))
    return options
