"""The models that are known: built in, or added from a folder, a file or a hub; and those that are loaded."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import sfumato.plugin as sf
from sfumato.catalogue import ModelCard, nearest
from sfumato.engine import hub, json_file
from sfumato.engine.device import best_device, fastest_dtype, memory_bytes
from sfumato.engine.lru import LeastRecentlyUsed
from sfumato.errors import InvalidRecipe, NotFound, SfumatoError, WeightsRefused

REGISTRY: Final = "models.json"
PRECISION: Final = "precision.json"
#: The rest is for activations, and on a CPU for the other programs of an artist.
MEMORY_SHARE: Final = 0.5

_ID: Final = re.compile(r"[a-z0-9][a-z0-9._-]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A known model: its card, where it lies, and the hub's revision that it was taken at."""

    card: ModelCard
    path: Path
    revision: str = ""

    def to_json(self) -> dict[str, Any]:
        """Plain data; `from_json` is its inverse."""
        return {"card": self.card.to_json(), "path": str(self.path), "revision": self.revision}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Entry:
        """The inverse of `to_json`."""
        return cls(card=ModelCard.from_json(data["card"]), path=Path(data["path"]), revision=data["revision"])


class ModelStore:
    """Models by id. What was added is remembered in `models.json` in the data folder. [engine thread]"""

    def __init__(
        self,
        data_dir: Path,
        *,
        families: Sequence[type[sf.Family]],
        built_in: Mapping[str, Path],
        device: str = "",
        dtype: str = "",
        memory_limit_bytes: int = 0,
        hub_endpoint: str | None = None,
    ) -> None:
        """Without a device, a dtype or a limit: the best one, the fastest one, half of the device's memory."""
        self._registry = data_dir / REGISTRY
        self._precision = data_dir / PRECISION
        self._families = {family.id: family for family in families}
        self._device = device or best_device()
        self._dtype = dtype
        self._hub_endpoint = hub_endpoint
        limit = memory_limit_bytes or int(memory_bytes(self._device) * MEMORY_SHARE)
        self._loaded = LeastRecentlyUsed[str, sf.Family](limit, lambda family: sum(family.memory().values()))
        self._built_in = {name: self._describe(path, name) for name, path in built_in.items()}
        self._added = _read(self._registry)

    def use(self, families: Sequence[type[sf.Family]]) -> None:
        """Load with these families from now on; models that others have loaded are let go."""
        self._families = {family.id: family for family in families}
        for name, family in self._loaded.items():
            if type(family) is not self._families.get(family.card.family):
                self._loaded.discard(name)

    def cards(self) -> tuple[ModelCard, ...]:
        """The cards of all models: the built-in ones, then those that were added, by id."""
        return tuple(entry.card for entry in self._entries().values())

    def inspect(self, source: Path, snapshot: hub.Snapshot | None = None) -> ModelCard:
        """What a folder, a file or `owner/name` on the hub is. Raises what `hub.fetch` does, and WeightsRefused.

        `snapshot` is what was downloaded of a name on the hub; without one it is downloaded now.
        """
        return self._resolve(source, snapshot).card

    def add(self, source: Path, id: str = "", snapshot: hub.Snapshot | None = None) -> ModelCard:
        """Remember a model, under its own name unless `id` is given. Adding it again brings its card up to date.

        Raises what `inspect` does, and InvalidRecipe for an id that is taken or not well-formed.
        """
        entry = self._resolve(source, snapshot)
        name = self._checked(id, entry) if id else self._free_id(entry)
        entry = replace(entry, card=replace(entry.card, id=name))
        self._remember(self._added | {name: entry})
        self._loaded.discard(name)
        return entry.card

    def remove(self, id: str) -> None:
        """Forget a model; its files stay. Raises NotFound, and InvalidRecipe for a built-in one."""
        if id in self._built_in:
            raise InvalidRecipe.of("id", f"{id} comes with Sfumato and stays")
        self._entry(id)
        self._remember({name: entry for name, entry in self._added.items() if name != id})
        self._loaded.discard(id)

    def load(self, model_id: str) -> sf.Family:
        """The loaded model; at once if it is in memory. Raises NotFound and WeightsRefused."""
        entry = self._entry(model_id)
        return self._loaded.get(model_id, lambda: self._load(entry))

    def _load(self, entry: Entry) -> sf.Family:
        card = entry.card
        if not entry.path.exists():
            said = f"model {card.id} was at {entry.path} and is gone; remove it, or add it from where it is now"
            raise NotFound(said, id=card.id, path=entry.path)
        dtype = self._dtype or fastest_dtype(self._device, self._precision)
        self._loaded.make_room(card.parameter_count * (4 if dtype == "float32" else 2))
        return self._family(card).load(entry.path, card, device=self._device, dtype=dtype)

    def _family(self, card: ModelCard) -> type[sf.Family]:
        if card.family not in self._families:
            said = f"model {card.id} needs the family {card.family}; install the plugin that it came from"
            raise NotFound(said, id=card.id, family=card.family)
        return self._families[card.family]

    def _resolve(self, source: Path, snapshot: hub.Snapshot | None) -> Entry:
        """The entry of a source that may be on this disk or on the hub."""
        name = source.as_posix()
        if snapshot is None and not hub.is_meant(source):
            return self._describe(source.absolute())
        snapshot = snapshot or hub.fetch(name, self._hub_endpoint)
        repository = name.partition("@")[0]
        card = self._describe(snapshot.path, repository.rpartition("/")[2].lower()).card
        named_by_path = card.title in (snapshot.path.name, snapshot.path.stem)
        title = repository if named_by_path else card.title
        return Entry(card=replace(card, source=name, title=title), path=snapshot.path, revision=snapshot.revision)

    def _describe(self, path: Path, name: str = "") -> Entry:
        """The entry by the first family that takes it; what one refuses, a plugin's may still know."""
        if not path.exists():
            raise NotFound(f"no file or folder {path}; give a path, or owner/name for a model on the hub", path=path)
        refusals: list[WeightsRefused] = []
        for family in self._families.values():
            try:
                card = family.describe(path)
            except WeightsRefused as error:
                refusals.append(error)
                continue
            if card:
                return Entry(card=replace(card, id=name or card.id), path=path)
        known = ", ".join(family.label for family in self._families.values())
        unknown = WeightsRefused(f"{path} is not a model of a known family; known are {known}", path=path)
        raise next(iter(refusals), unknown)

    def _entries(self) -> dict[str, Entry]:
        return self._built_in | dict(sorted(self._added.items()))

    def _entry(self, model_id: str) -> Entry:
        entries = self._entries()
        if model_id not in entries:
            raise NotFound(f"no model {model_id!r}{nearest(model_id, entries)}", id=model_id)
        return entries[model_id]

    def _checked(self, name: str, entry: Entry) -> str:
        if not _ID.fullmatch(name):
            raise InvalidRecipe.of("id", f"got {name!r}, expected a-z, 0-9, dots, hyphens and underscores")
        holder = self._entries().get(name)
        if holder and holder.path != entry.path:
            raise InvalidRecipe.of("id", f"{name} is {holder.path} already; choose another id, or remove that model")
        return name

    def _free_id(self, entry: Entry) -> str:
        """The id under which this path is known; else its own name, with a number where that is taken."""
        for name, known in self._added.items():
            if known.path == entry.path:
                return name
        name, number = entry.card.id, 2
        while name in self._entries():
            name, number = f"{entry.card.id}-{number}", number + 1
        return name

    def _remember(self, entries: dict[str, Entry]) -> None:
        json_file.write(self._registry, {name: entry.to_json() for name, entry in entries.items()})
        self._added = entries


def _read(registry: Path) -> dict[str, Entry]:
    try:
        return {name: Entry.from_json(row) for name, row in json_file.read(registry).items()}
    except (LookupError, TypeError, ValueError) as error:
        said = f"{registry} is damaged ({error}); repair it, or delete it and add your models again"
        raise SfumatoError(said, path=registry) from error
