from concurrent.futures import ThreadPoolExecutor

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from sfumato.engine.families.tiling import CircularPadding

PICTURE = torch.randn(2, 3, 10, 12, generator=torch.Generator().manual_seed(0))


@pytest.fixture(scope="module")
def plain():
    torch.manual_seed(0)
    return nn.Conv2d(3, 4, 3, padding=1).requires_grad_(False)


@pytest.fixture(scope="module")
def circular(plain):
    found = nn.Conv2d(3, 4, 3, padding=1, padding_mode="circular").requires_grad_(False)
    found.load_state_dict(plain.state_dict())
    return found


def test_both_axes_equal_torch_s_own_circular_padding(plain, circular):
    with CircularPadding("xy"):
        assert torch.equal(plain(PICTURE), circular(PICTURE))


@pytest.mark.parametrize(("tile", "axis"), [("x", 3), ("y", 2)])
def test_one_axis_wraps_and_the_other_is_padded_with_zeros(plain, circular, tile, axis):
    with CircularPadding(tile):
        actual = plain(PICTURE)
    inside = (slice(None), slice(None), *(slice(1, -1) if a != axis else slice(None) for a in (2, 3)))
    torch.testing.assert_close(actual[inside], circular(PICTURE)[inside])
    edge = (slice(None), slice(None), *(0 if a != axis else slice(1, -1) for a in (2, 3)))
    torch.testing.assert_close(actual[edge], plain(PICTURE)[edge])


def test_padding_by_hand_wraps_too():
    padded = F.pad(PICTURE, (0, 1, 0, 1), mode="circular")
    with CircularPadding("xy"):
        assert torch.equal(F.pad(PICTURE, (0, 1, 0, 1), mode="constant", value=0), padded)
    with CircularPadding("y"):
        actual = F.pad(PICTURE, (0, 1, 0, 1))
    assert torch.equal(actual[..., :-1], padded[..., :-1])
    assert not actual[..., -1].any()


def test_a_stride_and_no_padding_are_left_as_they_are():
    strided = nn.Conv2d(3, 4, 3, stride=2, padding=1)
    pointwise = nn.Conv2d(3, 4, 1)
    with torch.no_grad(), CircularPadding("xy"):
        assert strided(PICTURE).shape == (2, 4, 5, 6)
        actual = pointwise(PICTURE)
    assert torch.equal(actual, pointwise(PICTURE))


def test_other_threads_and_what_comes_after_see_zeros(plain):
    before = plain(PICTURE)
    with ThreadPoolExecutor(1) as pool, CircularPadding("xy"):
        assert torch.equal(pool.submit(plain, PICTURE).result(), before)
    assert torch.equal(plain(PICTURE), before)


def test_an_error_inside_ends_it(plain):
    before = plain(PICTURE)
    with pytest.raises(RuntimeError), CircularPadding("xy"):
        plain(PICTURE[:, :2])
    assert torch.equal(plain(PICTURE), before)
