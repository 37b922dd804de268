"""Cancel latency over a hundred random moments of a job, decode included, in units of one evaluation."""

from __future__ import annotations

import itertools
import random
import statistics
import time

from benchmarks import report
from benchmarks.own_daemon import own_daemon
from sfumato.client import Finished, Stepped, Studio

MOMENTS = 100
JOB = {"size": (256, 256), "steps": 12}


def step_times_s(studio: Studio) -> tuple[float, float]:
    """Seconds of one evaluation (the median step of Euler) and of the whole job."""
    begun = time.perf_counter()
    job = studio.submit("sand", seed=1, sampler="euler", **JOB)
    steps = [time.perf_counter() for event in job.watch() if isinstance(event, Stepped)]
    pauses = [after - before for before, after in itertools.pairwise(steps)]
    return statistics.median(pauses), time.perf_counter() - begun


def latency_s(studio: Studio, after_s: float, seed: int) -> float | None:
    """Seconds from asking to the end of the job; None when it had ended by itself."""
    job = studio.submit("sand", seed=seed, sampler="euler", **JOB)
    time.sleep(after_s)
    asked = time.perf_counter()
    job.cancel()
    end = next(event for event in job.watch() if isinstance(event, Finished))
    return time.perf_counter() - asked if end.state == "cancelled" else None


def main() -> None:
    """A hundred cancels, each at a moment drawn evenly from the job's whole length."""
    draw = random.Random(0)
    with own_daemon() as studio:
        step_times_s(studio)
        evaluation_s, whole_s = step_times_s(studio)
        found = [latency_s(studio, draw.uniform(0, whole_s), seed) for seed in range(MOMENTS)]
    units = sorted(seconds / evaluation_s for seconds in found if seconds is not None)
    assert units, "every job had ended before it was cancelled"
    figures = {
        "cancelled": len(units),
        "ended_by_themselves": MOMENTS - len(units),
        "evaluation_s": round(evaluation_s, 4),
        "median_evaluations": round(statistics.median(units), 3),
        "p99_evaluations": round(units[int(0.99 * len(units))], 3),
        "max_evaluations": round(units[-1], 3),
    }
    report.write("cancel_latency", figures)


if __name__ == "__main__":
    main()
