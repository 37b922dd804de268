"""Checks of families. All but the first need a model, which `--model` names."""

from __future__ import annotations

import itertools
import json
import struct
import tempfile
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path
from types import GeneratorType
from typing import Any, Final

import torch

import sfumato.plugin as sf
from sfumato.testing.check import check
from sfumato.testing.exercise import watched
from sfumato.testing.outcome import Failed, Skipped, require
from sfumato.testing.stand_in import drawn
from sfumato.testing.subject import Subject

_LIMIT_S: Final = 120.0
#: Rows of a batch may differ from the same rows alone by rounding: kernels choose their order by size.
_ROUNDING: Final = 1e-3


@check("family")
def recognises_only_its_own(subject: Subject) -> None:
    """Of a folder or file that is none of its models, or damaged, `describe` says None and raises nothing."""
    kind = _family(subject)
    with tempfile.TemporaryDirectory() as folder:
        for path in _strangers(Path(folder)):
            try:
                card = kind.describe(path)
            except Exception as error:
                raise Failed(f"describe() of {path.name} raised {type(error).__name__}: {error}") from error
            require(card is None, f"describe() of {path.name} said {card}, expected None")


def _strangers(folder: Path) -> list[Path]:
    """Nothing, an empty folder, and files that are empty, text, JSON, cut short or of other weights."""
    header = json.dumps({"a.weight": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}).encode()
    weights = struct.pack("<Q", len(header)) + header + bytes(4)
    files = {
        "empty": b"", "text.txt": b"a wall", "list.json": b"[1]", "object.json": b"{}", "model_index.json": b"{",
        "other.safetensors": weights, "short.safetensors": weights[:12],
    }  # fmt: skip
    for name, data in files.items():
        (folder / name).write_bytes(data)
    (folder / "empty folder").mkdir()
    return [*(folder / name for name in files), folder / "empty folder", folder / "missing"]


@check("family", time_limit_s=_LIMIT_S)
def describes_and_loads_a_model(subject: Subject) -> None:
    """The model's card names the family, and what is loaded has a card, rising noise levels and a device."""
    family = _loaded(subject)
    require(family.card.family == subject.id, f"card names family {family.card.family!r}, expected {subject.id!r}")
    levels = family.sigmas.sigmas
    rising = all(low < high for low, high in itertools.pairwise(levels))
    require(levels[0] > 0 and rising, f"has noise levels {levels[:3]}..., expected positive and rising")
    known = ("epsilon", "v_prediction", "flow", "sample")
    predicts = family.sigmas.prediction_type
    require(predicts in known, f"has prediction type {predicts!r}, expected one of {', '.join(known)}")
    require(isinstance(family.device, torch.device), f"has device {family.device!r}, expected a torch.device")


@check("family", time_limit_s=_LIMIT_S)
def predicts_what_is_under_the_noise(subject: Subject) -> None:
    """Predictions are finite, float32, of the shape of x, the same again, and hardly move what has hardly any noise."""
    family = _loaded(subject)
    call = _call(family, "a wall", family.sigmas.sigma_max)
    noise, found = drawn("noise", tuple(call.x.shape)), torch.zeros_like(call.x)
    for sigma in (family.sigmas.sigma_max, 1.0, family.sigmas.sigma_min):
        call = replace(call, sigma=sigma, x=found + noise * sigma)
        with watched(call.x):
            found, again = family.evaluate([call])[0], family.evaluate([call])[0]
        said = f"predicted {tuple(found.shape)} {found.dtype}, expected {tuple(call.x.shape)} torch.float32"
        require(found.shape == call.x.shape and found.dtype == torch.float32, said)
        require(torch.isfinite(found).all(), f"predicted values that are not finite at sigma {sigma:.3g}")
        require(torch.equal(found, again), f"predicted something else of the same call at sigma {sigma:.3g}")
    away = (found - call.x).abs().mean().item()
    said = f"is {away:.3g} away from x at the lowest noise level {sigma:.3g}; `evaluate` returns denoised latents"
    require(away < 10 * sigma, said)


