"""One line in a plugin's tests: every check of the kit as a test of pytest."""

from __future__ import annotations

import atexit
import json
import warnings
from collections.abc import Callable, Mapping
from dataclasses import asdict
from functools import cache

from sfumato.parameters import Value
from sfumato.testing.case import Assignment, Case
from sfumato.testing.inspection import Inspection
from sfumato.testing.outcome import Verdict


class ConformanceWarning(UserWarning):
    """A check warned. pytest lists it, and with `-W error` it fails the test."""


def conformance_tests(
    plugin: str,
    *,
    kind: str = "",
    seed: int = 0,
    settings: Mapping[str, Mapping[str, Value]] | None = None,
    model: str = "",
) -> Callable[..., None]:
    """A test function with one case for each check of the installed distribution or one-file plugin.

    `kind` leaves out the contributions of others, `settings` gives parameters by contribution id (the path of a
    model that it cannot do without), `model` is a small model for the checks of families. Raises NotFound where
    there is no such plugin.
    """
    import pytest

    assignment = Assignment(plugin=str(plugin), seed=seed, settings=settings or {}, model=str(model))
    inspection = _at_hand(json.dumps(asdict(assignment), sort_keys=True))

    @pytest.mark.parametrize("case", inspection.cases(kind), ids=lambda case: case.name)
    def test_conformance(case: Case) -> None:
        report(inspection.try_case(case))

    return test_conformance


def report(verdict: Verdict) -> None:
    """Tell pytest of a verdict."""
    import pytest

    said = f"{verdict.case.name}: {verdict.said}"
    if verdict.outcome == "skipped":
        pytest.skip(said)
    if verdict.outcome == "warned":
        warnings.warn(ConformanceWarning(said), stacklevel=2)
    if verdict.bad:
        printed = f"\n\nIt printed:\n{verdict.printed}" if verdict.printed else ""
        pytest.fail(f"{verdict.outcome}: {said}\n\n{verdict.case.description}{printed}", pytrace=False)


@cache
def _at_hand(assignment: str) -> Inspection:
    """One inspection for all tests of an assignment, which comes as JSON, until pytest ends."""
    inspection = Inspection(Assignment(**json.loads(assignment)))
    inspection.__enter__()
    atexit.register(inspection.__exit__, None, None, None)
    return inspection
