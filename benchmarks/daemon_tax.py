"""What the daemon adds: from asking to having the PNG in another process, less the engine's own time for the job."""

from __future__ import annotations

import statistics
import time

from benchmarks import report
from benchmarks.own_daemon import own_daemon
from sfumato.client import Finished, Studio

JOBS = 20


def tax_s(studio: Studio, seed: int) -> tuple[float, float]:
    """Seconds that the daemon added to one 512x512 job, and the engine's own."""
    begun = time.perf_counter()
    job = studio.submit("grey concrete", size=(512, 512), steps=2, seed=seed)
    engine_s = next(event.engine_elapsed_s for event in job.watch() if isinstance(event, Finished))
    job.result()
    return time.perf_counter() - begun - engine_s, engine_s


def main() -> None:
    """Twenty jobs one after the other, watched with previews, after two to warm up."""
    with own_daemon() as studio:
        rows = [tax_s(studio, seed) for seed in range(JOBS + 2)][2:]
    added_ms = sorted(1000 * added for added, _ in rows)
    engine_s = statistics.median(engine for _, engine in rows)
    figures = {
        "jobs": JOBS,
        "size_px": 512,
        "added_median_ms": round(statistics.median(added_ms), 2),
        "added_p90_ms": round(added_ms[int(0.9 * JOBS)], 2),
        "engine_median_s": round(engine_s, 3),
        "ratio": round(1 + statistics.median(added_ms) / 1000 / engine_s, 4),
    }
    report.write("daemon_tax", figures)


if __name__ == "__main__":
    main()
