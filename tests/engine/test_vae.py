import pytest
import torch
from diffusers import UNet2DConditionModel
from torch.nn import functional as F
from torch.utils.flop_counter import FlopCounterMode

from sfumato.engine.families.vae import PixelCodec
from sfumato.testing.families import result
from sfumato.testing.tiny_models import tiny_vae
from tests.engine.families import counted

#: For the VAE of two levels below: room for windows of 32 latent cells, each 2 pixels wide in 32 channels of 4 bytes.
WINDOWED = 32**2 * 2**2 * 32 * 4
FOLDED = {"in_channels": 192, "out_channels": 192, "latent_channels": 16, "block_out_channels": (32,)}


@pytest.fixture(scope="module")
def vae():
    torch.manual_seed(0)
    return tiny_vae(shift_factor=0.1, scaling_factor=0.5)


@pytest.fixture(scope="module")
def codec(vae):
    return PixelCodec(vae)


@pytest.fixture(scope="module")
def shallow():
    """Pixels per cell: 2. Windows and wrapping cost a sixteenth of what they would with the real 8."""
    torch.manual_seed(0)
    return tiny_vae(block_out_channels=(32, 32))


def pixels(height, width):
    return torch.rand(1, 3, height, width, generator=torch.Generator().manual_seed(1)) * 2 - 1


def latents(height, width, channels=4):
    return torch.randn(1, channels, height, width, generator=torch.Generator().manual_seed(1))


@torch.no_grad()
def test_encoding_equals_diffusers_bit_by_bit(vae, codec):
    picture = pixels(72, 64)
    expected = (vae.encode(picture).latent_dist.mode() - 0.1) * 0.5
    assert torch.equal(result(codec.encode(picture, "")), expected)


@torch.no_grad()
def test_decoding_equals_diffusers_bit_by_bit(vae, codec):
    drawn = latents(9, 8)
    expected = vae.decode(drawn / 0.5 + 0.1).sample.clamp(-1, 1)
    assert torch.equal(result(codec.decode(drawn, "")), expected)


@torch.no_grad()
def test_folded_pixels_go_through_channels():
    torch.manual_seed(0)
    vae = tiny_vae(**FOLDED)
    codec = PixelCodec(vae)
    picture, drawn = pixels(64, 48), latents(8, 6, 16)
    encoded = vae.encode(F.pixel_unshuffle(picture, 8)).latent_dist.mode() * vae.config.scaling_factor
    decoded = F.pixel_shuffle(vae.decode(drawn / vae.config.scaling_factor).sample, 8).clamp(-1, 1)
    assert codec.factor == 8
    assert torch.equal(result(codec.encode(picture, "")), encoded)
    assert torch.equal(result(codec.decode(drawn, "")), decoded)


@pytest.mark.parametrize("tile", ["x", "y", "xy"])
def test_tileable_decoding_wraps_around(codec, tile):
    """Latents rolled by k cells decode to the picture rolled by 8 k pixels."""
    drawn = latents(10, 12)
    rows, columns = 3 * ("y" in tile), 5 * ("x" in tile)
    rolled = result(codec.decode(drawn.roll((rows, columns), (2, 3)), tile))
    expected = result(codec.decode(drawn, tile)).roll((8 * rows, 8 * columns), (2, 3))
    torch.testing.assert_close(rolled, expected, atol=1e-4, rtol=0)


@pytest.mark.parametrize("tile", ["x", "y", "xy"])
def test_tileable_encoding_wraps_around(codec, tile):
    picture = pixels(80, 96)
    rows, columns = 3 * ("y" in tile), 5 * ("x" in tile)
    rolled = result(codec.encode(picture.roll((8 * rows, 8 * columns), (2, 3)), tile))
    expected = result(codec.encode(picture, tile)).roll((rows, columns), (2, 3))
    torch.testing.assert_close(rolled, expected, atol=1e-4, rtol=0)


def test_an_axis_without_tiling_does_not_wrap(codec):
    drawn = latents(8, 8)
    first = result(codec.decode(drawn, "x"))
    second = result(codec.decode(drawn.roll(4, 2), "x")).roll(-32, 2)
    assert (first - second).abs().max() > 0.01


