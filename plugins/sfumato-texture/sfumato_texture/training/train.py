"""Train the network of `texture.maps` on whole seamless pictures under circular padding.

`python -m sfumato_texture.training.train --work-dir DIR` goes on from DIR/maps.pt if it is there, and writes the
weights to ship at the last step. Each step draws from its own seed: a run that was stopped ends as one that was not.
One thread: on shared cores that is quicker than two.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Final

import numpy as np
import torch
from safetensors.torch import save_file
from torch.nn import functional as F

from sfumato.ground.averaging import Average, load_checkpoint, save_checkpoint
from sfumato.ground.denormals import flushed
from sfumato.ground.padding import circular
from sfumato_texture.network import FOLD, MapNetwork
from sfumato_texture.relief import RELIEF_PX, normals, slopes
from sfumato_texture.surface import WEIGHTS, Surface, interpret
from sfumato_texture.training.optimizer import Optimizer
from sfumato_texture.training.renders import Renders

BATCH_PX: Final = 8 * 128 * 128
WARMUP_STEPS: Final = 50
COOLING_SHARE: Final = 0.9
REPORT_EVERY: Final = 250
STEPS: Final = 15_000
SLOPE_WEIGHT: Final = 2.0
GAINS: Final = (1.0, 1.1, 1.2, 1.3, 1.4, 1.5)
MOST_PARAMETERS: Final = 2_000_000


def read_batch(network: MapNetwork, batch: torch.Tensor) -> Surface:
    """The surfaces of seamless pictures, of renders' channels (B, 8, S, S)."""
    pictures = batch[:, :3]
    with circular(network), _half_where_quick():
        raw = network(pictures)
    return interpret(raw, pictures, "xy")


def _half_where_quick() -> torch.autocast | nullcontext[None]:
    """bfloat16 where the processor multiplies it faster."""
    return torch.autocast("cpu", torch.bfloat16) if torch.cpu._is_avx512_bf16_supported() else nullcontext()


def losses(surface: Surface, batch: torch.Tensor) -> dict[str, torch.Tensor]:
    """What is to become small, each already weighted.

    The normal's is the chord between unit vectors: nearly the angle, and not its square, since the mean is reported.
    That alone stays flat for long, as most of a picture nearly is; squares of slopes lead away from there.
    """
    albedo, height, roughness = batch[:, 3:6], batch[:, 6:7], batch[:, 7:8]
    made, true = slopes(surface.relief_px, "xy"), slopes(height * RELIEF_PX, "xy")
    chord = normals(made) - normals(true)
    wrong = surface.albedo - albedo
    edges = wrong.diff(dim=-1).abs().mean() + wrong.diff(dim=-2).abs().mean()
    return {
        "normal": 2 * (chord.square().sum(1) + 1e-6).sqrt().mean(),
        "slope": SLOPE_WEIGHT * F.smooth_l1_loss(made, true, beta=0.5),
        "height": 0.5 * (surface.relief_px / RELIEF_PX - height).abs().mean(),
        "albedo": wrong.abs().mean() + 0.4 * edges,
        "roughness": 0.5 * (surface.roughness - roughness).abs().mean(),
    }


def recoloured(batch: torch.Tensor, rng: np.random.Generator) -> torch.Tensor:
    """The same surfaces with red, green and blue exchanged: the light is white, so they stay true."""
    order = rng.permutation(3).tolist()
    return batch[:, [*order, *(3 + channel for channel in order), 6, 7]]


@torch.no_grad()
def angular_error_deg(relief_px: torch.Tensor, true_relief_px: torch.Tensor) -> torch.Tensor:
    """The angle between the normals of two seamless reliefs, at each pixel (B, H, W)."""
    cosine = (normals(slopes(relief_px, "xy")) * normals(slopes(true_relief_px, "xy"))).sum(1)
    return cosine.clamp(-1, 1).arccos().rad2deg()


def heat(step: int, steps: int) -> float:
    """1, and at last a straight line to 0: how long all is to take may be decided on the way.

    Rates follow it, and so does how much surfaces are changed: what is learned last is materials as they are.
    """
    return min(1.0, (steps - step) / (COOLING_SHARE * steps))