@check("family", time_limit_s=_LIMIT_S)
def is_the_same_alone_and_in_a_batch(subject: Subject) -> None:
    """Calls with equal batch keys may share a network call, each with a noise level and prompt of its own."""
    family = _loaded(subject)
    texts = dict(zip(("a wall", "moss", ""), family.match_prompts(_prompts(family)), strict=True))
    calls = [_call(family, text, sigma, texts[text]) for text, sigma in zip(texts, (5.0, 1.0, 0.2), strict=True)]
    keys = {family.batch_key(call) for call in calls}
    require(len(keys) == 1, f"has batch keys {keys} for calls that differ in noise level and text, expected one")
    together = family.evaluate(calls)
    for call, row in zip(calls, together, strict=True):
        away = (family.evaluate([call])[0] - row).abs().max().item()
        require(away < _ROUNDING, f"predicted {away:.3g} away from a call alone when it shared a network call")


@check("family", time_limit_s=_LIMIT_S)
def encodes_and_decodes(subject: Subject) -> None:
    """Pixels become latents of `latent_shape`, and latents pixels again, finite and of the right size."""
    family = _loaded(subject)
    size_px = family.card.native_size_px
    pixels = drawn("pixels", (1, 3, size_px, size_px)).clamp(-1, 1)
    with watched(pixels):
        latents = _end_of(family.encode_image(pixels, ""))
    expected = family.latent_shape(size_px, size_px)
    require(tuple(latents.shape) == expected, f"encoded to {tuple(latents.shape)}, expected {expected}")
    back = _end_of(family.decode_latents(latents, ""))
    said = f"decoded to {tuple(back.shape)} of finite values, expected {tuple(pixels.shape)}"
    require(back.shape == pixels.shape and torch.isfinite(back).all(), said)


@check("family", time_limit_s=_LIMIT_S)
def previews(subject: Subject) -> None:
    """A preview is (h, w, 3) uint8, made of a prediction without changing it."""
    family = _loaded(subject)
    denoised = drawn("denoised", family.latent_shape(family.card.native_size_px, family.card.native_size_px))
    with watched(denoised):
        found = family.preview(denoised)
    said = f"previewed {tuple(found.shape)} {found.dtype}, expected (h, w, 3) torch.uint8"
    require(found.ndim == 3 and found.shape[2] == 3 and found.dtype == torch.uint8, said)


@check("family", time_limit_s=_LIMIT_S)
def knows_its_memory(subject: Subject) -> dict[str, float]:
    """`memory` gives whole numbers of bytes by component."""
    held = _loaded(subject).memory()
    wrong = {name: size for name, size in held.items() if not isinstance(size, int) or size < 0}
    require(not wrong, f"gave {wrong}, expected bytes as whole numbers")
    return {"bytes": float(sum(held.values()))}


def _family(subject: Subject) -> type[sf.Family]:
    assert issubclass(subject.contribution, sf.Family)
    return subject.contribution


def _loaded(subject: Subject) -> sf.Family:
    """The family with the model of the assignment. Raises Skipped where none was named."""
    if not subject.assignment.model:
        raise Skipped("needs a model; name a small one with --model PATH")
    path = Path(subject.assignment.model).absolute()
    card = _family(subject).describe(path)
    if card is None:
        raise Failed(f"describe() says that {path.name} is none of its models; name one that is with --model")
    return _family(subject).load(path, card, device="cpu", dtype="float32")


def _prompts(family: sf.Family) -> list[Any]:
    return [_encoded(family, text) for text in ("a wall", "moss", "")]


def _encoded(family: sf.Family, text: str) -> Any:
    given = family.encode_prompt(text)
    return _end_of(given) if isinstance(given, GeneratorType) else given


def _call(family: sf.Family, text: str, sigma: float, prompt: Any = None) -> sf.NetworkCall:
    shape = family.latent_shape(family.card.native_size_px, family.card.native_size_px)
    x = drawn(f"x:{text}", shape) * (1 + sigma**2) ** 0.5
    return sf.NetworkCall(x=x, sigma=sigma, prompt=_encoded(family, text) if prompt is None else prompt)


def _end_of(work: Generator[Any, Any, Any]) -> Any:
    while True:
        try:
            next(work)
        except StopIteration as end:
            return end.value
