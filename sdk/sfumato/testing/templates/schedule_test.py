"""The schedule keeps every contract, and does what it is for."""

from sfumato.testing import conformance_tests
from sfumato.testing.stand_in import stable_diffusion
from sfumato.testing.templates.schedule import Bent, BentParams

test_conformance = conformance_tests("template-plugin")


def test_more_bend_stays_higher_for_longer() -> None:
    """The bend is what keeps levels high."""
    plain, bent = (Bent(BentParams(bend=bend)).sigmas(10, stable_diffusion()) for bend in (1.0, 3.0))

    assert all(high > low for high, low in zip(bent[1:9], plain[1:9], strict=True))
