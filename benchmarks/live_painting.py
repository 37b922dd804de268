"""From a stroke to the first refreshed preview and to the final picture, with Ground at 256x256 and 4 steps."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence

from PIL import Image, ImageDraw

from benchmarks import report
from benchmarks.own_daemon import own_daemon
from sfumato.client import Painting, Studio

SIZE_PX = 256
STROKES = 40
#: A brush that is not lifted: so many frames, a new one every so many seconds.
DRAG_FRAMES, DRAG_EVERY_S = 60, 0.05
PAINTING = {"steps": 4, "strength": 0.7, "seed": 1}
BATCH = {"count": 64, "size": (SIZE_PX, SIZE_PX), "steps": 25, "priority": 0}


def canvases(count: int) -> list[Image.Image]:
    """A canvas after each of so many strokes."""
    canvas = Image.new("RGB", (SIZE_PX, SIZE_PX), "saddlebrown")
    painted = []
    for stroke in range(count):
        place = 3 * stroke % SIZE_PX
        ImageDraw.Draw(canvas).line((place, 0, SIZE_PX - place, SIZE_PX), fill=(stroke * 5 % 256, 120, 60), width=8)
        painted.append(canvas.copy())
    return painted


def strokes(painting: Painting, shown: Sequence[Image.Image]) -> tuple[list[float], list[float]]:
    """Seconds from each stroke to its first preview, and to its final picture; the next one waits for that."""
    first, final = [], []
    for canvas in shown:
        begun = time.perf_counter()
        painting.show(canvas)
        refreshed = None
        for result in painting:
            refreshed = refreshed or time.perf_counter() - begun
            if result.final:
                break
        first.append(refreshed or 0.0)
        final.append(time.perf_counter() - begun)
    return first, final


def drag(painting: Painting, shown: Sequence[Image.Image]) -> dict[str, object]:
    """A brush that moves faster than frames can be drawn: how old pictures are when they come, and how many do."""
    shown_at: dict[int, float] = {}

    def move() -> None:
        for canvas in shown:
            shown_at[painting.show(canvas)] = time.perf_counter()
            time.sleep(DRAG_EVERY_S)

    begun = time.perf_counter()
    brush = threading.Thread(target=move)
    brush.start()
    ages, finals, frames = [], 0, set()
    for result in painting:
        ages.append(time.perf_counter() - shown_at[result.frame])
        frames.add(result.frame)
        finals += result.final
        if result.final and len(shown_at) == len(shown) and result.frame == max(shown_at):
            break
    brush.join()
    elapsed_s = time.perf_counter() - begun
    return {
        "frames_shown": len(shown),
        "frames_drawn": len(frames),
        "results_per_s": round(len(ages) / elapsed_s, 2),
        "final_pictures_per_s": round(finals / elapsed_s, 2),
        "age_of_results": report.summary(ages),
    }


def measured(studio: Studio) -> dict[str, object]:
    """Strokes on an idle daemon, during a drag, and while a batch runs."""
    alone = canvases(STROKES)
    with studio.paint("mossy brick wall", **PAINTING) as painting:
        strokes(painting, alone[:2])
        first, final = strokes(painting, alone[2:])
        dragged = drag(painting, canvases(DRAG_FRAMES)[2:])
    batch = studio.submit("sand", **BATCH)
    with studio.paint("mossy brick wall", **PAINTING) as painting:
        busy_first, busy_final = strokes(painting, alone[2:])
    batch.cancel()
    return {
        "stroke_to_first_preview": report.summary(first),
        "stroke_to_final": report.summary(final),
        "drag": dragged,
        "while_a_batch_runs": {
            "stroke_to_first_preview": report.summary(busy_first),
            "stroke_to_final": report.summary(busy_final),
        },
    }


def main() -> None:
    """Times are the client's: they hold the way there and back."""
    with own_daemon() as studio:
        studio.start_worker()
        report.write("live_painting", measured(studio))


if __name__ == "__main__":
    main()
