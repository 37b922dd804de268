"""The stepper: evaluates what trajectories want, those of several jobs in one network call where that is allowed."""

from __future__ import annotations

from collections.abc import Generator, Hashable, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from typing import TypeVar

import torch

import sfumato.plugin as sf
from sfumato.engine.blame import Blame
from sfumato.engine.trajectory import Calls, Walk

#: The predictions for a request, by trajectory.
Answer = list[Sequence[torch.Tensor]]
Y = TypeVar("Y")
S = TypeVar("S")
Abreast = Generator[tuple[Calls, ...], Answer, None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What one job wants evaluated next: the calls of each of its live trajectories."""

    family: sf.Family
    trajectories: tuple[Calls, ...]
    blame: Blame
    step_index: int

    def may_join(self, other: Request) -> bool:
        """Whether both may share a network call."""
        return self.family is other.family and self._batch_keys() == other._batch_keys()

    def _batch_keys(self) -> list[Hashable]:
        return [_batch_key(self.family, call) for call in self.trajectories[0]]


def abreast(walks: Sequence[Walk]) -> Abreast:
    """Several walks as one, which wants the next evaluation of all that have not arrived."""
    answers: dict[Walk, Sequence[torch.Tensor] | None] = dict.fromkeys(walks)
    with ExitStack() as ending:
        for walk in walks:
            ending.enter_context(closing(walk))
        while answers:
            wanted = [(walk, calls) for walk, answer in answers.items() if (calls := resume(walk, answer))]
            predictions = (yield tuple(calls for _, calls in wanted)) if wanted else []
            answers = {walk: answer for (walk, _), answer in zip(wanted, predictions, strict=True)}


def resume(generator: Generator[Y, S, None], answer: S | None) -> Y | None:
    """What the generator yields next, begun with None, then sent an answer to each; None at its end."""
    try:
        return next(generator) if answer is None else generator.send(answer)
    except StopIteration:
        return None


def evaluate(requests: Sequence[Request]) -> list[Answer]:
    """The predictions for each request, by trajectory; one network call where all branches have one batch key.

    Raises whatever the family raises, as an error that names it.
    """
    leader = requests[0]
    calls = [call for request in requests for own in request.trajectories for call in own]
    with leader.blame.on("family", "evaluate", leader.step_index):
        predictions = _by_batch_key(leader.family, calls)
        for call, prediction in zip(calls, predictions, strict=True):
            leader.blame.check_like(call.x, prediction, "family", "evaluate", leader.step_index)
    # What a family made in inference mode has no count of the changes in place that others must not make.
    rest = iter([each.clone() if each.is_inference() else each for each in predictions])
    return [[[next(rest) for _ in own] for own in request.trajectories] for request in requests]


def _by_batch_key(family: sf.Family, calls: Sequence[sf.NetworkCall]) -> list[torch.Tensor]:
    groups: dict[Hashable, list[int]] = {}
    for index, call in enumerate(calls):
        groups.setdefault(_batch_key(family, call), []).append(index)
    if len(groups) == 1:
        return family.evaluate(calls)
    found: dict[int, torch.Tensor] = {}
    for indices in groups.values():
        found |= zip(indices, family.evaluate([calls[index] for index in indices]), strict=True)
    return [found[index] for index in range(len(calls))]


def _batch_key(family: sf.Family, call: sf.NetworkCall) -> Hashable:
    """What must be equal for calls to meet: the family's own key, what perturbs the network, what conditioners say."""
    return family.batch_key(call), tuple(call.wraps.items()), call.share
