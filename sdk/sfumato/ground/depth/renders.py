"""A growing folder of encoded renders with their depth, so that training neither renders nor encodes.

`python -m sfumato.ground.depth.renders --work-dir DIR --shards 0 40` renders shards 0..39, as
`sfumato.ground.renders` does with flat materials.
"""

from __future__ import annotations

import json
import os
import zlib
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from diffusers import AutoencoderKL

from sfumato.ground import weights_path
from sfumato.ground.denormals import flushed
from sfumato.ground.depth.lighting import paint
from sfumato.ground.depth.marching import look
from sfumato.ground.depth.reliefs import look_at_relief
from sfumato.ground.depth.scenes import draw_scene
from sfumato.ground.depth.sight import FARTHEST, Sight
from sfumato.ground.folding import fold, to_pixels
from sfumato.ground.layout import FOLD
from sfumato.ground.materials import SurfaceSpec, render, shade
from sfumato.ground.renders import draw_spec, fill, spec_from_json, spec_to_json

SIGHTS = 64
DRESSES = 2
"""Every sight is seen in so many materials: tracing costs more than dressing."""
SIZE_PX = 256
RELIEF_SHARE = 0.35
PART_SHARE = 0.25
BATCH = 8


def draw_sight(split: str, rng: np.random.Generator, size_px: int = SIZE_PX) -> Sight:
    """A random picture's geometry; some are parts of deeper ones, lest every picture have the whole range."""
    relief = rng.random() < RELIEF_SHARE
    sight = look_at_relief(split, size_px, rng) if relief else look(draw_scene(split, rng), size_px, rng)
    if rng.random() < PART_SHARE:
        farthest = float(rng.uniform(FARTHEST, 0.6))
        sight = sight.part_of(farthest, float(rng.uniform(farthest + 0.2, 1)))
    return sight


def dressed(sight: Sight, spec: SurfaceSpec, seed: int) -> npt.NDArray[np.uint8]:
    """The sight in a material, (H, W, 3)."""
    return paint(sight, shade(render(spec, seed=seed)))


@lru_cache(maxsize=1)
def _vae() -> AutoencoderKL:
    return AutoencoderKL.from_pretrained(weights_path() / "vae", torch_dtype=torch.float32).eval()


@torch.inference_mode()
def _encode(pictures: npt.NDArray[np.uint8]) -> npt.NDArray[np.float16]:
    vae = _vae()
    parts = torch.split(torch.from_numpy(pictures), BATCH)
    means = torch.cat([vae.encode(fold(to_pixels(part))).latent_dist.mean for part in parts])
    found: npt.NDArray[np.float16] = (means * vae.config["scaling_factor"]).half().numpy()
    return found


def render_shard(folder: Path, split: str, index: int) -> None:
    """Write one shard: `NNNN.npz` with latents, control pictures and captions' specs, whole or not at all."""
    rng = np.random.default_rng([zlib.crc32(f"depth {split}".encode()), index])
    sights = [draw_sight(split, rng) for _ in range(SIGHTS)]
    specs = [draw_spec("train", rng) for _ in range(SIGHTS * DRESSES)]
    pictures = np.stack([dressed(sights[i // DRESSES], spec, int(rng.integers(2**31))) for i, spec in enumerate(specs)])
    unfinished = folder / f"{index:04}.{os.getpid()}.part.npz"
    np.savez(
        unfinished,
        latents=_encode(pictures),
        controls=np.stack([sight.control for sight in sights]),
        specs=np.array(json.dumps([spec_to_json(spec) for spec in specs])),
    )
    unfinished.replace(folder / f"{index:04}.npz")


class Dressed:
    """All finished shards in memory: latents (N, C, h, w), controls (N / DRESSES, H, W), and what the pictures show."""

    def __init__(self, work_dir: Path) -> None:
        paths = sorted((work_dir / "depth" / "train").glob("[0-9][0-9][0-9][0-9].npz"))
        shards = [np.load(path) for path in paths]
        self.latents = torch.from_numpy(np.concatenate([shard["latents"] for shard in shards]))
        self.controls = torch.from_numpy(np.concatenate([shard["controls"] for shard in shards]))
        self.specs = [spec_from_json(value) for shard in shards for value in json.loads(str(shard["specs"]))]

    def importance(self) -> torch.Tensor:
        """The variance of each channel, at a mean of 1, (C): about what an error in it costs in pixels."""
        variances = self.latents[:1000].float().var((0, 2, 3))
        return variances / variances.mean()

    def batch(
        self, count: int, size: int, rng: np.random.Generator
    ) -> tuple[torch.Tensor, torch.Tensor, list[SurfaceSpec]]:
        """Random windows: latents (count, C, size, size), controls (count, 3, size * FOLD, size * FOLD), specs."""
        chosen = rng.integers(len(self.specs), size=count)
        latents, controls = [], []
        for index in chosen:
            top, left = (int(n) for n in rng.integers(self.latents.shape[-1] - size + 1, size=2))
            latents.append(self.latents[index, :, top : top + size, left : left + size])
            rows, columns = (slice(FOLD * start, FOLD * (start + size)) for start in (top, left))
            controls.append(self.controls[index // DRESSES, rows, columns])
        control = torch.stack(controls).float() / 255
        return torch.stack(latents).float(), control[:, None].expand(-1, 3, -1, -1), [self.specs[i] for i in chosen]


@flushed()
def main() -> None:
    """Render shards."""
    fill(render_shard, holds="depth", splits=("train",), completed_by=".npz", about=__doc__ or "")


if __name__ == "__main__":
    main()
