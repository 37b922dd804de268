"""Train the diffusion model on cached latents.

Every use of a picture gets a fresh phrase and a fresh window. Most early batches are 64 px windows, for many steps
are worth more than wide ones; later larger ones prevail. Some are whole seamless pictures under circular padding, so
that tileable output is not a surprise.
"""

from __future__ import annotations

import argparse
import math
import time
from pathlib import Path

import numpy as np
import torch
from diffusers import UNet2DConditionModel
from transformers import CLIPTextModel

from sfumato.ground.averaging import Average, load_checkpoint, save_checkpoint
from sfumato.ground.denormals import flushed
from sfumato.ground.latents import Latents
from sfumato.ground.layout import FOLD, NOISE, UNET
from sfumato.ground.padding import circular
from sfumato.ground.pair import PROCESSES, Partner, train_in_pair
from sfumato.ground.prompts import phrase
from sfumato.ground.sampling import alphas_cumprod
from sfumato.ground.tokenizer import load_tokenizer
from sfumato.ground.train_text import tokenize

BATCH = 32
PEAK_RATE = 1e-3
WARMUP_STEPS = 150
EMPTY_SHARE = 0.1
AVERAGE = 0.9995
TIMESTEP_CENTRE = -0.5
"""In logits of the timestep: most are drawn where patterns take shape; colour, decided earlier, is learned fast."""
MOST_PARAMETERS = 16_000_000
SIGNAL_TO_NOISE_LIMIT = 4.0
"""Cleaner timesteps count less: their v is mostly noise. Noisier ones keep full weight: there the colour is decided."""
HALF = torch.cpu._is_avx512_bf16_supported()
"""Where the processor multiplies bfloat16 itself, autocast is half as fast again; elsewhere it is emulated."""
SAVE_EVERY_S = 120.0
LOOK_FOR_MORE_STEPS = 400
"""Rendering and encoding may go on beside the training."""
WINDOWS = (
    (0.3, (0.85, 0.12, 0.03)),
    (0.7, (0.45, 0.45, 0.10)),
    (1.0, (0.30, 0.50, 0.20)),
)
"""Up to which progress, and the shares of batches of 64, 128 and 256 px windows until then."""
BATCHES = (BATCH, 3 * BATCH // 8, BATCH // 8)
"""How many windows of 64, 128 and 256 px make a batch."""


def choose_window(progress: float, rng: np.random.Generator) -> tuple[int, int, bool]:
    """How many windows, their size in latents, and whether they wrap (which whole pictures may)."""
    shares = next(shares for end, shares in WINDOWS if progress < end)
    kind = int(rng.choice(3, p=shares))
    return BATCHES[kind], (64 << kind) // FOLD, kind == 2


def loss_of(
    unet: UNet2DConditionModel,
    latents: torch.Tensor,
    context: torch.Tensor,
    alphas: torch.Tensor,
    importance: torch.Tensor,
) -> torch.Tensor:
    """v-prediction (Salimans & Ho 2022) at logit-normal timesteps (Esser et al. 2024), spread evenly over the batch.

    `importance` weighs the channels, (C).
    """
    count = len(latents)
    places = (torch.randperm(count) + torch.rand(count).clamp(0.01, 0.99)) / count
    timesteps = (torch.sigmoid(TIMESTEP_CENTRE + torch.special.ndtri(places)) * NOISE["num_train_timesteps"]).long()
    alpha = alphas[timesteps].view(-1, 1, 1, 1)
    noise = torch.randn_like(latents)
    noisy = alpha.sqrt() * latents + (1 - alpha).sqrt() * noise
    v = alpha.sqrt() * noise - (1 - alpha).sqrt() * latents
    with torch.autocast("cpu", torch.bfloat16, enabled=HALF):
        predicted = unet(noisy, timesteps, context).sample
    squares: torch.Tensor = (predicted.float() - v).square().mean((2, 3))  # (B, C)
    error = (squares * importance).mean(1)
    signal_to_noise = (alpha / (1 - alpha)).flatten()
    weight = ((SIGNAL_TO_NOISE_LIMIT + 1) / (signal_to_noise + 1)).clamp(max=1)
    return (weight * error).mean()


@flushed()
def train(work_dir: Path, minutes: float, partner: Partner) -> None:
    """Train for so long, going on from the checkpoint if there is one."""
    torch.manual_seed(0)
    latents, alphas = Latents(work_dir), alphas_cumprod()
    importance = latents.importance()
    tokenizer = load_tokenizer(work_dir / "tokenizer")
    text_encoder = CLIPTextModel.from_pretrained(work_dir / "text_encoder").eval()
    unet = UNet2DConditionModel(**UNET)
    optimizer = torch.optim.AdamW(unet.parameters(), PEAK_RATE, betas=(0.9, 0.99), weight_decay=0.01, fused=True)
    average = Average(unet, AVERAGE)
    step, samples, spent_s = 0, 0, 0.0
    checkpoint = work_dir / "unet.pt"
    if checkpoint.exists():
        more = load_checkpoint(checkpoint, unet, optimizer, average)
        step, samples, spent_s = more["step"], more["samples"], more["spent_s"]
    shared_rng, rng = np.random.default_rng([4, step]), np.random.default_rng([5, step, partner.rank])
    torch.manual_seed(100_000 * partner.rank + step)
    before = saved = time.monotonic()
    losses: list[float] = []
    while (progress := partner.agree(spent_s / (60 * minutes))) < 1:
        for group in optimizer.param_groups:
            group["lr"] = PEAK_RATE * min(1, (step + 1) / WARMUP_STEPS) * (0.5 + 0.5 * math.cos(math.pi * progress))
        if step % LOOK_FOR_MORE_STEPS == 0:
            latents = Latents(work_dir)
        count, size, wrap = choose_window(progress, shared_rng)
        clean, specs = latents.batch(count // PROCESSES, size, rng)
        phrases = [phrase(spec, rng) if rng.random() >= EMPTY_SHARE else "" for spec in specs]
        with torch.no_grad():
            context = text_encoder(tokenize(tokenizer, phrases)).last_hidden_state
        with circular(unet, wrap):
            loss = loss_of(unet, clean, context, alphas, importance)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]  # torch annotates it in part
        partner.average_gradients(unet)
        torch.nn.utils.clip_grad_norm_(unet.parameters(), 1.0)
        optimizer.step()
        losses.append(float(loss.detach()))
        step, samples = step + 1, samples + count
        spent_s, before = spent_s + time.monotonic() - before, time.monotonic()
        if not partner.leads:
            continue
        average.update(unet)
        if step % 100 == 0:
            print(f"step {step}, {samples} pictures, {spent_s:.0f} s: loss {np.mean(losses[-100:]):.4f}", flush=True)
        if before - saved > SAVE_EVERY_S:
            save_checkpoint(checkpoint, unet, optimizer, average, step=step, samples=samples, spent_s=spent_s)
            saved = before
    if partner.leads:
        save_checkpoint(checkpoint, unet, optimizer, average, step=step, samples=samples, spent_s=spent_s)


def main() -> None:
    """Train the diffusion model."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work-dir", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=70)
    arguments = parser.parse_args()
    train_in_pair(train, arguments.work_dir, arguments.minutes, MOST_PARAMETERS)


if __name__ == "__main__":
    main()
