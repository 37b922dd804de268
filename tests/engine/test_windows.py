from itertools import pairwise

import pytest
import torch

from sfumato.engine.families.windows import Window, cut, shares

AXES = [(total, wraps) for total in (33, 40, 41, 64, 200) for wraps in (False, True)]


def test_what_fits_is_one_window():
    assert cut(32, 32, 8, wraps=True) == [Window(start=0, length=32, total=32)]


@pytest.mark.parametrize(("total", "wraps"), AXES)
def test_windows_cover_the_axis_and_overlap(total, wraps):
    windows = cut(total, 32, 8, wraps=wraps)
    covered = torch.zeros(total)
    for window in windows:
        covered[window.indices(1)] += 1
    assert covered.min() >= 1
    starts = [window.start for window in windows] + ([total] if wraps else [])
    assert all(later - first <= 32 - 8 for first, later in pairwise(starts))
    assert wraps or (windows[0].start, windows[-1].start) == (0, total - 32)


@pytest.mark.parametrize(("total", "wraps"), AXES)
@pytest.mark.parametrize("cell", [1, 8])
def test_shares_add_up_to_one_and_fade_at_borders(total, wraps, cell):
    windows = cut(total, 32, 8, wraps=wraps)
    found = shares(windows, 8, cell)
    summed = torch.zeros(total * cell)
    for window, share in zip(windows, found, strict=True):
        summed[window.indices(cell)] += share
    torch.testing.assert_close(summed, torch.ones(total * cell))
    inner = found[1:] if not wraps else found
    assert all(share[0] < 0.12 for share in inner)


def test_a_wrapping_window_goes_around_the_end():
    assert Window(start=3, length=2, total=4).indices(2).tolist() == [6, 7, 0, 1]
