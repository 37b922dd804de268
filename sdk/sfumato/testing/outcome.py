"""What can come of a check."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from sfumato.testing.case import Case

#: `passed`: the contract holds. `failed`: it is broken. `skipped`: the check does not apply, or could not be made.
#: `warned`: nothing is broken, but users would be better off otherwise. `crashed`: the process died or was hung.
OUTCOMES: Final = ("passed", "failed", "skipped", "warned", "crashed")


class Failed(Exception):
    """The contract is broken; the message says what came and what was expected."""


class Skipped(Exception):
    """The check does not apply; the message says why, and what would make it apply."""


class Warned(Exception):
    """Something that no contract forbids, but should be otherwise; `figures` were measured before."""

    def __init__(self, said: str, **figures: float) -> None:
        super().__init__(said)
        self.figures = figures


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """How a case ended. `figures` are what was measured; `printed` is the end of what the plugin printed."""

    case: Case
    outcome: str
    said: str = ""
    elapsed_s: float = 0.0
    figures: Mapping[str, float] = field(default_factory=dict)
    printed: str = ""

    @property
    def bad(self) -> bool:
        """Whether the plugin should not be published like this."""
        return self.outcome in ("failed", "crashed")

    def to_json(self) -> dict[str, Any]:
        """Plain data; `from_json` is its inverse."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Verdict:
        """The inverse of `to_json`."""
        return cls(**{**data, "case": Case(**data["case"])})


def require(holds: object, said: str) -> None:
    """Raise Failed with `said` unless it holds."""
    if not holds:
        raise Failed(said)
