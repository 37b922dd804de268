"""The sampler keeps every contract, and does what it is for."""

import torch

from sfumato.testing import conformance_tests
from sfumato.testing.driving import run
from sfumato.testing.templates.sampler import Midpoint

test_conformance = conformance_tests("template-plugin")


def test_data_that_are_one_point_are_reached_exactly() -> None:
    """Where every prediction is the same point, no step can miss it."""
    point = torch.full((1, 4, 2, 2), 0.3)
    found = run(Midpoint(), lambda x, sigma: point, point + 10.0, [10.0, 4.0, 1.0, 0.0])

    assert torch.allclose(found, point)
