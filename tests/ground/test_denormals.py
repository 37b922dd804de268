"""Training flushes denormal numbers and leaves the process as it was."""

import pytest
import torch

from sfumato.ground.denormals import flushed

SMALL = 1e-40


def halved():
    return float(torch.tensor(SMALL) / 2)


def test_they_are_zero_within_alone():
    with flushed():
        within = halved()

    assert within == 0
    assert halved() > 0


def test_they_are_back_after_a_function_that_raises():
    @flushed()
    def learn():
        raise ArithmeticError(halved())

    with pytest.raises(ArithmeticError, match=r"^0\.0$"):
        learn()
    assert halved() > 0
