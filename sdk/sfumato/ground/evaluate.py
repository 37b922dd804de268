"""How good Ground is: `python -m sfumato.ground.evaluate` writes `benchmarks/ground_quality.json` in the repository."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from safetensors import safe_open

from sfumato.ground import weights_path
from sfumato.ground.figures import add_output_option, tell
from sfumato.ground.folding import fold, to_pixels, unfold
from sfumato.ground.judge import UNSEEN, WEIGHTS, Judge
from sfumato.ground.materials import MATERIALS, SurfaceSpec, render, shade
from sfumato.ground.prompts import phrase
from sfumato.ground.renders import draw_spec
from sfumato.ground.sampling import DEFAULT_GUIDANCE_SCALE, DEFAULT_STEPS, Model, generate
from sfumato.ground.train_vae import psnr_db

BATCH = 8


def seam_ratio(picture: npt.NDArray[np.uint8], axis: int) -> float:
    """The mean step across the wrap line over the 99th percentile of the interior lines' mean steps."""
    steps = np.abs(np.roll(picture, -1, axis).astype(float) - picture).mean(axis=(1 - axis, 2))
    return float(steps[-1] / np.percentile(steps[:-1], 99))


def held_out_prompts(count: int) -> tuple[list[str], list[str], list[str | None]]:
    """Prompts of combinations that training never saw, their materials and their main colours."""
    rng = np.random.default_rng(2024)
    specs = [draw_spec("held_out", rng) for _ in range(count)]
    colours = [spec.colours[0] if spec.colours else None for spec in specs]
    return [phrase(spec, rng) for spec in specs], [spec.material for spec in specs], colours


def prompt_accuracy(model: Model, judge: Judge, count: int, **settings: Any) -> dict[str, Any]:
    """The judge's verdict on pictures of held-out prompts; `settings` go to `generate`."""
    prompts, materials, colours = held_out_prompts(count)
    verdicts = []
    for first in range(0, count, BATCH):
        verdicts += judge.verdicts(generate(model, prompts[first : first + BATCH], seed=first, **settings))
    right = [v.material == wanted for v, wanted in zip(verdicts, materials, strict=True)]
    coloured = [v.colour == wanted for v, wanted in zip(verdicts, colours, strict=True) if wanted]
    shares = {name: _share(right, materials, name) for name in sorted(set(materials))}
    return {
        "prompts": count,
        "material": round(float(np.mean(right)), 4),
        "main_colour": round(float(np.mean(coloured)), 4),
        "lowest_materials": dict(sorted(shares.items(), key=lambda item: item[1])[:5]),
    }


def _share(right: Sequence[bool], materials: Sequence[str], name: str) -> float:
    return round(float(np.mean([r for r, m in zip(right, materials, strict=True) if m == name])), 3)


@torch.inference_mode()
def vae_quality(model: Model, pictures_per_material: int = 8) -> dict[str, Any]:
    """Reconstruction of unseen renders: PSNR per material as the median over pictures."""
    medians: dict[str, float] = {}
    for material in MATERIALS:
        rng = np.random.default_rng([77, len(medians)])
        specs: list[SurfaceSpec] = []
        while len(specs) < pictures_per_material:
            if (spec := draw_spec("held_out", rng)).material == material:
                specs.append(spec)
        images = [shade(render(spec, seed=int(rng.integers(2**32, 2**33)))) for spec in specs]
        pixels = to_pixels(torch.from_numpy(np.stack(images)))
        medians[material] = round(float(psnr_db(unfold(model.vae(fold(pixels)).sample), pixels).median()), 2)
    worst = min(medians, key=lambda name: medians[name])
    return {
        "median_over_materials_psnr_db": round(float(np.median(list(medians.values()))), 2),
        "worst_material": worst,
        "worst_psnr_db": medians[worst],
        "materials_psnr_db": medians,
    }


def seams(model: Model, count: int) -> dict[str, Any]:
    """The seam figure over tileable pictures of held-out prompts."""
    prompts, _, _ = held_out_prompts(count)
    pictures = [
        picture.numpy()
        for first in range(0, count, BATCH)
        for picture in generate(model, prompts[first : first + BATCH], seed=first, tile=True)
    ]
    figures: dict[str, Any] = {"pictures": count}
    for name, axis in (("y", 0), ("x", 1)):
        ratios = np.array([seam_ratio(picture, axis) for picture in pictures])
        figures[name] = {
            "median": round(float(np.median(ratios)), 3),
            "share_within_1.15": round(float(np.mean(ratios <= 1.15)), 3),
            "highest": round(float(ratios.max()), 3),
        }
    return figures


def evaluate(prompts: int, tiles: int) -> dict[str, Any]:
    """All figures of the shipped model."""
    model, judge = Model.load(weights_path()), Judge.load()
    with safe_open(WEIGHTS, framework="pt") as file:
        judge_accuracy = json.loads(file.metadata()["accuracy"])
    return {
        "settings": {
            "size_px": 256, "steps": DEFAULT_STEPS, "guidance_scale": DEFAULT_GUIDANCE_SCALE,
            "sampler": "DPM++ 2M", "schedule": "Karras",
        },
        "judge_on_unseen_renders": {"pictures": UNSEEN, **judge_accuracy},
        "held_out_prompts": prompt_accuracy(model, judge, prompts),
        "vae": vae_quality(model),
        "seam": seams(model, tiles),
    }  # fmt: skip


def main() -> None:
    """Evaluate the shipped weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--prompts", type=int, default=500)
    parser.add_argument("--tiles", type=int, default=100)
    add_output_option(parser, "ground_quality")
    arguments = parser.parse_args()
    tell(evaluate(arguments.prompts, arguments.tiles), arguments.output)


if __name__ == "__main__":
    main()
