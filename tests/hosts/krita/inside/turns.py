"""What the adapter takes of Krita's main thread while an artist works, for the benchmark of that name."""

import time

from sfumato.colours import pixel_bytes, space_of
from sfumato.core.geometry import Bounds

from . import jobs, scenes, stopwatch
from .artist import Artist
from .runner import until

SIDE_PX = 512
_STROKES = 20


def trial(report):
    """Draw, look at results, refine, apply, paint live; then a part of a large canvas."""
    artist = Artist()
    document = yield from scenes.open_document(SIDE_PX, SIDE_PX)
    yield from artist.sit_down()
    yield from artist.look_at(document)
    stopwatch.begin()
    for section in artist.docker._sections:
        section.unfold(True)
        yield
    for words in ("mossy stone wall", "rusty metal"):
        artist.type_in(words, steps=12, count=2)
        yield from artist.draw("generate")
        for _ in range(8):
            artist.press("next")
            yield
    yield from live(artist, document)  # before anything is applied: a result would cover the strokes
    artist.press("next")
    artist.press("apply")
    yield from scenes.settle(document)
    artist.type_in("lichen", steps=12, count=1)
    yield from artist.draw("refine")
    report["turns"] = stopwatch.summary()
    yield from scenes.close(document)
    report["large"] = yield from jobs.large(artist)
    report["pixels"] = yield from times(artist.atelier.host)


def live(artist, document):
    """Stroke after stroke, each seen before the next."""
    artist.type_in("fur", steps=4)
    painter, painted = artist.studio.live, document.nodeByName("Painted")
    stripe_px = SIDE_PX // _STROKES
    artist.press("live")
    yield from until(lambda: painter.result is not None, "the first live result")
    for stroke in range(_STROKES):
        seen = painter.result.frame
        data = bytes((10 * stroke,)) * (SIDE_PX * stripe_px * pixel_bytes(space_of(painted)))
        painted.setPixelData(data, 0, stroke * stripe_px, SIDE_PX, stripe_px)
        document.refreshProjection()
        yield from until(lambda seen=seen: painter.result.frame > seen, "the stroke to be seen")
    artist.press("live")


def times(host):
    """Milliseconds for 1024 x 1024 pixels of a 4096 x 4096 canvas."""
    said = {}
    for depth in ("U8", "U16", "F32"):
        document = yield from scenes.open_document(4096, 4096, "RGBA", depth, "")
        key, area = host.document(), Bounds(1000, 1000, 1024, 1024)
        picture, captured = timed(host.capture, key, area)
        _, placed = timed(host.place, key, area, picture, "Result")
        _, previewed = timed(host.preview, key, area, picture)
        host.preview(key, area, None)
        said[depth] = {"capture_ms": captured, "place_ms": placed, "preview_ms": previewed}
        yield from scenes.settle(document)
        yield from scenes.close(document)
    return said


def timed(call, *arguments):
    """What it returned, and the best of one: how long this very call took."""
    began = time.perf_counter()
    result = call(*arguments)
    return result, round(1000 * (time.perf_counter() - began), 1)
