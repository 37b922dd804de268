"""A request that is refused for a name has the worker look for plugins once; any other refusal does not."""

import pytest

from tests.daemon.house import House, refusal


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    return House(tmp_path_factory.mktemp("house"))


@pytest.fixture(scope="module")
def front(house):
    with house.start() as front:
        front.finished(front.create("a job, so that the catalogue is a worker's").id)
        yield front


@pytest.mark.parametrize(
    ("request_part", "looks"),
    [
        ({"sampler": {"id": "acme.unknown"}}, 1),
        ({"guider": {"params": {"unknown": 1.0}}}, 1),
        ({"guider": {"params": {"scale": 1000.0}}}, 1),
        ({"width_px": 7}, 0),
        ({"guider": {"params": {"scale": 3.0}}, "steps": 0}, 0),
    ],
)
def test_only_names_and_parameters_are_looked_for(house, front, request_part, looks):
    before = len(looks_of(house))
    with refusal():
        front.create("sand", **request_part)

    assert len(looks_of(house)) - before == looks


def test_a_request_that_fits_looks_for_nothing(house, front):
    before = len(looks_of(house))
    front.finished(front.create("sand").id)

    assert len(looks_of(house)) == before


def looks_of(house):
    return [entry for entry in house.diary if entry["event"] == "rescan"]
