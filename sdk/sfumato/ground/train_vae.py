"""Train the VAE on random crops of the renders.

It starts as a linear projection on the principal components of 8x8 pixel blocks, passed through the network's own
layers (`start_linear`), so that training only has to improve on that: about 3 dB better than a random start after
the same hour.
"""

from __future__ import annotations

import argparse
import math
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
from diffusers import AutoencoderKL

from sfumato.ground.averaging import Average, load_checkpoint, save_checkpoint
from sfumato.ground.denormals import flushed
from sfumato.ground.folding import fold, to_pixels, unfold
from sfumato.ground.layout import LATENT_CHANNELS, VAE
from sfumato.ground.padding import circular
from sfumato.ground.pair import PROCESSES, Partner, train_in_pair
from sfumato.ground.renders import Renders

CROP_PX = 128
BATCH = 8
PEAK_RATE = 1e-3
WARMUP_STEPS = 50
KL_WEIGHT = 1e-6
MOST_PARAMETERS = 3_000_000
START_LOG_VARIANCE = -7.0
ANCHOR = 12.0
"""A constant in every normalisation group, large beside the signal, so that group norm starts nearly linear."""


@torch.no_grad()
def start_linear(vae: AutoencoderKL, pixels: torch.Tensor) -> None:
    """Make a fresh VAE compute a principal component analysis of folded pixels.

    A group of the residual stream holds [z, -z, ANCHOR, -ANCHOR, free...]: the pair lets SiLU pass z unchanged,
    since silu(a) - silu(-a) = a. The free channels keep their random start. Components are scaled to the root of
    their deviation, halfway between whitening and none: the diffusion model then sees coarse structure first.
    """
    blocks = fold(pixels).permute(0, 2, 3, 1).flatten(0, 2)
    mean = blocks.mean(0)
    _, deviations, directions = torch.linalg.svd(blocks - mean, full_matrices=False)
    deviations = deviations[:LATENT_CHANNELS] / math.sqrt(len(blocks))
    directions = directions[:LATENT_CHANNELS]
    scale = deviations.sqrt()
    for module in vae.modules():
        if type(module).__name__ == "ResnetBlock2D":
            module.conv2.weight.zero_()
            module.conv2.bias.zero_()
            module.norm1.weight.fill_(ANCHOR / 2)
    width = vae.config["block_out_channels"][0] // LATENT_CHANNELS
    plus = torch.arange(LATENT_CHANNELS) * width
    _pass_linear(vae.encoder, plus, directions / scale[:, None], mean=mean)
    _pass_linear(vae.decoder, plus, torch.eye(LATENT_CHANNELS), mean=None)
    _read_pairs(vae.encoder, plus, torch.eye(2 * LATENT_CHANNELS)[:, :LATENT_CHANNELS])
    _read_pairs(vae.decoder, plus, (directions * scale[:, None]).T)
    vae.encoder.conv_out.bias[LATENT_CHANNELS:] = START_LOG_VARIANCE
    vae.decoder.conv_out.bias.copy_(mean)
    for convolution in (vae.quant_conv, vae.post_quant_conv):
        convolution.weight.copy_(torch.eye(len(convolution.weight))[..., None, None])
        convolution.bias.zero_()


def _pass_linear(half: Any, plus: torch.Tensor, projection: torch.Tensor, mean: torch.Tensor | None) -> None:
    """Let conv_in write the projected pairs and the anchors."""
    weight, bias = half.conv_in.weight, half.conv_in.bias
    for sign, channels in ((1, plus), (-1, plus + 1)):
        weight[channels] = 0
        weight[channels, :, 1, 1] = sign * projection
        bias[channels] = 0 if mean is None else -sign * projection @ mean
        weight[channels + 2] = 0
        bias[channels + 2] = sign * ANCHOR


def _read_pairs(half: Any, plus: torch.Tensor, projection: torch.Tensor) -> None:
    """Let conv_out project z = silu(z) - silu(-z)."""
    half.conv_norm_out.weight.fill_(ANCHOR / 2)
    half.conv_out.weight.zero_()
    half.conv_out.bias.zero_()
    half.conv_out.weight[:, plus, 1, 1] = projection
    half.conv_out.weight[:, plus + 1, 1, 1] = -projection


def reconstruction_loss(restored: torch.Tensor, pixels: torch.Tensor) -> torch.Tensor:
    """Absolute and squared error, and the absolute error of the gradients, which keeps edges crisp."""
    error = restored - pixels
    gradients = error.diff(dim=-1).abs().mean() + error.diff(dim=-2).abs().mean()
    return error.abs().mean() + 2 * error.square().mean() + 0.4 * gradients


