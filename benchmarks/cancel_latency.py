"""Cancel latency over a hundred random moments of a job, decode included, in units of one evaluation."""

from __future__ import annotations

import itertools
import random
import statistics
import time
from dataclasses import dataclass
from datetime import UTC, datetime

from benchmarks import report
from benchmarks.own_daemon import own_daemon
from sfumato.client import Stepped, Studio

MOMENTS = 100
JOB = {"size": (256, 256), "steps": 12}


def step_times_s(studio: Studio) -> tuple[float, float]:
    """Seconds of one evaluation (the median step of Euler) and of the whole job."""
    begun = time.perf_counter()
    job = studio.submit("sand", seed=1, sampler="euler", **JOB)
    steps = [time.perf_counter() for event in job.watch() if isinstance(event, Stepped)]
    pauses = [after - before for before, after in itertools.pairwise(steps)]
    return statistics.median(pauses), time.perf_counter() - begun


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancelled:
    """Seconds from asking to the end of the job, and the steps that were taken meanwhile."""

    latency_s: float
    steps: int


def cancelled(studio: Studio, after_s: float, seed: int) -> Cancelled | None:
    """Cancel a job after a while; None when it had ended by itself."""
    job = studio.submit("sand", seed=seed, sampler="euler", **JOB)
    time.sleep(after_s)
    asked_at, asked = datetime.now(UTC), time.perf_counter()
    job.cancel()
    told = list(job.watch())
    latency_s = time.perf_counter() - asked
    steps = sum(isinstance(event, Stepped) and event.time > asked_at for event in told)
    return Cancelled(latency_s=latency_s, steps=steps) if told[-1].state == "cancelled" else None


def main() -> None:
    """A hundred cancels, each at a moment drawn evenly from the job's whole length.

    The latency is the client's: it holds the way there and back too. `steps_after` counts whole steps that the
    engine finished after it was asked.
    """
    draw = random.Random(0)
    with own_daemon() as studio:
        step_times_s(studio)
        measured = [step_times_s(studio) for _ in range(5)]
        evaluation_s, whole_s = (statistics.median(column) for column in zip(*measured, strict=True))
        tries = (cancelled(studio, draw.uniform(0, whole_s), seed) for seed in itertools.count())
        found = list(itertools.islice(filter(None, tries), MOMENTS))
    units = sorted(each.latency_s / evaluation_s for each in found)
    figures = {
        "cancelled": len(units),
        "evaluation_s": round(evaluation_s, 4),
        "median_evaluations": round(statistics.median(units), 3),
        "p90_evaluations": round(units[int(0.9 * len(units))], 3),
        "max_evaluations": round(units[-1], 3),
        "most_steps_after": max(each.steps for each in found),
    }
    report.write("cancel_latency", figures)


if __name__ == "__main__":
    main()
