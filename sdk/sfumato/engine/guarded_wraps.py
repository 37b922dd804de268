"""Wraps under guard: what a plugin puts around layers runs inside the family's call, and is not the family's doing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import sfumato.plugin as sf
from sfumato.engine.blame import Blame


@dataclass(frozen=True, slots=True)
class GuardedWrap:
    """A wrap of the contribution at `place`. Equal to others around the same function, so that calls may still meet."""

    wrap: sf.Wrap
    place: str
    blame: Blame = field(compare=False)
    step_index: int = field(compare=False)

    def __call__(self, *given: Any) -> Any:
        """What the wrap returns. Raises PluginError, and what the network inside it raises."""
        with self.blame.around(self.place, "wraps", self.step_index):
            return self.wrap(*given)


def guarded(wraps: Mapping[str, sf.Wrap], place: str, blame: Blame, step_index: int) -> dict[str, sf.Wrap]:
    """The wraps by layer; those that are guarded already stay with whoever gave them."""
    return {
        layer: wrap if isinstance(wrap, GuardedWrap) else GuardedWrap(wrap, place, blame, step_index)
        for layer, wrap in wraps.items()
    }