@torch.no_grad()
def psnr_db(restored: torch.Tensor, pixels: torch.Tensor) -> torch.Tensor:
    """Peak signal to noise of each image of a batch in -1..1."""
    return -10 * torch.log10((restored.clamp(-1, 1) - pixels).square().mean((1, 2, 3)) / 4)


def learning_rate(progress: float, step: int) -> float:
    """Warm-up by steps, then a cosine to zero over the time budget."""
    return PEAK_RATE * min(1, (step + 1) / WARMUP_STEPS) * (0.5 + 0.5 * math.cos(math.pi * min(1, progress)))


@flushed()
def train(work_dir: Path, minutes: float, partner: Partner) -> None:
    """Train for so long, going on from the checkpoint if there is one; leaves `vae/` in the work folder."""
    torch.manual_seed(0)
    renders, unseen = Renders(work_dir, "train"), Renders(work_dir, "held_out")
    test = to_pixels(torch.from_numpy(unseen.crops(96, CROP_PX, np.random.default_rng(1))))
    vae = AutoencoderKL(**VAE).to(memory_format=torch.channels_last)
    start_linear(vae, to_pixels(torch.from_numpy(renders.crops(256, CROP_PX, np.random.default_rng(2)))))
    optimizer = torch.optim.AdamW(vae.parameters(), PEAK_RATE, betas=(0.9, 0.99), weight_decay=1e-3, fused=True)
    average = Average(vae, 0.998)
    step, spent_s = 0, 0.0
    checkpoint = work_dir / "vae.pt"
    if checkpoint.exists():
        more = load_checkpoint(checkpoint, vae, optimizer, average)
        step, spent_s = more["step"], more["spent_s"]
    rng = np.random.default_rng([3, step, partner.rank])
    torch.manual_seed(100_000 * partner.rank + step)
    before = time.monotonic()
    while (progress := partner.agree(spent_s / (60 * minutes))) < 1:
        pixels = to_pixels(torch.from_numpy(renders.crops(BATCH // PROCESSES, CROP_PX, rng)))
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(progress, step)
        with circular(vae, wrap=step % 4 == 0):
            posterior = vae.encode(fold(pixels)).latent_dist
            restored = unfold(vae.decode(posterior.sample()).sample)
        loss = reconstruction_loss(restored, pixels) + KL_WEIGHT * posterior.kl().mean()
        optimizer.zero_grad()
        loss.backward()
        partner.average_gradients(vae)
        torch.nn.utils.clip_grad_norm_(vae.parameters(), 1.0)
        optimizer.step()
        step += 1
        spent_s, before = spent_s + time.monotonic() - before, time.monotonic()
        if partner.leads:
            average.update(vae)
            if step % 200 == 0:
                _report(vae, average, test, step, spent_s)
                save_checkpoint(checkpoint, vae, optimizer, average, step=step, spent_s=spent_s)
    if partner.leads:
        vae.load_state_dict(average.weights)
        _report(vae, average, test, step, spent_s)
        _save(vae, test, work_dir / "vae")


@torch.no_grad()
def _save(vae: AutoencoderKL, test: torch.Tensor, folder: Path) -> None:
    latents = vae.encode(fold(test)).latent_dist.mean
    vae.register_to_config(scaling_factor=round(1 / float(latents.std()), 5))
    vae.save_pretrained(folder)


@torch.no_grad()
def _report(vae: AutoencoderKL, average: Average, test: torch.Tensor, step: int, spent_s: float) -> None:
    current = {name: value.clone() for name, value in vae.state_dict().items()}
    vae.load_state_dict(average.weights)
    restored = torch.cat([unfold(vae(fold(part)).sample) for part in torch.split(test, BATCH)])
    vae.load_state_dict(current)
    quality = psnr_db(restored, test)
    figures = ", ".join(f"{name} {getattr(quality, name)():.2f}" for name in ("median", "mean", "min"))
    print(f"step {step}, {spent_s:.0f} s: held-out PSNR in dB: {figures}", flush=True)


def main() -> None:
    """Train the VAE."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work-dir", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=25)
    arguments = parser.parse_args()
    train_in_pair(train, arguments.work_dir, arguments.minutes, MOST_PARAMETERS)


if __name__ == "__main__":
    main()
