"""Blame: what a contribution does wrong becomes an error that names its plugin, hook and step."""

from __future__ import annotations

from types import TracebackType
from typing import Any, Final

import torch

from sfumato.engine.registry import Registry
from sfumato.errors import OutOfMemory, PluginError, SfumatoError
from sfumato.recipe import Recipe

#: How torch's CPU allocator says that memory is short; on other devices it has a class for it.
_CPU_ALLOCATOR: Final = ("not enough memory", "can't allocate memory")


class Blame:
    """Knows a job's contributions by their place in the recipe (`sampler`, `conditioners.0`), and their plugins."""

    def __init__(self, registry: Registry, recipe: Recipe, family_id: str) -> None:
        self._chosen = {
            place: (registry.kind_of(kinds, chosen.id), chosen.id) for place, kinds, chosen in recipe.selections()
        }
        self._chosen["family"] = "family", family_id
        self._registry = registry
        self._size = (recipe.width_px, recipe.height_px)

    def on(self, place: str, hook: str, step_index: int | None = None) -> Watch:
        """A context in which everything raised is this contribution's doing."""
        return Watch(self, place, hook, step_index)

    def fault(self, place: str, hook: str, step_index: int | None, said: str) -> PluginError:
        """The error for a broken contract; `said` tells what came and what was expected."""
        kind, contribution_id = self._chosen[place]
        plugin = self._registry.owner(kind, contribution_id)
        where = f"{hook}()" if step_index is None else f"{hook}() at step {step_index}"
        return PluginError(
            f"{kind} {contribution_id} of plugin {f'{plugin.name} {plugin.version}'.strip()}, {where}: {said}",
            plugin=plugin.name,
            version=plugin.version,
            contribution=contribution_id,
            hook=hook,
            **({} if step_index is None else {"step": step_index}),
        )

    def check_like(self, x: torch.Tensor, given: Any, place: str, hook: str, step_index: int | None) -> None:
        """Raise PluginError unless `given` is a tensor of the shape, dtype and device of `x`."""
        if not isinstance(given, torch.Tensor):
            raise self.fault(place, hook, step_index, f"returned {type(given).__name__}, expected a tensor")
        if (given.shape, given.dtype, given.device) != (x.shape, x.dtype, x.device):
            raise self.fault(place, hook, step_index, f"returned {_form(given)}, expected {_form(x)}")

    def translate(self, error: Exception, place: str, hook: str, step_index: int | None) -> SfumatoError:
        """The error of ours for anything that a contribution raised."""
        if isinstance(error, SfumatoError):
            return error
        if is_out_of_memory(error):
            return self._out_of_memory(error)
        return self.fault(place, hook, step_index, f"raised {type(error).__name__}: {error}")

    def _out_of_memory(self, error: Exception) -> OutOfMemory:
        width_px, height_px = self._size
        smaller = f"{width_px * 3 // 32 * 8}x{height_px * 3 // 32 * 8}"
        said = f"the device has no memory for {width_px}x{height_px} pixels; try {smaller} or smaller"
        return OutOfMemory(said, width_px=width_px, height_px=height_px, cause=str(error).partition("\n")[0])


class Watch:
    """The context manager that `Blame.on` returns."""

    __slots__ = ("_blame", "_where")

    def __init__(self, blame: Blame, place: str, hook: str, step_index: int | None) -> None:
        self._blame, self._where = blame, (place, hook, step_index)

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, Exception) and not isinstance(error, SfumatoError):
            raise self._blame.translate(error, *self._where) from error


def is_out_of_memory(error: Exception) -> bool:
    """Whether torch says that a device's memory is short."""
    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return True
    return isinstance(error, RuntimeError) and any(sign in str(error) for sign in _CPU_ALLOCATOR)


def _form(tensor: torch.Tensor) -> str:
    return f"{tuple(tensor.shape)} {str(tensor.dtype).removeprefix('torch.')} on {tensor.device}"
