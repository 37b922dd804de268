"""What ten installed plugins cost a step of the loop: every one of them has a hook on every step.

The hooks do nothing, so that all of the time is ours. The loop runs on a model that computes nothing much, the exact
Gaussian of the tests, once with the builtin plugin alone and once with ten more, in turn.
"""

from __future__ import annotations

import statistics
import tempfile
import time
import timeit
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import sfumato.plugin as sf
from benchmarks import report
from sfumato import plugin_sources
from sfumato.catalogue import PluginCard
from sfumato.engine.engine import Engine
from sfumato.engine.guard import Guard
from sfumato.engine.plugin_import import Importer
from sfumato.engine.plugins import load
from sfumato.engine.registry import Registry
from sfumato.plugin_sources import BUILTIN, PluginSource
from sfumato.testing.workshop import Shelf
from tests.engine.gaussian import Gaussian, recipe

PLUGINS: Final = 10
STEPS: Final = 200
ROUNDS: Final = 31
PROMISED_US: Final = 20.0

_SOURCE: Final = """
import sfumato.plugin as sf


@sf.hookimpl
def sfumato_job_started(occasion):
    pass


@sf.hookimpl
def sfumato_step(occasion):
    pass


@sf.hookimpl
def sfumato_job_finished(occasion):
    pass
"""


def engine_with(sources: Iterable[PluginSource]) -> Engine:
    """An engine with these plugins and the Gaussian model, to which nobody listens."""
    registry = load(sources, Importer())
    broken = [card for card in registry.plugins() if card.error]
    assert not broken, broken
    intake = registry.intake(PluginCard(name="benchmark", version=""))
    intake.registrar("family")(Gaussian)
    intake.accept()
    return Engine(registry=registry, models=Shelf(Gaussian()), listener=lambda event: None, checkpoint_every_s=1e9)


def step_us(engine: Engine) -> float:
    """Microseconds of one step of a job, all of it counted."""
    job = recipe(steps=STEPS)
    begun = time.perf_counter()
    engine.generate(job)
    return 1e6 * (time.perf_counter() - begun) / STEPS


def telling_us(registry: Registry) -> list[float]:
    """Microseconds of telling all plugins of one step, by itself: a figure that the machine's load moves less."""
    guard, job = Guard(), recipe(steps=STEPS)

    def tell() -> None:
        occasion = sf.Occasion(job_id="benchmark", recipe=job, step_index=1, step_count=STEPS)
        guard.tell(registry, "sfumato_step", occasion)

    return sorted(1e6 * seconds / STEPS for seconds in timeit.repeat(tell, number=STEPS, repeat=ROUNDS))


def main() -> None:
    """Rounds of both, in turn; the difference is taken within each round, which has seen one load."""
    builtin = [source for source in plugin_sources.installed() if source.key == BUILTIN]
    with tempfile.TemporaryDirectory() as folder:
        for number in range(PLUGINS):
            (Path(folder) / f"watcher{number}.py").write_text(_SOURCE, encoding="utf-8")
        sources = [*builtin, *plugin_sources.in_folder(Path(folder))]
        bare, watched = engine_with(builtin), engine_with(sources)
        telling = telling_us(load(sources, Importer()))
        rows = [(step_us(bare), step_us(watched)) for _ in range(ROUNDS + 2)][2:]
    added = sorted(more - less for less, more in rows)
    figures = {
        "plugins": PLUGINS,
        "steps_a_round": STEPS,
        "rounds": ROUNDS,
        "step_median_us": round(statistics.median(less for less, _ in rows), 1),
        "added_median_us": round(statistics.median(added), 2),
        "added_quartiles_us": [round(added[ROUNDS // 4], 2), round(added[3 * ROUNDS // 4], 2)],
        "telling_min_us": round(telling[0], 2),
        "telling_median_us": round(statistics.median(telling), 2),
        "promised_us": PROMISED_US,
    }
    report.write("plugin_overhead", figures)


if __name__ == "__main__":
    main()
