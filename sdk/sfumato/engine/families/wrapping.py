"""Layers of a UNet under wraps: what a conditioner or guider puts around them for the time of one call."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any, Final

import torch
from torch.nn import functional as F
from torch.overrides import TorchFunctionMode

import sfumato.plugin as sf

_ATTENTION: Final = {"attn1": "self-attention", "attn2": "cross-attention"}


def layers_of(unet: Any) -> dict[str, str]:
    """The layers that can be wrapped, by module path, each with its kind; in the order in which they are defined."""
    kinds = {}
    for path, module in unet.named_modules():
        last = path.rpartition(".")[2]
        if last in _ATTENTION and hasattr(module, "processor"):
            kinds[path] = _ATTENTION[last]
        elif type(module).__name__ == "ResnetBlock2D":
            kinds[path] = "block"
    return kinds


@contextmanager
def wrapped(unet: Any, wraps: Mapping[str, sf.Wrap]) -> Iterator[None]:
    """The network with wraps around its layers by path. Afterwards it is as it was, whatever happened."""
    undo: list[Callable[[], None]] = []
    try:
        for path, wrap in wraps.items():
            module = unet.get_submodule(path)
            undo.append(_wrap_attention(module, wrap) if hasattr(module, "processor") else _wrap_block(module, wrap))
        yield
    finally:
        for step in reversed(undo):
            step()


def _wrap_attention(module: Any, wrap: sf.Wrap) -> Callable[[], None]:
    inner = module.processor
    module.processor = _Processor(inner, wrap)
    return partial(setattr, module, "processor", inner)


def _wrap_block(module: Any, wrap: sf.Wrap) -> Callable[[], None]:
    inner = module.forward

    def forward(hidden: torch.Tensor, *args: Any, **kwargs: Any) -> torch.Tensor:
        given: torch.Tensor = wrap(lambda other=hidden: inner(other, *args, **kwargs), hidden)
        return given

    module.forward = forward
    return partial(delattr, module, "forward")


class _Processor:
    """diffusers' attention processor with another function in the place of the attention itself."""

    def __init__(self, inner: Any, wrap: sf.Wrap) -> None:
        self._inner, self._wrap = inner, wrap

    def __call__(self, attn: Any, *args: Any, **kwargs: Any) -> Any:
        with _Attention(self._wrap):
            return self._inner(attn, *args, **kwargs)


class _Attention(TorchFunctionMode):
    """While it is active on this thread, attention is what the wrap makes of it."""

    def __init__(self, wrap: sf.Wrap) -> None:
        super().__init__()
        self._wrap = wrap

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Replace one call, or let it pass."""
        if func is not F.scaled_dot_product_attention:
            return func(*args, **(kwargs or {}))
        query, key, value, *more = args if len(args) >= 3 else _named(kwargs)
        rest = {name: given for name, given in (kwargs or {}).items() if name not in ("query", "key", "value")}

        def attend(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
            return F.scaled_dot_product_attention(q, k, v, *more, **rest)

        return self._wrap(attend, query, key, value)


def _named(kwargs: Any) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    return kwargs["query"], kwargs["key"], kwargs["value"]
