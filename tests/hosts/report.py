"""What checks inside a real program found, and what the program printed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The checks by name, each with its value or how it failed; `program` is who printed `said`."""

    program: str
    checks: dict[str, Any]
    said: str

    def __getitem__(self, name: str) -> Any:
        found = self.checks.get(name)
        assert found is not None, f"{name} did not report; {self.program} said:\n{self.said[-4000:]}"
        assert "error" not in found, found["error"]
        return found["value"]

    @property
    def complaints(self) -> list[str]:
        """Lines of trouble that were printed without being told."""
        return [line for line in self.said.splitlines() if self._complains(line)]

    def _complains(self, line: str) -> bool:
        return "Traceback" in line
