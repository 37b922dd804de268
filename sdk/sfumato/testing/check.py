"""A check: a function whose docstring describes it, with a name, the kind that it is for and a time limit."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from sfumato.testing.subject import Subject

#: Returns what it measured, or nothing; raises Failed, Skipped or Warned. Anything else that it raises is a failure.
Body = Callable[["Subject"], Mapping[str, float] | None]

#: The kind of checks that are for every contribution, and of those that are for the plugin as a whole.
EVERY, PLUGIN = "contribution", "plugin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One check. `kind` is that of the contributions it is for, or EVERY, or PLUGIN."""

    name: str
    kind: str
    description: str
    time_limit_s: float
    body: Body
    bare: bool = False

    def is_for(self, kind: str) -> bool:
        """Whether contributions of this kind get it."""
        return self.kind in (kind, EVERY)


#: All checks by name, in the order in which they are run. `sfumato.testing.checks` fills it.
CHECKS: Final[dict[str, Check]] = {}


def check(*kinds: str, name: str = "", time_limit_s: float = 60.0, bare: bool = False) -> Callable[[Body], Body]:
    """Make a check of a function: `sampler.leaves-inputs-alone` of `leaves_inputs_alone`, or of another `name`."""

    def made(body: Body) -> Body:
        for kind in kinds:
            full = f"{kind}.{name or body.__name__.replace('_', '-')}"
            description = " ".join((inspect.getdoc(body) or "").split())
            assert full not in CHECKS, full
            CHECKS[full] = Check(
                name=full, kind=kind, description=description, time_limit_s=time_limit_s, body=body, bare=bare
            )
        return body

    return made
