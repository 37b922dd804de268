"""A cache that is bounded by what its values weigh."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class LeastRecentlyUsed(Generic[K, V]):
    """Values by key, up to `limit_bytes`; the least recently used go first, and the newest always stays."""

    def __init__(self, limit_bytes: int, size_of: Callable[[V], int]) -> None:
        self._limit_bytes = limit_bytes
        self._size_of = size_of
        self._values: dict[K, V] = {}

    def __contains__(self, key: K) -> bool:
        return key in self._values

    def items(self) -> list[tuple[K, V]]:
        """All that is held, the least recently used first."""
        return list(self._values.items())

    @property
    def held_bytes(self) -> int:
        """What all values weigh together."""
        return sum(map(self._size_of, self._values.values()))

    def get(self, key: K, make: Callable[[], V]) -> V:
        """The value of `key`, made first where it is not held."""
        value = self._values.pop(key) if key in self._values else make()
        self._values[key] = value
        self._shrink(self._limit_bytes, leave=1)
        return value

    def make_room(self, size_bytes: int) -> None:
        """Let go of values until `size_bytes` more would fit, or none is left."""
        self._shrink(self._limit_bytes - size_bytes, leave=0)

    def discard(self, key: K) -> None:
        """Let go of a value, if it is held."""
        self._values.pop(key, None)

    def _shrink(self, limit_bytes: int, leave: int) -> None:
        while self.held_bytes > limit_bytes and len(self._values) > leave:
            del self._values[next(iter(self._values))]
