"""What the border changes in a request, and tells: parameters that a plugin has renamed since the recipe was made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sfumato.catalogue import ContributionCard
from sfumato.errors import Violation


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjustment:
    """Something that was changed for the client: the path of the field, what was done to it and why."""

    field: str
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Remarks:
    """What there is to say about a request: what is wrong with it, and what was put right."""

    problems: list[Violation] = field(default_factory=list)
    adjustments: list[Adjustment] = field(default_factory=list)

    def renamed(self, path: str, card: ContributionCard, params: Mapping[str, Any]) -> dict[str, Any]:
        """The parameters under the names that they have now; one that is given under both names is a problem."""
        successors = {spec.renamed_from: spec.id for spec in card.parameters if spec.renamed_from}
        present = dict(params)
        for old, new in successors.items():
            if old not in params:
                continue
            if new in params:
                said = f"got it beside {new!r}, as which {card.id} knows it now; send {new!r} alone"
                self.problems.append(Violation(field=f"{path}.params.{old}", description=said))
            else:
                said = f"{card.id} calls it {new!r} now, and got its value under that name"
                self.adjustments.append(Adjustment(field=f"{path}.params.{old}", description=said))
                present[new] = present.pop(old)
        return present
