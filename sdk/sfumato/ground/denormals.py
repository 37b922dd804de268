"""Numbers so near to zero that processors are many times slower with them: flushed to zero while a network learns."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch


@contextmanager
def flushed() -> Iterator[None]:
    """Within, and in a function that it decorates, this thread knows no denormal numbers; afterwards it does again."""
    torch.set_flush_denormal(True)
    try:
        yield
    finally:
        torch.set_flush_denormal(False)
