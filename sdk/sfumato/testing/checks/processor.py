"""Checks of preprocessors and post-processors, on pictures of several sizes and forms."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Final

import numpy as np
import torch

import sfumato.plugin as sf
from sfumato.testing.check import check
from sfumato.testing.exercise import processed, watched, work_of
from sfumato.testing.outcome import Failed, Skipped, Warned, require
from sfumato.testing.pictures import picture
from sfumato.testing.subject import Subject

_PRE, _POST = "preprocessor", "post-processor"
_SIZES: Final = ((64, 48), (33, 71), (96, 96))
#: Who works longer than this has to ask now and then whether the work is still wanted.
_LONG_S: Final = 0.25


def _pictures(subject: Subject, *channels: int) -> Iterator[sf.Image]:
    for count in channels:
        for width_px, height_px in _SIZES:
            yield picture(subject.seed, width_px, height_px, count)


def _form(image: sf.Image) -> str:
    return f"{image.width_px}x{image.height_px} with {image.pixels.shape[2]} channels"


@check(_PRE, _POST)
def takes_any_picture(subject: Subject) -> None:
    """Grey, RGB and RGBA pictures of any size become Images: float32, finite, 0 to 1."""
    for image in _pictures(subject, 1, 3, 4):
        for layer in processed(subject, image):
            low, high = float(layer.pixels.min()), float(layer.pixels.max())
            said = f"made values from {low:.3g} to {high:.3g} of a picture of {_form(image)}, expected 0 to 1"
            require(low >= 0 and high <= 1, said)


@check(_PRE, _POST)
def keeps_size(subject: Subject) -> None:
    """The result is as large as the picture, unless it says `keeps_size = False`."""
    if not getattr(subject.contribution, "keeps_size", True):
        raise Skipped("does not claim to keep the size")
    for image in _pictures(subject, 3):
        made = processed(subject, image)[0]
        said = f"made {made.width_px}x{made.height_px} of {image.width_px}x{image.height_px}, expected the same size"
        require((made.width_px, made.height_px) == (image.width_px, image.height_px), said)


@check(_PRE)
def makes_a_map(subject: Subject) -> None:
    """The control map has 1 or 3 channels."""
    for image in _pictures(subject, 3, 4):
        channels = processed(subject, image)[0].pixels.shape[2]
        require(channels in (1, 3), f"made a map of {channels} channels, expected 1 or 3")


@check(_POST)
def keeps_alpha(subject: Subject) -> None:
    """The opacity of a picture with alpha stays as it is, unless it says `keeps_alpha = False`."""
    if not getattr(subject.contribution, "keeps_alpha", True):
        raise Skipped("does not claim to keep alpha")
    for image in _pictures(subject, 4):
        made = processed(subject, image)[0]
        require(made.has_alpha, f"made {_form(made)} of {_form(image)}, expected alpha to be kept")
        if made.pixels.shape == image.pixels.shape:
            away = float(np.abs(made.pixels[..., 3] - image.pixels[..., 3]).max())
            require(away == 0, f"changed alpha by {away:.3g}, expected it to stay; or say `keeps_alpha = False`")


@check(_POST)
def keeps_unmasked(subject: Subject) -> None:
    """Pixels outside the job's mask stay bit for bit, if it says `keeps_unmasked = True`."""
    if not getattr(subject.contribution, "keeps_unmasked", False):
        raise Skipped("does not claim to keep what is outside the mask")
    for image in _pictures(subject, 3, 4):
        work = work_of(subject, image)
        assert work.mask is not None
        made, outside = processed(subject, image, work=work)[0], work.mask.pixels[..., 0] == 0
        require(made.pixels.shape == image.pixels.shape, f"made {_form(made)} of {_form(image)}")
        changed = int((made.pixels != image.pixels).any(2)[outside].sum())
        require(changed == 0, f"changed {changed} of {int(outside.sum())} pixels outside the mask")


@check(_PRE, _POST)
def leaves_inputs_alone(subject: Subject) -> None:
    """It changes no picture that it is given in place."""
    for image in _pictures(subject, 3, 4):
        work = work_of(subject, image)
        given = [image, *work.images.values(), *([work.mask] if work.mask else [])]
        with watched(*(torch.from_numpy(each.pixels) for each in given)):
            processed(subject, image, work=work)


@check(_PRE, _POST)
def can_be_cancelled(subject: Subject) -> dict[str, float]:
    """When the job is cancelled, it ends at its next progress() call; and it calls it if its work takes long."""
    image = picture(subject.seed)
    work = work_of(subject, image)
    started = time.monotonic()
    processed(subject, image, work=work)
    took_s, calls = time.monotonic() - started, len(work.shares)
    wrong = [share for share in work.shares if not 0 <= share <= 1]
    require(not wrong, f"told of progress {wrong[:3]}, expected shares from 0 to 1")
    for at in {0, calls // 2, calls - 1} if calls else ():
        _cancel(subject, image, at)
    if not calls and took_s > _LONG_S:
        raise Warned(f"worked {took_s:.1f} s without a call of work.progress(), where it could be cancelled")
    return {"progress_calls": calls}


def _cancel(subject: Subject, image: sf.Image, at: int) -> None:
    try:
        processed(subject, image, work=work_of(subject, image, cancel_at=at))
    except sf.JobCancelled:
        return
    raise Failed(f"went on after progress() call {at + 1} raised JobCancelled; let it pass")
