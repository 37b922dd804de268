"""What the package and the client promise under which name."""

import pytest

import sfumato
from sfumato import client


@pytest.mark.parametrize("module", [sfumato, client], ids=lambda module: module.__name__)
def test_every_promised_name_is_there_and_sorted(module):
    assert module.__all__ == sorted(module.__all__)
    assert all(getattr(module, name) is not None for name in module.__all__)


@pytest.mark.parametrize("module", [sfumato, client], ids=lambda module: module.__name__)
def test_a_name_that_is_not_there_is_an_attribute_error(module):
    with pytest.raises(AttributeError, match="has no attribute 'paint'"):
        module.paint  # noqa: B018


def test_the_version_is_that_of_the_distribution():
    from importlib.metadata import version

    assert sfumato.__version__ == version("sfumato")
