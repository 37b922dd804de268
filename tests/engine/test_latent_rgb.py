import pytest
import torch
from torch.nn import functional as F

from sfumato.engine.families.latent_rgb import STABLE_DIFFUSION, LatentRgb

FACTORS = torch.tensor([[0.1, 0.2, 0.3], [-0.3, 0.0, 0.1]])
BIAS = torch.tensor([0.5, 0.0, -0.5])


class LinearCodec:
    """Decodes each latent to a patch of 8x8 pixels of one colour."""

    device, factor = torch.device("cpu"), 8

    def decode(self, latents, tile):
        yield
        colours = latents[0].permute(1, 2, 0) @ FACTORS + BIAS
        return F.interpolate(colours.permute(2, 0, 1)[None], scale_factor=8)


def test_the_fit_finds_a_linear_map():
    fitted = LatentRgb.fitted(LinearCodec(), 2)
    torch.testing.assert_close(fitted.factors, FACTORS)
    torch.testing.assert_close(fitted.bias, BIAS)


def test_the_middle_of_the_range_is_grey_and_the_ends_are_clipped():
    latents = torch.zeros(1, 4, 1, 3)
    latents[0, :, 0, 1], latents[0, :, 0, 2] = torch.tensor([9, 9, -9, -9]), torch.tensor([-9, -9, 9, 9])
    picture = STABLE_DIFFUSION.picture(latents)
    assert picture.dtype == torch.uint8
    assert picture[0, 0].tolist() == [128, 128, 128]
    assert picture[0, 1].tolist() == [255, 255, 255]
    assert picture[0, 2].tolist() == [0, 0, 0]


def test_stated_factors_come_from_json():
    stated = LatentRgb.stated({"factors": FACTORS.tolist(), "bias": BIAS.tolist()})
    assert torch.equal(stated.factors, FACTORS)
    assert stated.bias.tolist() == pytest.approx([0.5, 0.0, -0.5])
