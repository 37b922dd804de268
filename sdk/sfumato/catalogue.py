"""What a daemon can do: model cards, contribution cards and the plugins that they come from."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from sfumato.parameters import ParameterSpec
from sfumato.recipe import Selection


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCard:
    """One model: how it is recognised, what it takes, and what it does when the recipe is silent.

    `control` is the map that the model's own control network follows, such as `depth`; empty where it brings none.
    """

    id: str
    title: str
    family: str
    architecture: str
    prediction_type: str
    native_size_px: int
    size_multiple_px: int = 8
    max_size_px: int = 4096
    latent_channels: int = 4
    takes_inpaint_channels: bool = False
    parameter_count: int = 0
    licence: str = ""
    source: str = ""
    default_steps: int = 20
    default_sampler: Selection = Selection(id="sfumato.dpmpp-2m")
    default_schedule: Selection = Selection(id="sfumato.model-default")
    default_guider: Selection = Selection(id="sfumato.cfg")
    control: str = ""

    def to_json(self) -> dict[str, Any]:
        """Plain data; `from_json` is its inverse."""
        selections = {name: getattr(self, name).to_json() for name in _SELECTIONS}
        return asdict(self) | selections

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> ModelCard:
        """The inverse of `to_json`."""
        selections = {name: Selection.from_json(data[name]) for name in _SELECTIONS if name in data}
        return cls(**{**data, **selections})


_SELECTIONS = ("default_sampler", "default_schedule", "default_guider")


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """What a contribution needs beside its parameters.

    `init` and `mask`: an initial image, a mask. `families`: ids of those that it works with, none for any.
    `network`: it goes to the network. `memory_bytes`: device memory that it takes beside the model.
    """

    init: bool = False
    mask: bool = False
    families: tuple[str, ...] = ()
    network: bool = False
    memory_bytes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ContributionCard:
    """One contribution of a plugin. `capability` is the contract that it keeps, such as `sfumato.sampler/1`."""

    id: str
    kind: str
    label: str
    description: str
    plugin: str
    plugin_version: str
    capability: str
    parameters: tuple[ParameterSpec, ...] = ()
    needs: Needs = Needs()

    def to_json(self) -> dict[str, Any]:
        """Plain data; `from_json` is its inverse."""
        return asdict(self) | {"parameters": [spec.to_json() for spec in self.parameters]}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> ContributionCard:
        """The inverse of `to_json`."""
        needs = dict(data.get("needs", {}))
        parameters = tuple(map(ParameterSpec.from_json, data["parameters"]))
        return cls(
            **{
                **data,
                "parameters": parameters,
                "needs": Needs(**{**needs, "families": tuple(needs.get("families", ()))}),
            }
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PluginCard:
    """One plugin that was found: its distribution, its version, and why it does not work, if it does not.

    `state` is `working`, `broken`, `disabled` (by the user) or `set-aside` (it kept crashing the worker).
    """

    name: str
    version: str
    error: str = ""
    state: str = "working"


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """Everything a worker can do. The front keeps the last one on disk, so that forms open at once."""

    models: tuple[ModelCard, ...] = ()
    contributions: tuple[ContributionCard, ...] = ()
    plugins: tuple[PluginCard, ...] = field(default=())

    def model(self, model_id: str) -> ModelCard | None:
        """The model with this id."""
        return next((card for card in self.models if card.id == model_id), None)

    def of_kind(self, kind: str) -> tuple[ContributionCard, ...]:
        """All contributions of one kind."""
        return tuple(card for card in self.contributions if card.kind == kind)

    def contribution(self, kind: str, name: str) -> ContributionCard | None:
        """The contribution with this id; the part behind the namespace does where it is unambiguous."""
        cards = self.of_kind(kind)
        exact = [card for card in cards if card.id == name]
        short = [card for card in cards if card.id.partition(".")[2] == name]
        found = exact or short
        return found[0] if len(found) == 1 else None

    def contribution_of(self, kinds: Iterable[str], name: str) -> ContributionCard | None:
        """As `contribution`, of the first of the kinds that has it."""
        return next((card for kind in kinds if (card := self.contribution(kind, name))), None)

    def to_json(self) -> dict[str, Any]:
        """Plain data; `from_json` is its inverse."""
        return {
            "models": [card.to_json() for card in self.models],
            "contributions": [card.to_json() for card in self.contributions],
            "plugins": [asdict(card) for card in self.plugins],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Catalogue:
        """The inverse of `to_json`."""
        return cls(
            models=tuple(map(ModelCard.from_json, data["models"])),
            contributions=tuple(map(ContributionCard.from_json, data["contributions"])),
            plugins=tuple(PluginCard(**row) for row in data["plugins"]),
        )


#: Comparing takes long for long names, and no id is this long.
_LONGEST_NAME = 200


def nearest(name: str, known: Iterable[str]) -> str:
    """`; did you mean X?` for the most similar known id, by its last part too, or an empty string."""
    ids = {written: each for each in known for written in (each.rpartition(".")[2], each)}
    close = difflib.get_close_matches(name[:_LONGEST_NAME], ids, n=1, cutoff=0.4)
    return f"; did you mean {ids[close[0]]}?" if close else ""
