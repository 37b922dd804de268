import pytest

from tests.daemon.house import House


@pytest.fixture
def house(tmp_path):
    return House(tmp_path)


@pytest.fixture
def front(house):
    with house.start() as front:
        yield front


@pytest.fixture(scope="module")
def shared_house(tmp_path_factory):
    return House(tmp_path_factory.mktemp("house"))


@pytest.fixture(scope="module")
def shared_front(shared_house):
    with shared_house.start() as front:
        yield front
