"""samplers.md: the order of accuracy of every built-in sampler, as benchmarks/sampler_order.py measured it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from docs.writers import order_plot
from sfumato.builtin.samplers import SAMPLERS

MEASURED = Path(__file__).parents[2] / "benchmarks/sampler_order.json"
INTRODUCTION = """\
# How accurate the samplers are

A sampler solves a differential equation, step by step, and its **order** says how its error falls with the number of
steps: at order 1 twice the steps halve the error, at order 2 they quarter it. Nobody has to believe that. On a Gaussian
mixture the network's answer, the equation's solution and the distribution of pictures are known in closed form, so
`sfumato plugins check` measures the order of every sampler, yours too, and fails one that stays below its claim.
"""
TABLE = """\
## The table

Errors are mean distances from the exact solution between sigma 20 and 0.05 on Karras' schedule, in float64 and without
fresh noise. Calls are of the network, in each step. A higher
order than was claimed is fine; 0.25 less is not.

"""
PLOT = """\
## The plot

The steeper a line, the higher the order. Samplers that are the same without fresh noise share a line.

```{raw} html
:file: pictures/sampler_order.svg
```

"""
NOISE = """\
## With fresh noise

A sampler that draws noise does not arrive at one solution but at the right distribution. This is how far 4096 samples
are from it (the 1-Wasserstein distance, at the parameters' defaults); as many exact draws are {floor:g} away.

"""
ENDING = """\
`sfumato.lcm` is for models that were distilled to consistency, which give the end of the way at once: there is no order
to measure. `make bench` measures all of this again; the figures are in `benchmarks/sampler_order.json`.

- What each sampler is good for, and its parameters: [samplers, schedules and guiders](reference/contributions.md).
- How to write one, and measure it: [a sampler](plugins/sampler.md).
"""
#: Columns of the table before the errors.
FACTS = {"evaluations_per_step": "calls", "claimed_order": "claimed", "measured_order": "measured"}


def figures() -> Mapping[str, Any]:
    """What was measured."""
    measured: Mapping[str, Any] = json.loads(MEASURED.read_text(encoding="utf-8"))["figures"]
    return measured


def plot() -> str:
    """The SVG beside the page."""
    return order_plot.drawing(figures()["samplers"])


def page() -> str:
    """The whole page."""
    measured = figures()
    samplers = measured["samplers"]
    orders = _table(samplers, "error_by_steps", FACTS)
    distances = _table(samplers, "distance_by_steps", {})
    noise = NOISE.format(floor=measured["distance_of_exact_draws"])
    return "\n".join([INTRODUCTION, TABLE + "\n".join(orders), "", PLOT + noise + "\n".join(distances), "", ENDING])


def _table(samplers: Mapping[str, Any], curve: str, facts: Mapping[str, str]) -> Iterator[str]:
    """The samplers that have such a curve: what is known of each, then the curve."""
    labels = {sampler.id: sampler.label for sampler in SAMPLERS}
    chosen = {name: found for name, found in samplers.items() if curve in found}
    steps = next(iter(chosen.values()))[curve]
    heads = ["sampler", *facts.values(), *(f"{step} steps" for step in steps)]
    yield f"| {' | '.join(heads)} |"
    yield "|---" * len(heads) + "|"
    for name, found in chosen.items():
        row = [labels[name], *(f"{found[fact]:g}" for fact in facts)]
        yield f"| {' | '.join([*row, *(f'{value:.2g}' for value in found[curve].values())])} |"
