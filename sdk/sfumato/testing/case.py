"""What is to be tried: a plugin, and one check of one of its contributions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sfumato.parameters import Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """What to check: a plugin by DIST_OR_FILE, with `settings` by contribution id, and a model for its families."""

    plugin: str
    seed: int = 0
    settings: Mapping[str, Mapping[str, Value]] = field(default_factory=dict)
    model: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One check of one contribution; of the plugin as a whole where `kind` and `contribution` are empty."""

    check: str
    kind: str = ""
    contribution: str = ""
    description: str = ""
    time_limit_s: float = 60.0
    #: Whether it needs a process in which nothing has been imported yet.
    bare: bool = False

    @property
    def name(self) -> str:
        """`acme.swirl: sampler.resumes`, or `plugin.loads`."""
        return f"{self.contribution}: {self.check}" if self.contribution else self.check
