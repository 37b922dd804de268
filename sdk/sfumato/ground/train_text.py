"""Teach the text encoder what phrases mean, by reading the spec back from them; afterwards it is frozen.

Three heads look at the end-of-text token, at the average token and at the last padding token, so that every place
the diffusion model may look at carries the whole meaning. The heads are thrown away.
"""

from __future__ import annotations

import argparse
import string
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

from sfumato.ground.layout import CONTEXT_TOKENS, TEXT_ENCODER
from sfumato.ground.materials import COLOURS, MATERIALS, MODIFIERS, SurfaceSpec
from sfumato.ground.prompts import phrase
from sfumato.ground.renders import draw_spec
from sfumato.ground.tokenizer import learn_tokenizer, load_tokenizer

BATCH = 64
PEAK_RATE = 1e-3
TOKENIZER_PHRASES = 20_000
NOISE_WORDS_SHARE = 0.25
"""The share of phrases that get a made-up word, so that unknown words are passed over."""

Targets = tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]
"""Material (B), first and second colour (B), modifiers (B, M)."""


class Reader(nn.Module):
    """Linear heads that read a spec from one embedding."""

    def __init__(self) -> None:
        super().__init__()
        self.sizes = [len(MATERIALS), len(COLOURS) + 1, len(COLOURS) + 1, len(MODIFIERS)]
        self.linear = nn.Linear(TEXT_ENCODER["hidden_size"], sum(self.sizes))

    def forward(self, embedding: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """(B, W) -> the scores of each part of the spec."""
        return torch.split(self.linear(embedding), self.sizes, dim=-1)


def targets(specs: list[SurfaceSpec]) -> Targets:
    """What the heads should answer; the number after the last colour says that there is none."""
    materials, colours, modifiers = list(MATERIALS), list(COLOURS), list(MODIFIERS)

    def colour(spec: SurfaceSpec, place: int) -> int:
        return colours.index(spec.colours[place]) if len(spec.colours) > place else len(colours)

    return (
        torch.tensor([materials.index(spec.material) for spec in specs]),
        torch.tensor([colour(spec, 0) for spec in specs]),
        torch.tensor([colour(spec, 1) for spec in specs]),
        torch.tensor([[float(name in spec.modifiers) for name in modifiers] for spec in specs]),
    )


def tokenize(tokenizer: CLIPTokenizer, phrases: list[str]) -> torch.Tensor:
    """(B, CONTEXT_TOKENS), padded the way Stable Diffusion's pipelines do."""
    tokens: torch.Tensor = tokenizer(
        phrases, padding="max_length", max_length=CONTEXT_TOKENS, truncation=True, return_tensors="pt"
    ).input_ids
    return tokens


def with_noise_word(text: str, rng: np.random.Generator) -> str:
    """Insert a made-up word somewhere."""
    words = text.split(" ")
    letters = rng.choice(list(string.ascii_lowercase), int(rng.integers(3, 9)))
    words.insert(int(rng.integers(len(words) + 1)), "".join(letters))
    return " ".join(words)


def encoder_for(tokenizer: CLIPTokenizer) -> CLIPTextModel:
    """A fresh encoder that knows the tokenizer's special tokens."""
    config = CLIPTextConfig(
        **TEXT_ENCODER,
        vocab_size=len(tokenizer),
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    return CLIPTextModel(config)


def train(work_dir: Path, steps: int) -> None:
    """Leave `tokenizer/` and `text_encoder/` in the work folder."""
    rng = np.random.default_rng(0)
    torch.manual_seed(0)
    sampled = (phrase(draw_spec("train", rng), rng) for _ in range(TOKENIZER_PHRASES))
    learn_tokenizer(sampled, work_dir / "tokenizer")
    tokenizer = load_tokenizer(work_dir / "tokenizer")
    encoder, readers = encoder_for(tokenizer), nn.ModuleList(Reader() for _ in range(3))
    parameters = [*encoder.parameters(), *readers.parameters()]
    optimizer = torch.optim.AdamW(parameters, PEAK_RATE, betas=(0.9, 0.98), weight_decay=0.01, fused=True)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, PEAK_RATE, total_steps=steps, pct_start=0.1)
    for step in range(1, steps + 1):
        specs = [draw_spec("train", rng) for _ in range(BATCH)]
        phrases = [phrase(spec, rng) for spec in specs]
        phrases = [with_noise_word(text, rng) if rng.random() < NOISE_WORDS_SHARE else text for text in phrases]
        scores = _read(encoder, readers, tokenize(tokenizer, phrases), tokenizer.eos_token_id)
        loss = torch.stack([_loss(answer, targets(specs)) for answer in scores]).mean()
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]  # torch annotates it in part
        nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        schedule.step()
        if step % 100 == 0 or step == steps:
            _report(encoder, readers, tokenizer, step, float(loss.detach()))
    encoder.save_pretrained(work_dir / "text_encoder")


def _read(
    encoder: CLIPTextModel, readers: nn.ModuleList, tokens: torch.Tensor, end: int
) -> list[tuple[torch.Tensor, ...]]:
    hidden = encoder(tokens).last_hidden_state  # (B, CONTEXT_TOKENS, W)
    ends = (tokens == end).int().argmax(1)
    looks = (hidden[torch.arange(len(tokens)), ends], hidden.mean(1), hidden[:, -1])
    return [reader(look) for reader, look in zip(readers, looks, strict=True)]


def _loss(scores: tuple[torch.Tensor, ...], wanted: Targets) -> torch.Tensor:
    choices = [F.cross_entropy(score, answer) for score, answer in zip(scores[:3], wanted[:3], strict=True)]
    return torch.stack(choices).sum() + 3 * F.binary_cross_entropy_with_logits(scores[3], wanted[3])


@torch.no_grad()
def _report(encoder: CLIPTextModel, readers: nn.ModuleList, tokenizer: CLIPTokenizer, step: int, loss: float) -> None:
    rng = np.random.default_rng(1)
    specs = [draw_spec("held_out", rng) for _ in range(400)]
    tokens = tokenize(tokenizer, [phrase(spec, rng) for spec in specs])
    scores, wanted = _read(encoder, readers, tokens, tokenizer.eos_token_id)[0], targets(specs)
    right = [(s.argmax(1) == w).float().mean().item() for s, w in zip(scores[:3], wanted[:3], strict=True)]
    right.append(((scores[3] > 0) == (wanted[3] > 0.5)).all(1).float().mean().item())
    figures = ", ".join(f"{value:.3f}" for value in right)
    print(f"step {step}: loss {loss:.4f}, held out: material, colours, modifiers right {figures}", flush=True)


def main() -> None:
    """Train the tokenizer and the text encoder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work-dir", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=900)
    arguments = parser.parse_args()
    train(arguments.work_dir, arguments.steps)


if __name__ == "__main__":
    main()
