"""The guider keeps every contract, and does what it is for."""

import torch

from sfumato.testing import conformance_tests
from sfumato.testing.templates.guider import Fading

test_conformance = conformance_tests("template-plugin")


def test_guidance_is_weaker_where_there_is_less_noise() -> None:
    """Strength fades with the noise."""
    x = torch.zeros(1, 4, 2, 2)
    denoised = {"positive": x + 1, "negative": x}
    strong, weak = (Fading().combine(denoised, x, sigma, {}).mean().item() for sigma in (10.0, 0.1))

    assert strong > weak > 1
