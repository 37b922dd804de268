"""The random generators that the whole process shares: whether somebody drew from them, and undoing it.

Reading their states through Python costs 5 to 200 microseconds each, so the memory that holds them is compared;
they are set back through their own functions.
"""

from __future__ import annotations

import ctypes
import random
import struct
from functools import lru_cache
from typing import Any, Final

import numpy as np
import torch

_WORDS: Final = 624
_TWISTER_BYTES: Final = 4 * (_WORDS + 1)
_TORCH_BYTES: Final = torch.default_generator.get_state().numel()
#: Where CPython keeps the state of `random.Random`: index, then words, behind what every object has.
_PYTHON_ADDRESS: Final = id(random._inst) + object.__basicsize__  # what random.random() draws from

#: The states as bytes, by the generator's name.
Marks = tuple[bytes, bytes, bytes]
NAMES: Final = ("torch", "numpy.random", "random")


def mark() -> Marks:
    """The states as they are now."""
    state = torch.default_generator.get_state()
    return ctypes.string_at(state.data_ptr(), _TORCH_BYTES), _numpy_state(), _python_state()


def restore(marks: Marks) -> tuple[str, ...]:
    """Set back what is not as it was at `marks`; the names of those that were not."""
    found = mark()
    if found == marks:
        return ()
    drawn = tuple(name for name, was, now in zip(NAMES, marks, found, strict=True) if was != now)
    if "torch" in drawn:
        torch.default_generator.set_state(torch.frombuffer(bytearray(marks[0]), dtype=torch.uint8))
    if "numpy.random" in drawn:
        state: dict[str, Any] = np.random.get_state(legacy=False)
        key = np.frombuffer(marks[1][:-4], np.uint32)
        np.random.set_state(state | {"state": {"key": key, "pos": struct.unpack("=i", marks[1][-4:])[0]}})
    if "random" in drawn:
        position, *words = struct.unpack(f"={_WORDS + 1}I", marks[2])
        random.setstate((3, (*words, position), None))
    return drawn


def _numpy_state() -> bytes:
    """Empty where somebody has put another kind of generator in its place."""
    generator = np.random.mtrand._rand._bit_generator
    return ctypes.string_at(_address(generator), _TWISTER_BYTES) if type(generator) is np.random.MT19937 else b""


@lru_cache(1)
def _address(generator: np.random.MT19937) -> int:
    return int(generator.ctypes.state_address)


def _python_state() -> bytes:
    return ctypes.string_at(_PYTHON_ADDRESS, _TWISTER_BYTES) if _PYTHON_IS_READABLE else b""


def _python_is_readable() -> bool:
    """Whether this Python keeps its state where we look for it."""
    _, words, _ = random.getstate()
    if object.__basicsize__ + _TWISTER_BYTES > random.Random.__basicsize__:
        return False
    expected = struct.pack(f"={_WORDS + 1}I", words[-1], *words[:-1])
    return ctypes.string_at(_PYTHON_ADDRESS, _TWISTER_BYTES) == expected


_PYTHON_IS_READABLE: Final = _python_is_readable()
