"""A growing folder of rendered materials: each picture with the maps that it was lit from.

`python -m sfumato_texture.training.renders --work-dir DIR --split train --shards 0 60` renders shards 0..59; a shard
that exists is skipped, so that an interrupted run goes on where it stopped.
"""

from __future__ import annotations

import os
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

from sfumato.ground.materials import Surface, SurfaceSpec, render, shade
from sfumato.ground.prompts import held_out, sample_spec
from sfumato.ground.renders import fill
from sfumato_texture.training.variation import varied

#: Materials that training never sees: one that is laid, one that has grown, one strewn, one stamped, one knitted.
UNSEEN_MATERIALS: Final = ("cobblestone", "bark", "gravel", "tread-plate", "knit")
SPLITS: Final = ("train", "held_out", "unseen")
"""`train` has other materials only, and no spec that `prompts.held_out` keeps back; `held_out` has only such specs,
of the materials of `train`; `unseen` has the unseen materials."""
SHARD_PX: Final = 64 * 128 * 128
WIDE_EVERY: Final = 4
"""Every fourth shard of `train` is of pictures twice as wide: their features fit in other ways."""
REPAINTED_SHARE: Final = 0.2
"""So many pictures of `train` wear the colours of another material, lest colour alone tell the relief."""


def draw_spec(split: str, rng: np.random.Generator) -> SurfaceSpec:
    """A random spec of one split."""
    while not _belongs(spec := sample_spec(rng), split):
        pass
    return spec


def _belongs(spec: SurfaceSpec, split: str) -> bool:
    if spec.material in UNSEEN_MATERIALS:
        return split == "unseen"
    return split == ("held_out" if held_out(spec) else "train")


def size_px(split: str, index: int) -> int:
    """The width and height of a shard's pictures."""
    return 128 if split == "train" and index % WIDE_EVERY else 256


def render_shard(folder: Path, split: str, index: int) -> None:
    """Write one shard: `NNNN.npy`, uint16 (N, 8, S, S), the channels of `pack`; whole or not at all."""
    rng = np.random.default_rng([zlib.crc32(split.encode()), index])
    size = size_px(split, index)
    surfaces: list[Surface] = []
    for _ in range(SHARD_PX // size**2):
        seed = int(rng.integers(2**31)) + (0 if split == "train" else 2**32)
        surfaces.append(render(draw_spec(split, rng), size_px=size, seed=seed))
    if split == "train":
        repainted = rng.random(len(surfaces)) < REPAINTED_SHARE
        surfaces = [
            replace(surface, albedo=surfaces[place - 1].albedo) if repainted[place] else surface
            for place, surface in enumerate(surfaces)
        ]
    unfinished = folder / f"{index:04}.{os.getpid()}.part"
    with unfinished.open("wb") as file:
        np.save(file, np.stack([pack(surface) for surface in surfaces]))
    unfinished.replace(folder / f"{index:04}.npy")


def pack(surface: Surface) -> NDArray[np.uint16]:
    """(8, S, S) of 0..65535: the lit picture (3), albedo (3), height, roughness."""
    maps = [surface.albedo.transpose(2, 0, 1), surface.height[None], surface.roughness[None]]
    lit = shade(surface).transpose(2, 0, 1).astype(np.uint16) * 257
    return np.concatenate([lit, np.rint(np.concatenate(maps) * 65535).astype(np.uint16)])


class Renders:
    """The finished shards of one split, memory-mapped."""

    def __init__(self, work_dir: Path, split: str) -> None:
        paths = sorted((work_dir / "maps" / split).glob("*.npy"))
        if not paths:
            raise FileNotFoundError(
                f"{work_dir} has no renders of {split}; make some with sfumato_texture.training.renders"
            )
        self.shards = [np.load(path, mmap_mode="r") for path in paths]

    def batch(self, pixels: int, rng: np.random.Generator) -> torch.Tensor:
        """Pictures of one shard, `pixels` in all: (B, 8, S, S) in 0..1."""
        return unpacked(self._drawn(pixels, rng))

    def varied_batch(self, pixels: int, rng: np.random.Generator, change: float) -> torch.Tensor:
        """The same of surfaces that no shard has, lit anew; `change` is that of `varied`."""
        drawn = self._drawn(pixels, rng)[:, 3:].astype(np.float32) / np.float32(65535)
        surfaces = [Surface(albedo=maps[:3].transpose(1, 2, 0), height=maps[3], roughness=maps[4]) for maps in drawn]
        return unpacked(np.stack([pack(surface) for surface in varied(surfaces, rng, change)]))

    def _drawn(self, pixels: int, rng: np.random.Generator) -> NDArray[np.uint16]:
        shard = self.shards[rng.integers(len(self.shards))]
        count = max(1, pixels // shard.shape[-1] ** 2)
        drawn: NDArray[np.uint16] = shard[np.sort(rng.choice(len(shard), count, replace=False))]
        return drawn


def unpacked(shard: NDArray[np.uint16]) -> torch.Tensor:
    """(N, 8, S, S) of a shard as numbers in 0..1."""
    return torch.from_numpy(shard.astype(np.float32) / np.float32(65535))


def main() -> None:
    """Render shards."""
    fill(render_shard, holds="maps", splits=SPLITS, completed_by=".npy", about=__doc__ or "")


if __name__ == "__main__":
    main()
