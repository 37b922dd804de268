"""Blame: what a contribution does wrong becomes an error that names its plugin, hook and step."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from types import MappingProxyType, TracebackType
from typing import Any, Final, TypeVar

import torch

from sfumato.black_box import Hook, Lane, encoded
from sfumato.engine import global_generators
from sfumato.engine.guard import Guard, is_foreign, versions
from sfumato.engine.registry import Registry
from sfumato.errors import JobCancelled, OutOfMemory, PluginError, SfumatoError
from sfumato.recipe import Recipe

R = TypeVar("R")

#: How torch's CPU allocator says that memory is short; on other devices it has a class for it.
_CPU_ALLOCATOR: Final = ("not enough memory", "can't allocate memory")
_NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})


class Blame:
    """Knows a job's contributions by their place in the recipe (`sampler`, `conditioners.0`), and their plugins."""

    def __init__(
        self, registry: Registry, recipe: Recipe, family_id: str, *, job_id: str = "", guard: Guard | None = None
    ) -> None:
        self._chosen = {
            place: (registry.kind_of(kinds, chosen.id), chosen.id) for place, kinds, chosen in recipe.selections()
        }
        self._chosen["family"] = "family", family_id
        self._registry = registry
        self._size = (recipe.width_px, recipe.height_px)
        self._job_id = job_id
        self._hooks: dict[tuple[str, str], tuple[Hook, bytes]] = {}
        self.guard = guard or Guard()

    def on(self, place: str, hook: str, step_index: int | None = None, inputs: Mapping[str, Any] = _NOTHING) -> Watch:
        """A context in which everything raised is this contribution's doing, and `inputs` must not be changed.

        It must not span a pause of a generator: others run meanwhile. [engine thread]
        """
        return Watch(self, *self._hook(place, hook), step_index, inputs)

    def around(self, place: str, hook: str, step_index: int) -> Watch:
        """As `on`, for what runs many times within one network call: what it draws is not looked for."""
        return Watch(self, *self._hook(place, hook), step_index, _NOTHING, thorough=False)

    def through(
        self, place: str, hook: str, call: Callable[[], Generator[Any, Any, R]], step_index: int | None = None
    ) -> Generator[Any, Any, R]:
        """Run a generator to its end as `on` runs a block, pausing where it pauses. [engine thread]"""
        with self.on(place, hook, step_index):
            generator = call()
            if not isinstance(generator, Generator):
                raise self.fault(place, hook, step_index, f"returned {type(generator).__name__}, expected a generator")
        answer = None
        while True:
            with self.on(place, hook, step_index):
                try:
                    wish = generator.send(answer)
                except StopIteration as end:
                    return end.value  # type: ignore[no-any-return]  # what the generator returns
            try:
                answer = yield wish
            except GeneratorExit:
                self.close(place, hook, generator, step_index)
                raise

    def close(self, place: str, hook: str, generator: Generator[Any, Any, Any], step_index: int | None = None) -> None:
        """End a plugin's generator before its time. Raises PluginError if it will not."""
        with self.on(place, hook, step_index):
            generator.close()

    def hook(self, place: str, hook: str) -> Hook:
        """The hook of the contribution at `place`."""
        return self._hook(place, hook)[0]

    def fault(self, place: str, hook: str, step_index: int | None, said: str) -> PluginError:
        """The error for a broken contract; `said` tells what came and what was expected."""
        return self.hook(place, hook).fault(said, step_index)

    def check_like(self, x: torch.Tensor, given: Any, place: str, hook: str, step_index: int | None) -> None:
        """Raise PluginError unless `given` is a tensor of the shape, dtype and device of `x`."""
        if not isinstance(given, torch.Tensor):
            raise self.fault(place, hook, step_index, f"returned {type(given).__name__}, expected a tensor")
        if (given.shape, given.dtype, given.device) != (x.shape, x.dtype, x.device):
            raise self.fault(place, hook, step_index, f"returned {_form(given)}, expected {_form(x)}")
        if given.requires_grad:
            said = "returned a tensor that requires a gradient, expected one without; `.detach()` it"
            raise self.fault(place, hook, step_index, said)

    def translate(self, error: BaseException, hook: Hook, step_index: int | None) -> SfumatoError:
        """The error of ours for anything that a hook raised."""
        if isinstance(error, SfumatoError) and not isinstance(error, JobCancelled):
            return error
        if is_out_of_memory(error):
            return self._out_of_memory(error, hook, step_index)
        return hook.fault(f"raised {type(error).__name__}: {error}", step_index)

    def _hook(self, place: str, name: str) -> tuple[Hook, bytes]:
        found = self._hooks.get((place, name))
        if found is None:
            kind, contribution_id = self._chosen[place]
            plugin = self._registry.owner(kind, contribution_id)
            hook = Hook(
                job=self._job_id,
                kind=kind,
                contribution=contribution_id,
                plugin=plugin.name,
                version=plugin.version,
                hook=name,
            )
            found = self._hooks[place, name] = hook, encoded(hook)
        return found

    def _out_of_memory(self, error: BaseException, hook: Hook, step_index: int | None) -> OutOfMemory:
        width_px, height_px = self._size
        smaller = f"{width_px * 3 // 32 * 8}x{height_px * 3 // 32 * 8}"
        said = f"the device has no memory for {width_px}x{height_px} pixels; try {smaller} or smaller"
        whose: dict[str, object] = {}
        cause = str(error).partition("\n")[0]
        if is_foreign(hook):
            # What numpy could not have says nothing about the device.
            most = cause if isinstance(error, MemoryError) and cause else said
            fault = hook.fault(f"asked for too much memory: {most}", step_index)
            said, whose = fault.message, {**fault.metadata}
        return OutOfMemory(said, width_px=width_px, height_px=height_px, cause=cause, **whose)


