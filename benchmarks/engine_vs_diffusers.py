"""The engine against diffusers' pipeline: same weights, dtype, sampler, steps, size, prompts; ratio of times."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

from benchmarks import peers, report
from benchmarks.own_engine import own_engine
from sfumato.engine.families.stable_diffusion import StableDiffusion
from sfumato.ground import weights_path
from sfumato.plugin import Family
from sfumato.recipe import Recipe, Selection

SIZE_PX = 256
SCALE = 4.0


class OneModel:
    """A model store of a single loaded model."""

    def __init__(self, folder: Path) -> None:
        card = StableDiffusion.describe(folder)
        assert card is not None
        self.family: Family = StableDiffusion.load(folder, card, device="cpu", dtype="float32")

    def load(self, model_id: str) -> Family:
        """The one model."""
        return self.family


def ours(folder: Path, steps: int) -> Callable[[str, int], np.ndarray]:
    """An image (H, W, 3) of our engine by prompt and seed."""
    engine = own_engine(OneModel(folder))

    def draw(prompt: str, seed: int) -> np.ndarray:
        recipe = Recipe(
            model="peer",
            prompt=prompt,
            width_px=SIZE_PX,
            height_px=SIZE_PX,
            seed=seed,
            steps=steps,
            sampler=Selection(id="sfumato.euler"),
            schedule=Selection(id="sfumato.model-default"),
            guider=Selection(id="sfumato.cfg", params={"scale": SCALE}),
        )
        return np.asarray(engine.generate(recipe)[0].to_pil())

    return draw


def theirs(folder: Path, steps: int) -> Callable[[str, int], np.ndarray]:
    """The same image of diffusers."""
    pipe = peers.pipeline(folder)

    def draw(prompt: str, seed: int) -> np.ndarray:
        generator = torch.Generator("cpu").manual_seed(seed)
        size = {"width": SIZE_PX, "height": SIZE_PX}
        drawn = pipe(
            prompt, num_inference_steps=steps, guidance_scale=SCALE, generator=generator, **size, output_type="pil"
        )
        return np.asarray(drawn.images[0])

    return draw


def compare(folder: Path, steps: int, runs: int) -> dict[str, object]:
    """Times of both in turn on prompts that neither has seen, after a check that they draw the same picture."""
    engine, pipe = ours(folder, steps), theirs(folder, steps)
    difference = np.abs(engine("red brick", 1).astype(int) - pipe("red brick", 1)).max()
    assert difference <= 2, f"the pictures differ by up to {difference} of 255"
    prompts = (f"brick {number}" for number in itertools.count())
    seconds = report.in_turn(runs, sfumato=lambda: engine(next(prompts), 1), diffusers=lambda: pipe(next(prompts), 1))
    return {
        "steps": steps,
        "runs": runs,
        "largest_difference_of_255": int(difference),
        **{name: report.summary(times) for name, times in seconds.items()},
        "ratio": report.median_ratio(seconds["sfumato"], seconds["diffusers"]),
    }


def main() -> None:
    """Ground, and random weights in the shape of Stable Diffusion 1.5, at 256x256 in fp32 with guidance."""
    figures = {"ground": compare(weights_path(), steps=20, runs=9)}
    with tempfile.TemporaryDirectory() as folder:
        figures["stable_diffusion_15"] = compare(peers.stable_diffusion_15(Path(folder)), steps=4, runs=5)
    report.write("engine_vs_diffusers", figures)


if __name__ == "__main__":
    main()
