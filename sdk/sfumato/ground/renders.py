"""A growing folder of rendered materials: shards of uint8 images with the specs they show.

`python -m sfumato.ground.renders --work-dir DIR --split train --shards 0 40` renders shards 0..39; a shard that
exists is skipped, so several processes may share a folder and an interrupted run goes on where it stopped.
"""

from __future__ import annotations

import argparse
import json
import os
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from sfumato.ground.materials import SurfaceSpec, render, shade
from sfumato.ground.prompts import held_out, sample_spec

SHARD_IMAGES = 128
SIZE_PX = 256
SPLITS = ("train", "held_out")
"""`train` has no spec that `prompts.held_out` keeps back; `held_out` has only such."""


def draw_spec(split: str, rng: np.random.Generator) -> SurfaceSpec:
    """A random spec of one split."""
    wanted = split == "held_out"
    while held_out(spec := sample_spec(rng)) != wanted:
        pass
    return spec


def spec_to_json(spec: SurfaceSpec) -> dict[str, object]:
    """What `spec_from_json` reads."""
    return {"material": spec.material, "colours": list(spec.colours), "modifiers": sorted(spec.modifiers)}


def spec_from_json(value: dict[str, object]) -> SurfaceSpec:
    """What `spec_to_json` wrote."""
    colours, modifiers = value["colours"], value["modifiers"]
    assert isinstance(colours, list)
    assert isinstance(modifiers, list)
    return SurfaceSpec(
        material=str(value["material"]), colours=tuple(map(str, colours)), modifiers=frozenset(map(str, modifiers))
    )


def render_shard(folder: Path, split: str, index: int) -> None:
    """Write one shard: `NNNN.npy` (SHARD_IMAGES, SIZE_PX, SIZE_PX, 3) and `NNNN.json`, the last one completing it."""
    rng = np.random.default_rng([zlib.crc32(split.encode()), index])
    specs = [draw_spec(split, rng) for _ in range(SHARD_IMAGES)]
    images = np.stack([shade(render(spec, size_px=SIZE_PX, seed=int(rng.integers(2**31)))) for spec in specs])
    np.save(folder / f"{index:04}.npy", images)
    unfinished = folder / f"{index:04}.json.{os.getpid()}"
    unfinished.write_text(json.dumps([spec_to_json(spec) for spec in specs]))
    unfinished.replace(folder / f"{index:04}.json")


class Renders:
    """The finished shards of one split, memory-mapped."""

    def __init__(self, work_dir: Path, split: str) -> None:
        self.folder = work_dir / "renders" / split
        self.indices = sorted(int(path.stem) for path in self.folder.glob("*.json"))
        self.shards = [np.load(self.folder / f"{index:04}.npy", mmap_mode="r") for index in self.indices]
        self.specs = [
            spec_from_json(value)
            for index in self.indices
            for value in json.loads((self.folder / f"{index:04}.json").read_text())
        ]

    def __len__(self) -> int:
        return len(self.specs)

    def image(self, index: int) -> npt.NDArray[np.uint8]:
        """(SIZE_PX, SIZE_PX, 3)."""
        picture: npt.NDArray[np.uint8] = self.shards[index // SHARD_IMAGES][index % SHARD_IMAGES]
        return picture

    def crops(self, count: int, size_px: int, rng: np.random.Generator) -> npt.NDArray[np.uint8]:
        """Random crops that wrap around the edges, (count, size_px, size_px, 3)."""
        offsets = np.arange(size_px)
        crops = []
        for index in rng.integers(len(self), size=count):
            top, left = rng.integers(SIZE_PX, size=2)
            rows, columns = (top + offsets) % SIZE_PX, (left + offsets) % SIZE_PX
            crops.append(self.image(int(index))[rows[:, None], columns[None, :]])
        return np.stack(crops)


def fill(
    render_shard: Callable[[Path, str, int], None], *, holds: str, splits: Sequence[str], completed_by: str, about: str
) -> None:
    """The command line of a growing folder: DIR/HOLDS/SPLIT/NNNN.*, of which `completed_by` is written last."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--work-dir", type=Path, required=True)
    parser.add_argument("--split", choices=splits, default="train")
    parser.add_argument("--shards", type=int, nargs=2, default=(0, 80), metavar=("FIRST", "END"))
    arguments = parser.parse_args()
    folder = arguments.work_dir / holds / arguments.split
    folder.mkdir(parents=True, exist_ok=True)
    for index in range(*arguments.shards):
        if not (folder / f"{index:04}{completed_by}").exists():
            render_shard(folder, arguments.split, index)


def main() -> None:
    """Render shards."""
    fill(render_shard, holds="renders", splits=SPLITS, completed_by=".json", about=__doc__ or "")


if __name__ == "__main__":
    main()
