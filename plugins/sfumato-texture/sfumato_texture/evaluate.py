"""How good `texture.maps` is: `python -m sfumato_texture.evaluate` writes `benchmarks/maps.json` beside the package.

On pictures of materials whose maps are known: trained materials in combinations that training never saw, and whole
materials that it never saw. Needs `pip install sfumato-texture[train]`.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import platform
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from sfumato.ground.materials import Surface, render, shade
from sfumato.ground.materials.fields import gradient
from sfumato_texture import relief
from sfumato_texture.baseline import angles_deg, best_settings, luminance_gradients, normals_of
from sfumato_texture.mapping import Map, maps_of
from sfumato_texture.measures import SEAM_LIMIT, seam_ratio
from sfumato_texture.relief import RELIEF_PX
from sfumato_texture.surface import WEIGHTS, shipped_network
from sfumato_texture.training.renders import UNSEEN_MATERIALS, draw_spec

RESULT = Path(__file__).parents[1] / "benchmarks" / "maps.json"
SIZE_PX = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A lit picture (H, W, 3), its true maps by name, what it shows, and the maps that were made of it."""

    material: str
    picture: Map
    truth: Mapping[str, Map]
    made: Mapping[str, Map] = field(default_factory=dict)


def renders(split: str, count: int) -> list[Example]:
    """Pictures of one split, none of which training could have met: their seeds are beyond its own."""
    rng = np.random.default_rng([2025, len(split)])
    found = []
    for _ in range(count):
        spec = draw_spec(split, rng)
        surface = render(spec, size_px=SIZE_PX, seed=int(rng.integers(2**33, 2**34)))
        picture = shade(surface).astype(np.float32) / np.float32(255)
        found.append(Example(material=spec.material, picture=picture, truth=_truth(surface)))
    return found


def examples(split: str, count: int) -> list[Example]:
    """The same with the maps that are made of each."""
    return [replace(each, made=maps_of(each.picture, tile="xy")) for each in renders(split, count)]


def _truth(surface: Surface) -> dict[str, Map]:
    height = surface.height[:, :, None].astype(np.float32)
    down, across = gradient(surface.height * np.float32(RELIEF_PX))
    normals = normals_of(np.stack([across, down])[None].astype(np.float64))[0]
    open_to_light = relief.occlusion(torch.from_numpy(height[None, None, :, :, 0]), "xy")[0, 0]
    return {
        "albedo": surface.albedo,
        "height": height,
        "normal": (normals * [1, -1, 1] / 2 + 0.5).astype(np.float32),
        "roughness": surface.roughness[:, :, None],
        "ambient-occlusion": open_to_light[:, :, None].numpy(),
    }


def _decoded(maps: Sequence[Mapping[str, Map]]) -> NDArray[np.float64]:
    """Unit normals (N, H, W, 3) of OpenGL normal maps, y down."""
    normals = (np.stack([each["normal"] for each in maps]).astype(np.float64) * 2 - 1) * [1, -1, 1]
    unit: NDArray[np.float64] = normals / np.linalg.norm(normals, axis=-1, keepdims=True)
    return unit


def usual_settings(count: int) -> tuple[float, float]:
    """The blur and strength at which the luminance gradient does best on renders of what the network learned from."""
    found = renders("train", count)
    return best_settings([each.picture for each in found], _decoded([each.truth for each in found]))


def normal_errors(found: Sequence[Example], settings: tuple[float, float]) -> dict[str, Any]:
    """Mean angles between true normals and the network's, the luminance gradient's, and a flat map's.

    The luminance gradient at `settings` (blur, strength), and at those that suit these very pictures best.
    """
    pictures, truth = [each.picture for each in found], _decoded([each.truth for each in found])

    def gradient_errors(blur_px: float, strength: float) -> NDArray[np.float64]:
        return angles_deg(normals_of(strength * luminance_gradients(pictures, blur_px)), truth)

    best_here = best_settings(pictures, truth)
    ours = angles_deg(_decoded([each.made for each in found]), truth)
    usual, flattered = gradient_errors(*settings), gradient_errors(*best_here)
    by_material = {
        material: {"ours": _mean(ours[places]), "luminance_gradient": _mean(usual[places])}
        for material in sorted({each.material for each in found})
        if (places := [place for place, each in enumerate(found) if each.material == material])
    }
    return {
        "mean_angular_error_deg": _mean(ours),
        "luminance_gradient_deg": _mean(usual),
        "luminance_gradient_settings": {"blur_px": settings[0], "strength": settings[1]},
        "ratio_to_luminance_gradient": round(float(ours.mean() / usual.mean()), 3),
        "luminance_gradient_tuned_on_these_deg": _mean(flattered),
        "luminance_gradient_tuned_on_these_settings": {"blur_px": best_here[0], "strength": best_here[1]},
        "ratio_to_luminance_gradient_tuned_on_these": round(float(ours.mean() / flattered.mean()), 3),
        "flat_deg": _mean(gradient_errors(0.0, 0.0)),
        "by_material_deg": by_material,
    }


