"""The reader: a small network that sees in a picture where depth has edges, whatever the material.

`python -m sfumato.ground.depth.reader --work-dir W` trains it on the cached renders of trained shapes, flat materials
among them, and writes `reader.safetensors` beside this file, with the threshold that suits it best inside.
"""

from __future__ import annotations

import argparse
import json
import math
from pathlib import Path

import numpy as np
import torch
from diffusers import AutoencoderKL
from safetensors import safe_open
from safetensors.torch import save_file
from torch import nn
from torch.nn import functional as F

from sfumato.ground import weights_path as ground_path
from sfumato.ground.denormals import flushed
from sfumato.ground.depth.agreement import Bools, depth_edges, f_score
from sfumato.ground.depth.renders import Dressed
from sfumato.ground.folding import fold, to_images, to_pixels, unfold
from sfumato.ground.judge import disturbed
from sfumato.ground.layout import FOLD
from sfumato.ground.train_unet import HALF

WEIGHTS = Path(__file__).parent / "reader.safetensors"
WIDTHS = (64, 96, 128)
BATCH = 12
WINDOW = 32
"""In latents, of which a batch is read."""
PEAK_RATE = 2e-3
EDGES_COUNT = 3.0
"""How much more a missed edge costs than a false one."""
THRESHOLDS = np.linspace(0.2, 0.8, 13)


def _convolution(inputs: int, outputs: int, stride: int = 1) -> nn.Module:
    layer = nn.Conv2d(inputs, outputs, 3, stride=stride, padding=1, bias=False)
    return nn.Sequential(layer, nn.GroupNorm(8, outputs), nn.SiLU())


class Reader(nn.Module):
    """Pixels are folded as for the VAE; three levels, down and up again."""

    def __init__(self) -> None:
        super().__init__()
        fine, middle, coarse = WIDTHS
        self.first = nn.Sequential(_convolution(3 * FOLD**2, fine), _convolution(fine, fine))
        self.second = nn.Sequential(_convolution(fine, middle, 2), _convolution(middle, middle))
        self.third = nn.Sequential(_convolution(middle, coarse, 2), _convolution(coarse, coarse))
        self.back = _convolution(coarse + middle, middle)
        self.last = _convolution(middle + fine, fine)
        self.edges = nn.Conv2d(fine, FOLD**2, 3, padding=1)
        self.threshold = 0.5

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        """(B, 3, H, W) in -1..1 -> logits of an edge (B, H, W)."""
        fine = self.first(fold(pixels))
        middle = self.second(fine)
        coarse = F.interpolate(self.third(middle), scale_factor=2.0)
        back = F.interpolate(self.back(torch.cat([coarse, middle], 1)), scale_factor=2.0)
        return F.pixel_shuffle(self.edges(self.last(torch.cat([back, fine], 1))), FOLD)[:, 0]

    @classmethod
    def load(cls, path: Path = WEIGHTS) -> Reader:
        """The committed reader."""
        reader = cls()
        with safe_open(path, framework="pt") as file:
            reader.load_state_dict({name: file.get_tensor(name).float() for name in file.keys()})  # noqa: SIM118  (a file, not a dict)
            reader.threshold = json.loads(file.metadata()["threshold"])
        return reader.eval()

    @torch.inference_mode()
    def read(self, images: torch.Tensor) -> list[Bools]:
        """Where uint8 images (B, H, W, 3) show edges of depth, (H, W) each."""
        found = torch.cat([self(to_pixels(part)).sigmoid() for part in torch.split(images, 8)])
        return [each.numpy() > self.threshold for each in found]


class Examples:
    """Windows of pictures, as the VAE restores them, with the edges of their depth."""

    def __init__(self, work_dir: Path) -> None:
        self._data = Dressed(work_dir)
        self._vae = AutoencoderKL.from_pretrained(ground_path() / "vae", torch_dtype=torch.float32).eval()

    @torch.no_grad()
    def draw(self, rng: np.random.Generator) -> tuple[torch.Tensor, torch.Tensor]:
        """Pictures (B, 3, H, W) in -1..1, disturbed, and edges (B, H, W) of 0 and 1."""
        latents, controls, _ = self._data.batch(BATCH, WINDOW, rng)
        with torch.autocast("cpu", torch.bfloat16, enabled=HALF):
            pixels = unfold(self._vae.decode(latents / self._vae.config["scaling_factor"]).sample)
        edges = [depth_edges((control[0] * 255).round().byte().numpy()) for control in controls]
        return disturbed(pixels.float()), torch.from_numpy(np.stack(edges)).float()


def train(work_dir: Path, steps: int) -> None:
    """Train, choose the threshold on further examples, and write the weights."""
    torch.manual_seed(0)
    rng = np.random.default_rng(8)
    examples, reader = Examples(work_dir), Reader()
    optimizer = torch.optim.AdamW(reader.parameters(), PEAK_RATE, weight_decay=0.02, fused=True)
    for step in range(steps):
        for group in optimizer.param_groups:
            group["lr"] = PEAK_RATE * min(1, (step + 1) / 50) * (0.5 + 0.5 * math.cos(math.pi * step / steps))
        pixels, wanted = examples.draw(rng)
        with torch.autocast("cpu", torch.bfloat16, enabled=HALF):
            logits = reader(pixels)
        loss = F.binary_cross_entropy_with_logits(logits.float(), wanted, pos_weight=torch.tensor(EDGES_COUNT))
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]  # torch annotates it in part
        optimizer.step()
        if step % 100 == 99:
            print(f"step {step + 1}: loss {float(loss.detach()):.4f}", flush=True)
    threshold = _best_threshold(reader.eval(), examples, rng)
    state = {name: value.half() for name, value in reader.state_dict().items()}
    save_file(state, WEIGHTS, metadata={"threshold": json.dumps(threshold), "licence": "CC0-1.0"})


def _best_threshold(reader: Reader, examples: Examples, rng: np.random.Generator, batches: int = 8) -> float:
    """Where the F-score is highest on the mean over pictures with edges."""
    scores = np.zeros(len(THRESHOLDS))
    for _ in range(batches):
        pixels, wanted = examples.draw(rng)
        shown = to_pixels(to_images(pixels))
        with torch.inference_mode():
            found = reader(shown).sigmoid().numpy()
        for i, threshold in enumerate(THRESHOLDS):
            pairs = [(f > threshold, w.numpy() > 0) for f, w in zip(found, wanted, strict=True) if w.any()]
            scores[i] += np.mean([f_score(f, w) for f, w in pairs])
    print(f"F-score on windows of trained shapes: {scores.max() / batches:.3f}", flush=True)
    return round(float(THRESHOLDS[scores.argmax()]), 3)


@flushed()
def main() -> None:
    """Train the reader."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work-dir", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=1200)
    arguments = parser.parse_args()
    train(arguments.work_dir, arguments.steps)


if __name__ == "__main__":
    main()
