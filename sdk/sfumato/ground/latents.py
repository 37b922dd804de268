"""A cache of encoded renders, so that training the diffusion model neither renders nor encodes.

The encoder pads circularly: the latents of a seamless picture are seamless, and may be rolled before they are cut.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import torch
from diffusers import AutoencoderKL

from sfumato.ground.folding import fold, to_pixels
from sfumato.ground.materials import SurfaceSpec
from sfumato.ground.padding import circular
from sfumato.ground.renders import spec_from_json

BATCH = 16


@torch.inference_mode()
def encode(vae: AutoencoderKL, images: torch.Tensor) -> torch.Tensor:
    """uint8 seamless images (B, H, W, 3) -> scaled latents (B, C, H / FOLD, W / FOLD)."""
    with circular(vae):
        means = [vae.encode(fold(to_pixels(part))).latent_dist.mean for part in torch.split(images, BATCH)]
    scale: float = vae.config["scaling_factor"]
    return torch.cat(means) * scale


def encode_shards(work_dir: Path) -> None:
    """Encode every finished shard of training renders that has no latents yet."""
    vae = AutoencoderKL.from_pretrained(work_dir / "vae").to(memory_format=torch.channels_last)
    folder = work_dir / "latents"
    folder.mkdir(exist_ok=True)
    for specs in sorted((work_dir / "renders" / "train").glob("*.json")):
        target = folder / f"{specs.stem}.npy"
        if not target.exists():
            images = torch.from_numpy(np.load(specs.with_suffix(".npy")))
            np.save(folder / "part.npy", encode(vae, images).half().numpy())
            (folder / "part.npy").replace(target)


class Latents:
    """All cached latents in memory, (N, C, 32, 32) in half precision, with their specs."""

    def __init__(self, work_dir: Path) -> None:
        shards = sorted((work_dir / "latents").glob("[0-9]*.npy"))
        self.values = torch.from_numpy(np.concatenate([np.load(shard) for shard in shards]))
        self.specs: list[SurfaceSpec] = [
            spec_from_json(value)
            for shard in shards
            for value in json.loads((work_dir / "renders" / "train" / f"{shard.stem}.json").read_text())
        ]

    def importance(self) -> torch.Tensor:
        """The variance of each channel, at a mean of 1, (C): about what an error in it costs in pixels."""
        variances = self.values[:1000].float().var((0, 2, 3))
        return variances / variances.mean()

    def batch(self, count: int, size: int, rng: np.random.Generator) -> tuple[torch.Tensor, list[SurfaceSpec]]:
        """Random windows that wrap around the edges, float32 (count, C, size, size), and what they show."""
        chosen = rng.integers(len(self.specs), size=count)
        windows = []
        for index in chosen:
            top, left = (int(offset) for offset in rng.integers(self.values.shape[-1], size=2))
            windows.append(self.values[index].roll((top, left), (-2, -1))[:, :size, :size].float())
        return torch.stack(windows), [self.specs[index] for index in chosen]


def main() -> None:
    """Encode the renders."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work-dir", type=Path, required=True)
    encode_shards(parser.parse_args().work_dir)


if __name__ == "__main__":
    main()
