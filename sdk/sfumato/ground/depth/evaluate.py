"""How well Ground follows depth: `python -m sfumato.ground.depth.evaluate` writes `benchmarks/ground_depth.json`."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from diffusers import ControlNetModel

from sfumato.ground import weights_path as ground_path
from sfumato.ground.depth import weights_path
from sfumato.ground.depth.agreement import DEPTH_STEP, REACH_PX, depth_edges, f_score, steepness_auc
from sfumato.ground.depth.reader import Reader
from sfumato.ground.depth.renders import SIZE_PX, draw_sight, dressed
from sfumato.ground.depth.sight import Sight
from sfumato.ground.depth.steering import following
from sfumato.ground.figures import add_output_option, tell
from sfumato.ground.judge import Judge, measure
from sfumato.ground.materials import SurfaceSpec
from sfumato.ground.prompts import phrase
from sfumato.ground.renders import draw_spec
from sfumato.ground.sampling import DEFAULT_GUIDANCE_SCALE, DEFAULT_STEPS, Model, generate
from sfumato.ground.train_unet import HALF

BATCH = 4
LEAST_EDGE_SHARE = 0.01
"""Of a picture's pixels: ripples and the like have slopes, and no edges to agree with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldOut:
    """Shapes of kinds that were never trained on, each with a prompt of a combination that neither network saw."""

    sights: list[Sight]
    specs: list[SurfaceSpec]
    prompts: list[str]

    @property
    def controls(self) -> torch.Tensor:
        """The control pictures, uint8 (N, H, W)."""
        return torch.from_numpy(np.stack([sight.control for sight in self.sights]))

    @property
    def renders(self) -> torch.Tensor:
        """What a renderer makes of them, uint8 (N, H, W, 3)."""
        pictures = [
            dressed(sight, spec, i) for i, (sight, spec) in enumerate(zip(self.sights, self.specs, strict=True))
        ]
        return torch.from_numpy(np.stack(pictures))


def held_out(count: int, seed: int = 2026) -> HeldOut:
    """So many, with depth edges in every one."""
    rng = np.random.default_rng([11, seed])
    sights: list[Sight] = []
    while len(sights) < count:
        sight = draw_sight("held_out", rng)
        if depth_edges(sight.control).mean() >= LEAST_EDGE_SHARE:
            sights.append(sight)
    specs = [draw_spec("held_out", rng) for _ in sights]
    return HeldOut(sights=sights, specs=specs, prompts=[phrase(spec, rng) for spec in specs])


def drawn(model: Model, network: ControlNetModel | None, prompts: list[str], controls: torch.Tensor) -> torch.Tensor:
    """Pictures of the prompts, along the controls where there is a network; the same noise in either case."""
    pictures = []
    for first in range(0, len(prompts), BATCH):
        part = slice(first, first + BATCH)
        steer = following(network, controls[part]) if network else None
        with torch.autocast("cpu", torch.bfloat16, enabled=HALF):
            pictures.append(generate(model, prompts[part], size_px=controls.shape[-1], seed=first, steer=steer))
    return torch.cat(pictures)


def edges(reader: Reader, pictures: torch.Tensor, controls: torch.Tensor) -> dict[str, float]:
    """How far pictures agree with their controls, on the mean: the edges that the reader sees, and steep colour."""
    wanted = [depth_edges(control.numpy()) for control in controls]
    found = [f_score(read, edge) for read, edge in zip(reader.read(pictures), wanted, strict=True)]
    steep = [steepness_auc(picture.numpy(), edge) for picture, edge in zip(pictures, wanted, strict=True)]
    return {"f_score": round(float(np.mean(found)), 3), "steepness_auc": round(float(np.mean(steep)), 3)}


def load_network(folder: Path) -> ControlNetModel:
    """A depth ControlNet in float32."""
    return ControlNetModel.from_pretrained(folder, torch_dtype=torch.float32).eval()


def evaluate(folder: Path, count: int) -> dict[str, Any]:
    """All figures of the network in a folder."""
    model, network, judge, shown = Model.load(ground_path()), load_network(folder), Judge.load(), held_out(count)
    controls = shown.controls
    levels = np.random.default_rng(12).integers(26, 256, count).astype(np.uint8)
    flat = torch.from_numpy(levels)[:, None, None].expand_as(controls)
    pictures = {
        "with_control": drawn(model, network, shown.prompts, controls),
        "without_control": drawn(model, None, shown.prompts, controls),
        "with_flat_control": drawn(model, network, shown.prompts, flat),
        "rendered": shown.renders,
    }
    reader = Reader.load()
    return {
        "settings": {
            "size_px": SIZE_PX, "steps": DEFAULT_STEPS, "guidance_scale": DEFAULT_GUIDANCE_SCALE, "pictures": count,
            "depth_step": DEPTH_STEP, "reach_px": REACH_PX,
        },
        "edges": {name: edges(reader, each, controls) for name, each in pictures.items()},
        "judge": {name: measure(judge, each, shown.specs) for name, each in pictures.items()},
    }  # fmt: skip


def main() -> None:
    """Evaluate a depth ControlNet."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weights", type=Path, default=weights_path())
    parser.add_argument("--pictures", type=int, default=24)
    add_output_option(parser, "ground_depth")
    arguments = parser.parse_args()
    tell(evaluate(arguments.weights, arguments.pictures), arguments.output)


if __name__ == "__main__":
    main()