class Watch:
    """The context manager that `Blame.on` returns. What it costs, every step pays several times."""

    __slots__ = ("_blame", "_hook", "_inputs", "_lane", "_marks", "_step_index", "_text", "_thorough", "_versions")

    def __init__(
        self,
        blame: Blame,
        hook: Hook,
        text: bytes,
        step_index: int | None,
        inputs: Mapping[str, Any],
        *,
        thorough: bool = True,
    ) -> None:
        self._blame, self._hook, self._text, self._step_index, self._inputs = blame, hook, text, step_index, inputs
        self._lane: Lane = blame.guard.lane
        self._thorough = thorough and is_foreign(hook)
        self._marks: global_generators.Marks | None = None
        self._versions: list[int] = []

    def __enter__(self) -> None:
        self._lane.enter(self._text, self._step_index)
        if self._thorough:
            self._marks = self._blame.guard.marks
            self._versions = versions(self._inputs)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._lane.leave()
        said = self._found_out() if self._marks else ""
        if error is not None:
            ours = self._blame.translate(error, self._hook, self._step_index)
            if ours is not error:
                raise ours from error
        elif said:
            raise self._hook.fault(said, self._step_index)

    def _found_out(self) -> str:
        """What it did beside returning; empty where it did no wrong."""
        assert self._marks is not None
        now = versions(self._inputs)
        if now != self._versions:
            changed = [name for name, was, is_ in zip(self._inputs, self._versions, now, strict=True) if was != is_]
            return f"changed its input {', '.join(changed)} in place, expected a new tensor"
        return self._blame.guard.undo_draws(self._marks, self._hook)


def is_out_of_memory(error: BaseException) -> bool:
    """Whether torch says that a device's memory is short."""
    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return True
    return isinstance(error, RuntimeError) and any(sign in str(error) for sign in _CPU_ALLOCATOR)


def _form(tensor: torch.Tensor) -> str:
    return f"{tuple(tensor.shape)} {str(tensor.dtype).removeprefix('torch.')} on {tensor.device}"
