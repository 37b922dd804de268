"""The family keeps every contract, and does what it is for."""

from pathlib import Path

from sfumato.testing import conformance_tests
from sfumato.testing.templates.family import Gaussian

TINY = Path(__file__).with_name("tiny.gaussian.json")

test_conformance = conformance_tests("template-plugin", model=str(TINY))


def test_a_longer_prompt_is_brighter() -> None:
    """The prompt moves the mean."""
    card = Gaussian.describe(TINY)
    assert card is not None
    model = Gaussian.load(TINY, card, device="cpu", dtype="float32")

    assert model.encode_prompt("a bright cloud") > model.encode_prompt("")
