"""The subject of a check: one contribution of a plugin, or the plugin as a whole, loaded in this process."""

from __future__ import annotations

import hashlib
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sfumato.plugin as sf
from sfumato.catalogue import PluginCard, nearest
from sfumato.engine.plugins import discover
from sfumato.engine.registry import Registry
from sfumato.errors import NotFound
from sfumato.parameters import ParameterSpec, Value
from sfumato.plugin._params import build, specs_of
from sfumato.recipe import Selection
from sfumato.testing import plugin_source
from sfumato.testing.case import Assignment, Case
from sfumato.testing.outcome import Skipped

if TYPE_CHECKING:
    from sfumato.testing.studio import Studio


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A contribution under test. `contribution` is the bare base class where the plugin as a whole is meant."""

    assignment: Assignment
    registry: Registry
    contribution: type[sf.Contribution]
    owners: frozenset[str]

    @property
    def seed(self) -> int:
        """From which everything random in the checks follows."""
        return self.assignment.seed

    @property
    def id(self) -> str:
        """The contribution's id."""
        return self.contribution.id

    @property
    def cards(self) -> tuple[PluginCard, ...]:
        """The plugin's own cards; one for each entry point."""
        return tuple(card for card in self.registry.plugins() if card.name in self.owners)

    @property
    def loads(self) -> bool:
        """Whether nothing is wrong with any of its entry points."""
        return not any(card.error for card in self.cards)

    @property
    def contributions(self) -> tuple[tuple[str, str], ...]:
        """Kind and id of everything that the plugin contributes."""
        return tuple((card.kind, card.id) for card in self.registry.cards() if card.plugin in self.owners)

    @property
    def specs(self) -> tuple[ParameterSpec, ...]:
        """The contribution's parameters."""
        return specs_of(self.contribution.Params)

    def check_settings(self) -> None:
        """Raise NotFound for settings of what the plugin does not contribute, InvalidRecipe for what nobody takes."""
        if not self.loads:  # nobody can tell what it would take
            return
        known = {contribution_id: kind for kind, contribution_id in self.contributions}
        for name, values in self.assignment.settings.items():
            if name not in known:
                raise NotFound(f"got settings of {name!r}, which the plugin does not contribute{nearest(name, known)}")
            build(self.registry.get(known[name], name).Params, values, field=name)

    def random(self, purpose: str) -> random.Random:
        """A generator of its own for every purpose."""
        return random.Random(f"{self.seed}:{self.id}:{purpose}")

    def values(self, **changes: Value) -> dict[str, Value]:
        """Parameters to try it with: those of the assignment, with changes."""
        return {**self.assignment.settings.get(self.id, {}), **changes}

    def make(self, **changes: Value) -> Any:
        """An instance. Raises InvalidRecipe for parameters that its class refuses."""
        return self.contribution(build(self.contribution.Params, self.values(**changes), field="params"))

    def neutral(self) -> dict[str, Value]:
        """The parameters at which it changes nothing. Raises Skipped where it names none."""
        declared = self.contribution.neutral
        if declared is None:
            raise Skipped("names no neutral parameters; set the class attribute `neutral`, such as {'strength': 0.0}")
        return dict(declared)

    def selection(self, **changes: Value) -> tuple[Selection, dict[str, bytes]]:
        """The contribution as a recipe names it, every image parameter with a picture, and these pictures' files."""
        from sfumato.engine import layers

        values, assets = self.values(), {}
        for name, image in self.images().items():
            data = layers.to_file(image)
            values[name] = hashlib.sha256(data).hexdigest()
            assets[str(values[name])] = data
        return Selection(id=self.id, params={**values, **changes}), assets

    def images(self) -> dict[str, sf.Image]:
        """A picture for every image and mask parameter."""
        from sfumato.testing import pictures

        kinds = {spec.id: spec.kind for spec in self.specs}
        made = {name: pictures.picture(self.seed + 1, 64, 64) for name, kind in kinds.items() if kind == "image"}
        return made | {name: pictures.mask(64, 64) for name, kind in kinds.items() if kind == "mask"}

    def studio(self) -> Studio:
        """An engine. Raises Skipped for a contribution that the stand-in cannot serve."""
        from sfumato.testing.studio import Studio

        if families := self.contribution.needs.families:
            raise Skipped(f"works with {', '.join(families)} only, and the kit's model is none of these")
        self.require_models()
        return Studio(self.registry)

    def require_models(self) -> None:
        """Raise Skipped where a model has to be named before it can work."""
        for spec in self.specs:
            if spec.kind == "model" and not (spec.default or self.values().get(spec.id)):
                raise Skipped(f"needs a model; name one with --set {self.id}.{spec.id}=...")


def load(assignment: Assignment, case: Case) -> Subject:
    """The subject of a case. Raises NotFound."""
    points = plugin_source.entry_points(assignment.plugin)
    registry = discover([*plugin_source.everyone_else(assignment.plugin), *points])
    wanted = registry.get(case.kind, case.contribution) if case.contribution else sf.Contribution
    owners = frozenset(point.name if point.dist is None else point.dist.name for point in points)
    return Subject(assignment=assignment, registry=registry, contribution=wanted, owners=owners)
