"""What VAEs made of pictures, kept for the next job on the same picture: an edit is seldom tried only once."""

from __future__ import annotations

from collections.abc import Callable, Generator, Hashable
from typing import Final
from weakref import WeakKeyDictionary

import torch

import sfumato.plugin as sf
from sfumato.engine.lru import LeastRecentlyUsed

#: By model. A picture of 1024x1024 pixels takes 256 KiB as four channels.
CACHE_BYTES: Final = 32 * 2**20

Cache = LeastRecentlyUsed[Hashable, torch.Tensor]


class Encodings:
    """The most recently used encodings of each model that is loaded; a model that goes takes its own along."""

    def __init__(self) -> None:
        self._caches: WeakKeyDictionary[sf.Family, Cache] = WeakKeyDictionary()

    def get(
        self, family: sf.Family, key: Hashable, picture: Callable[[], torch.Tensor], tile: str
    ) -> Generator[None, None, torch.Tensor]:
        """The latents (1, C, h, w) of `picture`, (1, 3, H, W), which `key` names. Pauses where the VAE does."""
        cache = self._caches.setdefault(family, Cache(CACHE_BYTES, lambda latents: latents.nbytes))
        if (key, tile) in cache:
            return cache.get((key, tile), picture)
        yield
        latents = yield from family.encode_image(picture(), tile)
        return cache.get((key, tile), lambda: latents)
