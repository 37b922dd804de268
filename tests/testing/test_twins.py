"""Every check can fail: each has a broken twin of its kind, and finds it."""

from functools import cache

import pytest

from sfumato.testing import Assignment, Case, Inspection
from sfumato.testing.cases import CHECKS
from tests.testing.twins import BROKEN, TINY, TWINS, WARNED


@cache
def inspection(file):
    """A warden for one file of broken twins."""
    opened = Inspection(Assignment(plugin=str(BROKEN / f"{file}.py"), model=str(TINY)))
    return opened.__enter__()


@pytest.fixture(scope="module", autouse=True)
def wardens():
    yield
    for file in {file for file, _, _ in TWINS.values()}:
        inspection(file).__exit__(None, None, None)


def case_of(check, contribution):
    made = CHECKS[check]
    kind = check.partition(".")[0]
    kind = {"plugin": "", "contribution": "sampler"}.get(kind, kind)
    return Case(check=check, kind=kind, contribution=contribution, bare=made.bare)


def test_every_check_has_a_twin():
    assert set(TWINS) == set(CHECKS)


@pytest.mark.parametrize("check", TWINS)
def test_a_check_finds_its_twin(check):
    file, contribution, said = TWINS[check]
    verdict = inspection(file).try_case(case_of(check, contribution))

    assert (verdict.outcome, verdict.said) == ("warned" if check in WARNED else "failed", verdict.said)
    assert said in verdict.said


def test_every_check_is_described_in_one_sentence():
    assert all(check.description.endswith(".") and check.time_limit_s > 0 for check in CHECKS.values())
