"""The conditioner keeps every contract, and does what it is for."""

import torch

import sfumato.plugin as sf
from sfumato.testing import conformance_tests
from sfumato.testing.templates.conditioner import Calm

test_conformance = conformance_tests("template-plugin")


def test_it_lets_go_step_by_step() -> None:
    """Contrast comes back as steps go on."""
    denoised = torch.linspace(-1, 1, 64).reshape(1, 4, 4, 4)
    moments = (sf.Moment(branch="", prompt="", step_index=index, step_count=10) for index in (0, 9))
    first, last = (Calm().restrain(denoised, 1.0, at).std() for at in moments)

    assert first < last < denoised.std()
