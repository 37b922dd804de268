"""What the daemon adds: the same job through it and in this process, in turn, each from the recipe to a whole PNG.

`added_*` is the difference of the two. `beyond_engine_*` is, within each job through the daemon, what is left of its
time without the engine's own and without that of making a PNG here: it does not see what slows the engine down, and
other work on the machine disturbs it less.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psutil

from benchmarks import report
from benchmarks.own_daemon import own_daemon
from sfumato.catalogue import Catalogue
from sfumato.client import Finished, Studio
from sfumato.images import decode, encode_png
from sfumato.provenance import picture_texts
from sfumato.recipe import Recipe

JOBS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A PNG, the seconds that it took, and the engine's own among them."""

    png: bytes
    wall_s: float
    engine_s: float


def through_the_daemon(studio: Studio, recipe: Recipe) -> Drawn:
    """Submit, watch with previews, download."""
    begun = time.perf_counter()
    job = studio.submit(recipe)
    (picture,) = job.result(on_step=lambda step: None)
    wall_s = time.perf_counter() - begun
    engine_s = next(event.engine_elapsed_s for event in job.watch() if isinstance(event, Finished))
    return Drawn(png=picture.png, wall_s=wall_s, engine_s=engine_s)


def in_this_process(catalogue: Catalogue) -> Callable[[Recipe], Drawn]:
    """The engine as the worker has it, in the number format that the worker found to be the fastest."""
    from benchmarks.own_engine import own_engine  # torch must not be imported before the number of threads is chosen
    from sfumato.engine.families.stable_diffusion import StableDiffusion
    from sfumato.engine.model_store import ModelStore
    from sfumato.ground import weights_path

    folder = Path(os.environ["SFUMATO_DATA_DIR"])
    engine = own_engine(ModelStore(folder, families=[StableDiffusion], built_in={"ground": weights_path()}))

    def draw(recipe: Recipe) -> Drawn:
        begun = time.perf_counter()
        (pixels,) = engine.generate(recipe)
        engine_s = time.perf_counter() - begun
        png = encode_png(pixels, picture_texts(recipe, catalogue, software="sfumato"), compress_level=0)
        return Drawn(png=png, wall_s=time.perf_counter() - begun, engine_s=engine_s)

    return draw


def main() -> None:
    """Twenty 512x512 pictures one after the other on each side, after two to warm up, the first side changing."""
    os.environ.setdefault("OMP_NUM_THREADS", str(psutil.cpu_count(logical=False) or 1))
    with own_daemon() as studio:
        recipe = studio.validate("grey concrete", size=(512, 512), steps=2, seed=0)
        through_the_daemon(studio, recipe)  # the worker notes its number format
        here, pairs = in_this_process(studio.catalogue()), []
        for turn in range(JOBS + 2):
            sides = [lambda: through_the_daemon(studio, recipe), lambda: here(recipe)]
            drawn = [side() for side in (sides if turn % 2 else reversed(sides))]
            pairs.append(drawn if turn % 2 else drawn[::-1])
    report.write("daemon_tax", figures(pairs[2:]))


def figures(pairs: list[list[Drawn]]) -> dict[str, object]:
    """What the pairs (through the daemon, in this process) say; the pictures must be the same."""
    assert len({decode(drawn.png).data for pair in pairs for drawn in pair}) == 1, "the pictures differ"
    png_s = statistics.median(alone.wall_s - alone.engine_s for _, alone in pairs)
    added_ms = sorted(1000 * (tax.wall_s - alone.wall_s) for tax, alone in pairs)
    beyond_ms = sorted(1000 * (tax.wall_s - tax.engine_s - png_s) for tax, _ in pairs)
    return {
        "jobs": len(pairs),
        "size_px": 512,
        "added_median_ms": round(statistics.median(added_ms), 2),
        "beyond_engine_min_ms": round(beyond_ms[0], 2),
        "beyond_engine_median_ms": round(statistics.median(beyond_ms), 2),
        "beyond_engine_p90_ms": round(beyond_ms[int(0.9 * len(beyond_ms))], 2),
        "png_ms": round(1000 * png_s, 2),
        "alone_median_s": round(statistics.median(alone.wall_s for _, alone in pairs), 3),
        "ratio": report.median_ratio(*zip(*[(tax.wall_s, alone.wall_s) for tax, alone in pairs], strict=True)),
    }


if __name__ == "__main__":
    main()
