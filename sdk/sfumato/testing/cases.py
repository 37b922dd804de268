"""The cases of a plugin: every check that applies to it or to one of its contributions."""

from __future__ import annotations

from collections.abc import Iterator

from sfumato.testing.case import Case
from sfumato.testing.check import CHECKS, PLUGIN, Check
from sfumato.testing.checks import (  # noqa: F401 - importing them is what fills CHECKS
    common,
    conditioner,
    described,
    family,
    guider,
    order,
    overhead,
    params,
    plugin,
    processor,
    sampler,
    schedule,
)
from sfumato.testing.subject import Subject


def cases_of(subject: Subject) -> Iterator[Case]:
    """The plugin's own cases, then those of each contribution."""
    for check in CHECKS.values():
        if check.kind == PLUGIN:
            yield _case(check, "", "")
    for kind, contribution in subject.contributions:
        for check in CHECKS.values():
            if check.is_for(kind):
                yield _case(check, kind, contribution)


def _case(check: Check, kind: str, contribution: str) -> Case:
    return Case(
        check=check.name,
        kind=kind,
        contribution=contribution,
        description=check.description,
        time_limit_s=check.time_limit_s,
        bare=check.bare,
    )
