"""Conditioning: the conditioners of a job at work on its network calls."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch

import sfumato.plugin as sf
from sfumato.engine.blame import Blame
from sfumato.engine.guarded_wraps import guarded

#: The calls of one branch; their predictions are averaged by weight.
Parts = tuple[sf.Part, ...]
#: What came from whom within one step: place, hook and value.
Trail = list[tuple[str, str, Any]]
_OPTIONAL = ("residuals", "wraps", "channels")
_TENSORS = ("x", "prompt", "channels", "residuals")


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditioning:
    """Conditioners in the recipe's order, each with its place in the recipe (`conditioners.0`)."""

    conditioners: tuple[tuple[str, sf.Conditioner], ...]
    family: sf.Family
    blame: Blame

    def parts(self, call: sf.NetworkCall, at: sf.Moment, trail: Trail) -> Parts:
        """What becomes of a branch's call under all conditioners."""
        parts: Parts = (sf.Part(call=call),)
        for place, conditioner in self.conditioners:
            parts = tuple(each for part in parts for each in self._conditioned(place, conditioner, part, at))
            trail.append((place, "condition", parts))
        share = tuple(self._batch_key(place, conditioner, at) for place, conditioner in self.conditioners)
        if all(key is None for key in share):
            return parts
        return tuple(replace(part, call=replace(part.call, share=share)) for part in parts)

    def restrained(self, denoised: torch.Tensor, sigma: float, at: sf.Moment, trail: Trail) -> torch.Tensor:
        """The guided prediction after all conditioners have had their say."""
        for place, conditioner in self.conditioners:
            if type(conditioner).restrain is sf.Conditioner.restrain:
                continue
            with self.blame.on(place, "restrain", at.step_index, {"denoised": denoised}):
                given = conditioner.restrain(denoised, sigma, at)
            self.blame.check_like(denoised, given, place, "restrain", at.step_index)
            trail.append((place, "restrain", given))
            denoised = given
        return denoised

    def check(self, call: sf.NetworkCall, place: str, hook: str, step_index: int) -> None:
        """Raise PluginError, naming the contribution at `place`, for a call that the family does not take."""
        given = {name for name in _OPTIONAL if getattr(call, name) is not None and getattr(call, name) != {}}
        if more := given - self.family.takes:
            said = f"gave {', '.join(sorted(more))}, which family {self.family.card.family} does not take"
            raise self.blame.fault(place, hook, step_index, said)
        if call.wraps and (unknown := call.wraps.keys() - self.family.layers().keys()):
            said = f"wraps layers {sorted(unknown)[:3]}, which model {self.family.card.id} does not have"
            raise self.blame.fault(place, hook, step_index, said)

    def _batch_key(self, place: str, conditioner: sf.Conditioner, at: sf.Moment) -> Hashable:
        if type(conditioner).batch_key is sf.Conditioner.batch_key:
            return None
        with self.blame.on(place, "batch_key", at.step_index):
            key = conditioner.batch_key()
            hash(key)
        return key

    def _conditioned(self, place: str, conditioner: sf.Conditioner, part: sf.Part, at: sf.Moment) -> Iterator[sf.Part]:
        inputs = {name: getattr(part.call, name) for name in _TENSORS}
        with self.blame.on(place, "condition", at.step_index, inputs):
            given = conditioner.condition(part.call, at)
        for each in self._as_parts(given, place, at):
            self.blame.check_like(part.call.x, each.call.x, place, "condition", at.step_index)
            self.check(each.call, place, "condition", at.step_index)
            call = each.call
            if call.wraps:
                call = replace(call, wraps=guarded(call.wraps, place, self.blame, at.step_index))
            yield replace(each, call=call, weight=part.weight * each.weight)

    def _as_parts(self, given: Any, place: str, at: sf.Moment) -> Sequence[sf.Part]:
        if isinstance(given, sf.NetworkCall):
            return (sf.Part(call=given),)
        if isinstance(given, Sequence) and given and all(isinstance(each, sf.Part) for each in given):
            return given
        said = f"returned {given!r:.80}, expected a NetworkCall or a list of Parts"
        raise self.blame.fault(place, "condition", at.step_index, said)


def mixed(parts: Parts, predictions: Sequence[torch.Tensor]) -> torch.Tensor:
    """The weighted mean of the predictions (1, C, h, w)."""
    if len(parts) == 1:
        return predictions[0]
    total = sum(part.weight * prediction for part, prediction in zip(parts, predictions, strict=True))
    weight = torch.as_tensor(sum(part.weight for part in parts)).to(predictions[0])
    mean: torch.Tensor = total / weight.clamp(min=1e-6)
    return mean