@pytest.mark.parametrize("tile", ["", "x", "xy"])
def test_windows_agree_with_the_whole_and_leave_no_seam(shallow, tile):
    """GroupNorm and attention see a window instead of the whole. That shifts tones, and draws no line anywhere.

    At 4 % of the picture's deviation with these windows of 32 cells, 1 % with 64; SD's have 128.
    """
    whole, windowed = PixelCodec(shallow), PixelCodec(shallow, activation_bytes=WINDOWED)
    drawn = latents(40, 56)
    expected, actual = result(whole.decode(drawn, tile)), result(windowed.decode(drawn, tile))
    error = (actual - expected)[0]
    assert 0 < error.abs().mean() < 0.05 * expected.std()
    for axis in (1, 2):
        lines = error.diff(dim=axis).abs().mean(dim=(0, 3 - axis))
        interior = expected[0].diff(dim=axis).abs().mean()
        assert lines.max() < 0.1 * interior


@pytest.mark.parametrize("tile", ["", "x", "xy"])
def test_encoding_in_windows_agrees_with_the_whole(shallow, tile):
    whole, windowed = PixelCodec(shallow), PixelCodec(shallow, activation_bytes=WINDOWED)
    picture = pixels(80, 112)
    expected, actual = result(whole.encode(picture, tile)), result(windowed.encode(picture, tile))
    assert 0 < (actual - expected).abs().mean() < 0.1 * expected.std()


@pytest.mark.parametrize(("tile", "rows", "columns"), [("x", 0, 16), ("y", 16, 0), ("xy", 16, 16)])
def test_windows_of_a_tileable_picture_go_around_its_end(shallow, tile, rows, columns):
    """Windows start every 16 cells, so that rolling by as many maps windows on windows."""
    codec = PixelCodec(shallow, activation_bytes=WINDOWED)
    drawn = latents(48, 48)
    rolled = result(codec.decode(drawn.roll((rows, columns), (2, 3)), tile))
    expected = result(codec.decode(drawn, tile)).roll((2 * rows, 2 * columns), (2, 3))
    torch.testing.assert_close(rolled, expected, atol=1e-4, rtol=0)


def test_work_pauses_between_layers(codec):
    _, pauses = counted(codec.decode(latents(8, 8), ""))
    assert pauses == 15
    _, pauses = counted(codec.encode(pixels(64, 64), ""))
    assert pauses == 11


def test_leaving_a_generator_leaves_nothing_behind(vae, codec):
    drawn = latents(8, 8)
    before = result(codec.decode(drawn, ""))
    work = codec.decode(drawn, "xy")
    next(work)
    work.close()
    assert torch.equal(result(codec.decode(drawn, "")), before)


def test_no_piece_costs_as_much_as_an_evaluation():
    """Counted in operations, for the networks of Stable Diffusion 1.5 at 256 pixels, where the share is largest."""
    with torch.device("meta"):
        codec = PixelCodec(tiny_vae(block_out_channels=(128, 256, 512, 512), layers_per_block=2))
        unet = UNet2DConditionModel(cross_attention_dim=768, attention_head_dim=8)
        drawn, timestep, prompt = torch.zeros(1, 4, 32, 32), torch.zeros(1), torch.zeros(1, 77, 768)
        picture = torch.zeros(1, 3, 256, 256)
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        unet(drawn, timestep, prompt)
    evaluation = counter.get_total_flops()
    for work in (codec.decode(drawn, ""), codec.encode(picture, "")):
        assert max(_costs(work)) < 0.44 * evaluation


def _costs(work):
    while True:
        with FlopCounterMode(display=False) as counter:
            if next(work, "done") == "done":
                return
        yield counter.get_total_flops()


def test_a_megapixel_needs_no_windows():
    """The widest activation of Stable Diffusion's VAE is then 1 GiB."""
    with torch.device("meta"):
        codec = PixelCodec(tiny_vae(block_out_channels=(128, 256, 512, 512)))
        _, pauses = counted(codec.decode(torch.zeros(1, 4, 128, 128), ""))
        _, more = counted(codec.decode(torch.zeros(1, 4, 129, 128), ""))
    assert (pauses, more) == (15, 30)
