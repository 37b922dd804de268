"""pictures/sampler_order.svg: error over steps for every built-in sampler, both logarithmic, drawn without a library.

It stands inside of the page, so that its colours follow the page's; alone, it keeps to the light ones.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

WIDTH, HEIGHT = 760, 480
LEFT, TOP, RIGHT, BOTTOM = 64, 20, 500, 430
COLOURS = ("#c1442e", "#d98a1f", "#4f9d4a", "#2a8f98", "#4a6fc9", "#9457b8", "#b8527f")
STYLE = """\
.orders text { font: 13px sans-serif; fill: var(--color-foreground-primary, #222) }
.orders .grid { stroke: var(--color-background-border, #ddd); stroke-width: 1 }
.orders .line { fill: none; stroke-width: 2 }
.orders .faint { fill: var(--color-foreground-secondary, #666) }"""


def drawing(samplers: Mapping[str, Mapping[str, Any]]) -> str:
    """The SVG of `benchmarks/sampler_order.json`; samplers whose errors are the same share a line."""
    lines: dict[tuple[tuple[str, float], ...], list[str]] = {}
    for name, figures in samplers.items():
        if "error_by_steps" in figures:
            lines.setdefault(tuple(figures["error_by_steps"].items()), []).append(name.removeprefix("sfumato."))
    steps = [int(step) for step, _ in next(iter(lines))]
    errors = [error for line in lines for _, error in line]
    low, high = math.floor(math.log10(min(errors))), math.ceil(math.log10(max(errors)))

    def at(step: float, error: float) -> tuple[float, float]:
        across = math.log(step / steps[0]) / math.log(steps[-1] / steps[0])
        return LEFT + across * (RIGHT - LEFT), TOP + (high - math.log10(error)) / (high - low) * (BOTTOM - TOP)

    parts = [*_grid(steps, range(low, high + 1), at), *_lines(lines, at)]
    title = "Error of every built-in sampler over the number of steps, both axes logarithmic"
    opening = f'<svg class="orders" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">'
    return "\n".join([opening, f"<title>{title}</title>", f"<style>\n{STYLE}\n</style>", *parts, "</svg>\n"])


def _grid(steps: list[int], powers: range, at: Any) -> Iterator[str]:
    for step in steps:
        x = at(step, 1.0)[0]
        yield f'<line class="grid" x1="{x:.1f}" y1="{TOP}" x2="{x:.1f}" y2="{BOTTOM}"/>'
        yield f'<text x="{x:.1f}" y="{BOTTOM + 20}" text-anchor="middle">{step}</text>'
    for power in powers:
        y = at(steps[0], 10.0**power)[1]
        yield f'<line class="grid" x1="{LEFT}" y1="{y:.1f}" x2="{RIGHT}" y2="{y:.1f}"/>'
        raised = f'10<tspan dy="-5" font-size="10">{power}</tspan>'
        yield f'<text x="{LEFT - 10}" y="{y + 5:.1f}" text-anchor="end">{raised}</text>'
    yield f'<text class="faint" x="{(LEFT + RIGHT) / 2:.0f}" y="{BOTTOM + 42}" text-anchor="middle">steps</text>'
    yield f'<text class="faint" transform="translate(14 {(TOP + BOTTOM) / 2:.0f}) rotate(-90)">mean error</text>'


def _lines(lines: Mapping[tuple[tuple[str, float], ...], list[str]], at: Any) -> Iterator[str]:
    """Every line with its names at its right end, which move down where they would lie upon each other."""
    free = float(TOP)
    for place, (line, names) in enumerate(sorted(lines.items(), key=lambda item: -item[0][-1][1])):
        points = [at(float(step), error) for step, error in line]
        colour = COLOURS[place % len(COLOURS)]
        yield f'<path class="line" stroke="{colour}" d="M{" L".join(f"{x:.1f} {y:.1f}" for x, y in points)}"/>'
        yield from (f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in points)
        x, y = points[-1]
        words = [", ".join(names[start : start + 2]) for start in range(0, len(names), 2)]
        first = max(y + 5, free)
        yield f'<path stroke="{colour}" d="M{x + 4:.1f} {y:.1f} L{x + 14:.1f} {first - 5:.1f}"/>'
        for row, said in enumerate(words):
            yield f'<text x="{x + 18:.1f}" y="{first + 16 * row:.1f}">{said}</text>'
        free = first + 16 * len(words) + 4