def _mean(values: Any) -> float:
    return round(float(values.mean()), 2)


def map_errors(found: Sequence[Example]) -> dict[str, Any]:
    """Mean absolute errors in 0..1. Of heights, their differences count: each map's mean is taken off."""

    def error(name: str, of: str) -> float:
        pairs = [(each.picture if of == "picture" else each.made[name], each.truth[name]) for each in found]
        level = name == "height"
        return round(float(np.mean([np.abs(a - b - level * (a.mean() - b.mean())).mean() for a, b in pairs])), 4)

    steady = {name: np.mean([each.truth[name].mean() for each in found]) for name in ("roughness", "ambient-occlusion")}
    return {
        "albedo": {"ours": error("albedo", "maps"), "picture_itself": error("albedo", "picture")},
        "height": {
            "ours": error("height", "maps"),
            "flat": round(float(np.mean([np.abs(t - t.mean()).mean() for t in (e.truth["height"] for e in found)])), 4),
        },
        **{
            name: {
                "ours": error(name, "maps"),
                "mean_of_all": round(float(np.mean([np.abs(each.truth[name] - value).mean() for each in found])), 4),
            }
            for name, value in steady.items()
        },
    }


def seam_figures(found: Sequence[Example]) -> dict[str, Any]:
    """The seam figure of every map of seamless pictures: the worse of both axes."""
    figures = {}
    for name in found[0].made:
        worst = np.array([max(seam_ratio(each.made[name], axis) for axis in (0, 1)) for each in found])
        within = round(float(np.mean(worst <= SEAM_LIMIT)), 3)
        figures[name] = {"median": _mean(np.median(worst)), "highest": _mean(worst.max()), "share_within_limit": within}
    return figures


def seconds_for(size_px: int, threads: int) -> float:
    """The least of three times that all maps of a picture took."""
    picture = np.random.default_rng(0).random((size_px, size_px, 3), np.float32)
    before, times = torch.get_num_threads(), []
    torch.set_num_threads(threads)
    for _ in range(3):
        start = time.perf_counter()
        maps_of(picture, tile="xy")
        times.append(time.perf_counter() - start)
    torch.set_num_threads(before)
    return round(min(times), 2)


def processor() -> str:
    """Its name, where the system tells."""
    info = Path("/proc/cpuinfo")
    rows = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    names = [row.partition(":")[2].strip() for row in rows if row.startswith("model name")]
    return names[0] if names else platform.machine()


def evaluate(held_out: int, unseen: int) -> dict[str, Any]:
    """All figures of the shipped network."""
    results: dict[str, Any] = {}
    settings = usual_settings(held_out)
    for split, count in (("held_out", held_out), ("unseen", unseen)):
        found = examples(split, count)
        results[split] = {"pictures": count, "normals": normal_errors(found, settings), "maps": map_errors(found)}
        results[split]["seam_figure"] = seam_figures(found)
    parameters = sum(weights.numel() for weights in shipped_network().parameters())
    return {
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "machine": {"processor": processor(), "cores": os.cpu_count(), "system": platform.system()},
        "versions": {name: version(name) for name in ("sfumato-texture", "sfumato", "torch", "numpy", "scipy")},
        "weights": {"bytes": WEIGHTS.stat().st_size, "parameters": parameters, "precision": "float16"},
        "settings": {"size_px": SIZE_PX, "tile": "xy", "strength": 1.0},
        "unseen_materials": list(UNSEEN_MATERIALS),
        "unseen_pictures_of_trained_materials": results["held_out"],
        "materials_never_trained_on": results["unseen"],
        "seconds_on_two_cores": {f"{size_px} px": seconds_for(size_px, threads=2) for size_px in (128, 512, 1024)},
    }


def main() -> None:
    """Evaluate the shipped weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--held-out", type=int, default=84)
    parser.add_argument("--unseen", type=int, default=40)
    parser.add_argument("--output", type=Path, default=RESULT)
    arguments = parser.parse_args()
    figures = evaluate(arguments.held_out, arguments.unseen)
    arguments.output.parent.mkdir(exist_ok=True)
    arguments.output.write_text(json.dumps(figures, indent=2) + "\n")
    print(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