@flushed()
def train(work_dir: Path, steps: int, output: Path) -> None:
    """Train until `steps` are done in all, those of the checkpoint included, and write the averaged weights."""
    torch.manual_seed(0)
    renders, unseen = Renders(work_dir, "train"), Renders(work_dir, "held_out")
    test = [unseen.batch(BATCH_PX, np.random.default_rng([1, part])) for part in range(12)]
    network = MapNetwork()
    assert sum(weights.numel() for weights in network.parameters()) <= MOST_PARAMETERS
    optimizer = Optimizer(network)
    average = Average(network, 0.998)
    checkpoint = work_dir / "maps.pt"
    done = load_checkpoint(checkpoint, network, optimizer, average)["step"] if checkpoint.exists() else 0
    started = time.monotonic()
    for step in range(done, steps):
        rate = min(1.0, (step + 1) / WARMUP_STEPS) * heat(step, steps)
        parts = _gradients(network, renders, np.random.default_rng([3, step]), heat(step, steps))
        optimizer.step(rate)
        average.update(network)
        if (step + 1) % REPORT_EVERY == 0 or step + 1 == steps:
            said = ", ".join(f"{name} {value.detach():.3f}" for name, value in parts.items())
            _report(average, test, f"step {step + 1}, {time.monotonic() - started:.0f} s, losses {said}")
            save_checkpoint(checkpoint, network, optimizer, average, step=step + 1)
    network.load_state_dict(average.weights)
    print(f"relief is {deepen(network, test):.2f} times as deep as the network said")
    save_file({name: value.half().contiguous() for name, value in network.state_dict().items()}, output)


@torch.no_grad()
def deepen(network: MapNetwork, batches: Sequence[torch.Tensor]) -> float:
    """Multiply slopes and heights in the last layer by what suits these pictures best; how much that is.

    Where it is unsure, a network names less than there is; by mean angle, some more is better.
    """
    reliefs = [(read_batch(network, batch).relief_px, batch[:, 6:7] * RELIEF_PX) for batch in batches]
    errors = [
        torch.cat([angular_error_deg(made * gain, true).flatten() for made, true in reliefs]).mean() for gain in GAINS
    ]
    gain = GAINS[int(torch.stack(errors).argmin())]
    relief_rows = slice(3 * FOLD**2, 6 * FOLD**2)
    for part in (network.leave.weight, network.leave.bias):
        assert part is not None
        part[relief_rows] *= gain
    return gain


def _gradients(
    network: MapNetwork, renders: Renders, rng: np.random.Generator, change: float
) -> dict[str, torch.Tensor]:
    """Leave the gradients of one batch at the weights; its losses."""
    batch = recoloured(renders.varied_batch(BATCH_PX, rng, change), rng)
    parts = losses(read_batch(network, batch), batch)
    torch.autograd.backward(torch.stack([*parts.values()]).sum())
    torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
    return parts


@torch.no_grad()
def _report(average: Average, test: list[torch.Tensor], said: str) -> None:
    network = MapNetwork()
    network.load_state_dict(average.weights)
    angles, absolute = [], []
    for batch in test:
        surface = read_batch(network, batch)
        angles.append(angular_error_deg(surface.relief_px, batch[:, 6:7] * RELIEF_PX).mean())
        maps = torch.cat([surface.albedo, surface.relief_px / RELIEF_PX, surface.roughness], 1)
        absolute.append((maps - batch[:, 3:]).abs().mean((0, 2, 3)))
    errors = torch.stack(absolute).mean(0)
    print(
        f"{said}: held-out normals {torch.stack(angles).mean():.2f} deg, albedo {errors[:3].mean():.4f}, "
        f"height {errors[3]:.4f}, roughness {errors[4]:.4f}",
        flush=True,
    )


def main() -> None:
    """Train the network."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work-dir", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--output", type=Path, default=WEIGHTS)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    train(arguments.work_dir, arguments.steps, arguments.output)


if __name__ == "__main__":
    main()
