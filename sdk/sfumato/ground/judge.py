"""The judge: a small classifier of materials and main colours, trained on renders that Ground never saw.

`python -m sfumato.ground.judge --work-dir DIR` trains it on renders of its own seeds, a quarter of them passed through
the VAE, and writes `judge.safetensors` beside this file, with its accuracy on unseen renders inside.
"""

from __future__ import annotations

import argparse
import json
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from diffusers import AutoencoderKL
from safetensors import safe_open
from safetensors.torch import save_file
from torch import nn
from torch.nn import functional as F

from sfumato.ground.folding import fold, to_images, to_pixels, unfold
from sfumato.ground.materials import COLOURS, MATERIALS, SurfaceSpec, render, shade
from sfumato.ground.prompts import main_colour, sample_spec

WEIGHTS = Path(__file__).parent / "judge.safetensors"
CROP_PX = 128
BATCH = 48
PEAK_RATE = 2e-3
UNSEEN = 660
NO_COLOUR = -100
"""The target of a picture whose prompt names no colour: not judged, and ignored by cross entropy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the judge sees in one picture."""

    material: str
    colour: str


class Judge(nn.Module):
    """Two branches, pooled over the picture, so that any size will do.

    Materials are told by relief alone, on grey of even contrast, since every material comes in every colour;
    colours by single points of a smaller picture.
    """

    def __init__(self) -> None:
        super().__init__()
        widths = ((1, 32, 2), (32, 32, 1), (32, 64, 2), (64, 64, 1), (64, 96, 2), (96, 96, 1))
        self.relief = nn.Sequential(*(layer for width in widths for layer in _convolution(*width)))
        self.tint = nn.Sequential(nn.AvgPool2d(4), nn.Conv2d(3, 48, 1), nn.SiLU(), nn.Conv2d(48, 48, 1), nn.SiLU())
        self.materials = nn.Linear(2 * 96, len(MATERIALS))
        self.colours = nn.Linear(2 * 48, len(COLOURS))

    def forward(self, pixels: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """(B, 3, H, W) in -1..1 -> scores of materials and of colours."""
        grey = pixels.mean(1, keepdim=True)
        spread, mean = torch.std_mean(grey, (1, 2, 3), keepdim=True)
        relief = self.relief((grey - mean) / (spread + 0.02))  # (B, 96, H/8, W/8)
        return self.materials(_pooled(relief)), self.colours(_pooled(self.tint(pixels)))

    @classmethod
    def load(cls, path: Path = WEIGHTS) -> Judge:
        """The committed judge."""
        judge = cls()
        with safe_open(path, framework="pt") as file:
            judge.load_state_dict({name: file.get_tensor(name).float() for name in file.keys()})  # noqa: SIM118  (a file, not a dict)
        return judge.eval()

    @torch.inference_mode()
    def verdicts(self, images: torch.Tensor) -> list[Verdict]:
        """Judge uint8 images (B, H, W, 3) by the mean over their quarters and their middle, or whole if small."""
        pixels = to_pixels(images)
        votes = [self(crop) for crop in _crops(pixels)]
        materials = torch.stack([vote[0].softmax(1) for vote in votes]).mean(0).argmax(1)
        colours = torch.stack([vote[1].softmax(1) for vote in votes]).mean(0).argmax(1)
        names, shades = list(MATERIALS), list(COLOURS)
        return [Verdict(material=names[m], colour=shades[c]) for m, c in zip(materials, colours, strict=True)]


def _convolution(inputs: int, outputs: int, stride: int) -> list[nn.Module]:
    convolution = nn.Conv2d(inputs, outputs, 3, stride=stride, padding=1, bias=False)
    return [convolution, nn.BatchNorm2d(outputs), nn.SiLU()]


def _pooled(features: torch.Tensor) -> torch.Tensor:
    return torch.cat([features.mean((2, 3)), features.amax((2, 3))], 1)


def _crops(pixels: torch.Tensor) -> list[torch.Tensor]:
    height, width = pixels.shape[-2:]
    bottom, right = height - CROP_PX, width - CROP_PX
    places = {(0, 0), (0, right), (bottom // 2, right // 2), (bottom, 0), (bottom, right)}
    return [pixels[..., top : top + CROP_PX, left : left + CROP_PX] for top, left in sorted(places)]


def targets(specs: list[SurfaceSpec]) -> tuple[torch.Tensor, torch.Tensor]:
    """What the judge should answer, (B) each."""
    materials, colours = list(MATERIALS), list(COLOURS)
    named = [main_colour(spec) for spec in specs]
    return (
        torch.tensor([materials.index(spec.material) for spec in specs]),
        torch.tensor([NO_COLOUR if name is None else colours.index(name) for name in named]),
    )


def rendered(count: int, seed: int) -> tuple[torch.Tensor, list[SurfaceSpec]]:
    """Fresh renders, uint8 (count, 256, 256, 3)."""
    rng = np.random.default_rng([9, seed])
    specs = [sample_spec(rng) for _ in range(count)]
    images = [shade(render(spec, seed=int(rng.integers(2**31, 2**32)))) for spec in specs]
    return torch.from_numpy(np.stack(images)), specs


def disturbed(pixels: torch.Tensor) -> torch.Tensor:
    """Blur, noise and brightness at random, picture by picture, for a judge that does not depend on pixel detail."""
    blurred = F.avg_pool2d(F.pad(pixels, (1, 1, 1, 1), mode="replicate"), 3, stride=1)
    share = torch.rand(len(pixels), 1, 1, 1) * (torch.rand(len(pixels), 1, 1, 1) < 0.5)
    noise = torch.randn_like(pixels) * 0.08 * torch.rand(len(pixels), 1, 1, 1)
    gain, offset = 1 + 0.08 * torch.randn(len(pixels), 1, 1, 1), 0.04 * torch.randn(len(pixels), 1, 1, 1)
    return ((torch.lerp(pixels, blurred, share) + noise) * gain + offset).clamp(-1, 1)


class Pool:
    """Renders and their VAE reconstructions, to draw disturbed crops from."""

    def __init__(self, work_dir: Path, count: int) -> None:
        self.images, self.specs = rendered(count, seed=0)
        vae = AutoencoderKL.from_pretrained(work_dir / "vae")
        with torch.inference_mode():
            restored = [
                to_images(unfold(vae(fold(to_pixels(part))).sample)) for part in torch.split(self.images[1::4], 8)
            ]
        self.images[1::4] = torch.cat(restored)

    def draw(self, rng: np.random.Generator) -> tuple[torch.Tensor, list[SurfaceSpec]]:
        """One batch of crops."""
        chosen = rng.integers(len(self.specs), size=BATCH)
        crops = []
        for index in chosen:
            top, left = (int(offset) for offset in rng.integers(256, size=2))
            crops.append(self.images[index].roll((-top, -left), (0, 1))[:CROP_PX, :CROP_PX])
        return disturbed(to_pixels(torch.stack(crops))), [self.specs[index] for index in chosen]


def train(work_dir: Path, steps: int, pictures: int) -> None:
    """Train, measure on unseen renders and write the weights."""
    torch.manual_seed(0)
    rng = np.random.default_rng(0)
    pool, judge = Pool(work_dir, pictures), Judge()
    optimizer = torch.optim.AdamW(judge.parameters(), PEAK_RATE, weight_decay=0.02, fused=True)
    for step in range(steps):
        for group in optimizer.param_groups:
            group["lr"] = PEAK_RATE * min(1, (step + 1) / 50) * (0.5 + 0.5 * math.cos(math.pi * step / steps))
        pixels, specs = pool.draw(rng)
        losses = [
            F.cross_entropy(score, answer, ignore_index=NO_COLOUR, label_smoothing=0.05)
            for score, answer in zip(judge(pixels), targets(specs), strict=True)
        ]
        loss = torch.stack(losses).sum()
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]  # torch annotates it in part
        optimizer.step()
        if step % 100 == 99:
            print(f"step {step + 1}: loss {float(loss.detach()):.3f}", flush=True)
    judge.eval()
    accuracy = measure(judge, *rendered(UNSEEN, seed=1))
    print(f"on {UNSEEN} unseen renders: {accuracy}", flush=True)
    state = {name: value.half() if value.is_floating_point() else value for name, value in judge.state_dict().items()}
    save_file(state, WEIGHTS, metadata={"accuracy": json.dumps(accuracy), "licence": "CC0-1.0"})


def measure(judge: Judge, images: torch.Tensor, specs: list[SurfaceSpec]) -> dict[str, float]:
    """The shares of right materials and of right main colours, where one is named."""
    verdicts = [verdict for part in torch.split(images, 32) for verdict in judge.verdicts(part)]
    coloured = [(v.colour == spec.colours[0]) for v, spec in zip(verdicts, specs, strict=True) if spec.colours]
    material = [v.material == spec.material for v, spec in zip(verdicts, specs, strict=True)]
    return {"material": round(float(np.mean(material)), 4), "main_colour": round(float(np.mean(coloured)), 4)}


def main() -> None:
    """Train the judge."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work-dir", type=Path, required=True, help="holds vae/, the trained VAE")
    parser.add_argument("--steps", type=int, default=1500)
    parser.add_argument("--pictures", type=int, default=2500)
    arguments = parser.parse_args()
    train(arguments.work_dir, arguments.steps, arguments.pictures)


if __name__ == "__main__":
    main()
