"""Train the depth ControlNet on cached renders; Ground itself stays as it is.

`python -m sfumato.ground.depth.train --work-dir W --minutes 60` goes on from W/depth.pt, and writes the averaged
weights to W/controlnet whenever it saves.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from diffusers import ControlNetModel, UNet2DConditionModel
from torch.nn import functional as F

from sfumato.ground import weights_path
from sfumato.ground.averaging import Average, load_checkpoint, save_checkpoint
from sfumato.ground.denormals import flushed
from sfumato.ground.depth.network import copied_parameters, like_encoder, new_parameters, untrained
from sfumato.ground.depth.renders import Dressed
from sfumato.ground.layout import FOLD, NOISE
from sfumato.ground.materials import SurfaceSpec
from sfumato.ground.prompts import phrase
from sfumato.ground.renders import draw_spec
from sfumato.ground.sampling import Model, alphas_cumprod
from sfumato.ground.train_text import tokenize
from sfumato.ground.train_unet import HALF, SIGNAL_TO_NOISE_LIMIT

PEAK_RATE = 4e-4
NEW_RATE_FACTOR = 3.0
WARMUP_STEPS = 100
EMPTY_SHARE = 0.15
AVERAGE = 0.998
TIMESTEP_CENTRE = 0.1
TIMESTEP_SPREAD = 1.3
"""In logits of the timestep: noisier than for the materials, where the shapes are decided."""
NEAR_PX = 9
VARIES_MUCH = 0.2
VARIES_COUNTS = 5.0
"""So much more counts an error where nearness changes by VARIES_MUCH over NEAR_PX."""
SHIPPED_SHARE = 0.75
"""Guidance strengthens what is added: all of it follows depth best, but takes too much of the material."""
HANDING_OVER = ("controlnet_down_blocks", "controlnet_mid_block")
FACTS = {"branches": "prompt", "follows": "depth", "licence": "CC0-1.0"}
"""How it is to be used: see `steering.following`."""
SAVE_EVERY_S = 120.0
LOOK_FOR_MORE_STEPS = 500
WINDOWS = ((0.35, (0.7, 0.3, 0.0)), (0.8, (0.3, 0.6, 0.1)), (1.0, (0.1, 0.6, 0.3)))
"""Up to which progress, and the shares of batches of 16, 32 and 64 latents a side until then."""
BATCHES = (24, 8, 2)


class Captions:
    """Prompts as Ground reads them."""

    def __init__(self, model: Model) -> None:
        self._tokenizer, self._encoder = model.tokenizer, model.text_encoder

    @torch.no_grad()
    def __call__(self, specs: Sequence[SurfaceSpec], rng: np.random.Generator) -> torch.Tensor:
        """A phrase of each, now and then none, (B, tokens, width)."""
        phrases = [phrase(spec, rng) if rng.random() >= EMPTY_SHARE else "" for spec in specs]
        found: torch.Tensor = self._encoder(tokenize(self._tokenizer, phrases)).last_hidden_state
        return found


def loss_of(
    unet: UNet2DConditionModel,
    network: ControlNetModel,
    latents: torch.Tensor,
    control: torch.Tensor,
    context: torch.Tensor,
    alphas: torch.Tensor,
    importance: torch.Tensor,
) -> torch.Tensor:
    """As `train_unet.loss_of`, with residuals for the frozen network."""
    count = len(latents)
    places = (torch.randperm(count) + torch.rand(count).clamp(0.01, 0.99)) / count
    logits = TIMESTEP_CENTRE + TIMESTEP_SPREAD * torch.special.ndtri(places)
    timesteps = (torch.sigmoid(logits) * NOISE["num_train_timesteps"]).long()
    alpha = alphas[timesteps].view(-1, 1, 1, 1)
    noise = torch.randn_like(latents)
    noisy = alpha.sqrt() * latents + (1 - alpha).sqrt() * noise
    v = alpha.sqrt() * noise - (1 - alpha).sqrt() * latents
    with torch.autocast("cpu", torch.bfloat16, enabled=HALF):
        down, middle = network(noisy, timesteps, context, controlnet_cond=control, return_dict=False)
        predicted = unet(
            noisy, timesteps, context, down_block_additional_residuals=down, mid_block_additional_residual=middle
        ).sample
    error = ((predicted.float() - v).square() * attention(control)).mean((2, 3)) @ importance / len(importance)
    signal_to_noise = (alpha / (1 - alpha)).flatten()
    weight = ((SIGNAL_TO_NOISE_LIMIT + 1) / (signal_to_noise + 1)).clamp(max=1)
    loss: torch.Tensor = (weight * error).mean()
    return loss


def attention(control: torch.Tensor) -> torch.Tensor:
    """How much each latent counts, (B, 1, h, w), at a mean of 1: more where depth varies, for there is what is new."""
    depth = control[:, :1]
    varies = F.max_pool2d(depth, NEAR_PX, 1, NEAR_PX // 2) + F.max_pool2d(-depth, NEAR_PX, 1, NEAR_PX // 2)
    weight = 1 + VARIES_COUNTS * (varies / VARIES_MUCH).clamp(max=1)
    return F.avg_pool2d(weight, FOLD) / weight.mean()


def choose_window(progress: float, rng: np.random.Generator) -> tuple[int, int]:
    """How many windows, and their size in latents."""
    shares = next(shares for end, shares in WINDOWS if progress < end)
    kind = int(rng.choice(3, p=shares))
    return BATCHES[kind], 16 << kind


@flushed()
def train(work_dir: Path, minutes: float) -> None:
    """Train until so many minutes were spent, going on from the checkpoint if there is one."""
    torch.manual_seed(0)
    model, data, alphas = Model.load(weights_path()), Dressed(work_dir), alphas_cumprod()
    unet = model.unet.requires_grad_(False).to(memory_format=torch.channels_last)
    captions, importance = Captions(model), data.importance()
    checkpoint = work_dir / "depth.pt"
    network = untrained() if checkpoint.exists() else _started(unet, captions)
    network.to(memory_format=torch.channels_last)
    optimizer = torch.optim.AdamW(
        [{"params": copied_parameters(network)}, {"params": new_parameters(network)}],
        PEAK_RATE, betas=(0.9, 0.99), weight_decay=0.01, fused=True,
    )  # fmt: skip
    average = Average(network, AVERAGE)
    step, samples, spent_s = 0, 0, 0.0
    if checkpoint.exists():
        more = load_checkpoint(checkpoint, network, optimizer, average)
        step, samples, spent_s = more["step"], more["samples"], more["spent_s"]
    rng = np.random.default_rng([6, step])
    torch.manual_seed(step)
    before = saved = time.monotonic()
    losses: list[float] = []
    while (progress := spent_s / (60 * minutes)) < 1:
        rate = PEAK_RATE * min(1, (step + 1) / WARMUP_STEPS) * (0.52 + 0.48 * math.cos(math.pi * progress))
        for group, factor in zip(optimizer.param_groups, (1.0, NEW_RATE_FACTOR), strict=True):
            group["lr"] = rate * factor
        if step % LOOK_FOR_MORE_STEPS == 0:
            data = Dressed(work_dir)
        count, size = choose_window(progress, rng)
        latents, control, specs = data.batch(count, size, rng)
        loss = loss_of(unet, network, latents, control, captions(specs, rng), alphas, importance)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]  # torch annotates it in part
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        average.update(network)
        losses.append(float(loss.detach()))
        step, samples = step + 1, samples + count
        spent_s, before = spent_s + time.monotonic() - before, time.monotonic()
        if step % 100 == 0:
            print(f"step {step}, {samples} windows, {spent_s:.0f} s: loss {np.mean(losses[-100:]):.4f}", flush=True)
        if before - saved > SAVE_EVERY_S:
            _save(work_dir, network, optimizer, average, step=step, samples=samples, spent_s=spent_s)
            saved = before
    _save(work_dir, network, optimizer, average, step=step, samples=samples, spent_s=spent_s)


def _started(unet: UNet2DConditionModel, captions: Captions) -> ControlNetModel:
    rng = np.random.default_rng(7)
    return like_encoder(unet, lambda: captions([draw_spec("train", rng) for _ in range(32)], rng))


def _save(
    work_dir: Path, network: ControlNetModel, optimizer: torch.optim.Optimizer, average: Average, **more: float
) -> None:
    """The checkpoint, and beside it the averaged weights as they are shipped."""
    save_checkpoint(work_dir / "depth.pt", network, optimizer, average, **more)
    export(average.weights, work_dir / "controlnet")


def export(weights: dict[str, torch.Tensor], folder: Path) -> None:
    """Write weights in half precision, in the layout of diffusers; what they add is SHIPPED_SHARE of it."""
    network = untrained()
    shares = {name: SHIPPED_SHARE if name.startswith(HANDING_OVER) else 1.0 for name in weights}
    network.load_state_dict({name: value * shares[name] for name, value in weights.items()})
    network.half().save_pretrained(folder)
    (folder / "sfumato.json").write_text(json.dumps(FACTS, indent=2) + "\n")


def main() -> None:
    """Train the depth ControlNet."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work-dir", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=70)
    arguments = parser.parse_args()
    train(arguments.work_dir, arguments.minutes)


if __name__ == "__main__":
    main()
