"""The host's methods by themselves, at every depth and model: colours, undo, masks, what is kept, and the time."""

import os
import time

import krita
from sfumato.colours import pixel_bytes, space_of
from sfumato.core.geometry import Bounds
from sfumato.core.host import HostError, Picture
from sfumato.krita_host import KritaHost

from . import scenes

SPACES = [
    ("RGBA", "U8", scenes.SRGB),
    ("RGBA", "U8", "ClayRGB-elle-V2-g22.icc"),
    ("RGBA", "U16", ""),
    ("RGBA", "U16", scenes.SRGB),
    ("RGBA", "F16", ""),
    ("RGBA", "F32", ""),
    ("RGBA", "F32", scenes.SRGB),
    ("GRAYA", "U8", ""),
    ("GRAYA", "U16", ""),
    ("CMYKA", "U8", ""),
    ("CMYKA", "U16", ""),
    ("LABA", "U16", ""),
    ("XYZA", "F32", ""),
]
AREA = Bounds(7, 5, 64, 64)


def trial(report):
    """All of it, one document after the other."""
    host = KritaHost()
    report["spaces"] = {}
    for space in SPACES:
        report["spaces"]["/".join(space)] = yield from one_space(host, space)
    report["deep_result"] = yield from deep_result(host)
    report["selection"] = yield from selection(host)
    report["layer"] = yield from one_layer(host)
    report["preview"] = yield from preview(host)
    report["kept"] = yield from kept(host)
    report["closed"] = yield from closed(host)
    report["times"] = yield from times(host)


def one_space(host, space):
    """Place a rainbow and read it back; then one that covers a part, softly; then undo."""
    document = yield from scenes.open_document(96, 80, *space)
    key, said = host.document(), {}
    below, before = scenes.raw_layer(document, "Painted"), scenes.merged(document)
    names = scenes.layer_names(document)
    rainbow = scenes.rainbow(AREA.width_px, AREA.height_px)
    host.place(key, AREA, Picture(AREA.width_px, AREA.height_px, "rgba8", rainbow), "Rainbow")
    yield from scenes.settle(document)
    said["profile"] = document.colorProfile()
    said["layers"] = scenes.layer_names(document)
    said["active"] = document.activeNode().name()
    came_back = host.capture(key, AREA).data
    said["largest_error"] = max(abs(a - b) for a, b in zip(came_back, rainbow, strict=True))
    said["below_same"] = scenes.raw_layer(document, "Painted") == below
    again = came_back
    host.place(key, AREA, Picture(AREA.width_px, AREA.height_px, "rgba8", again), "Again")
    yield from scenes.settle(document)
    said["second_trip_error"] = max(abs(a - b) for a, b in zip(host.capture(key, AREA).data, again, strict=True))
    yield from scenes.undo(document)
    yield from scenes.undo(document)
    said["undone"] = scenes.layer_names(document) == names
    said["undone_same"] = scenes.merged(document) == before
    said.update((yield from soft(host, document, key, rainbow, before)))
    yield from scenes.close(document)
    return said


def soft(host, document, key, rainbow, before):
    """A result whose alpha is a feathered mask: nothing may change where it is 0."""
    coverage = [max(0, 255 - 10 * abs(at % 64 - 32) - 10 * abs(at // 64 - 32)) for at in range(64 * 64)]
    feathered = bytearray(rainbow)
    feathered[3::4] = bytes(coverage)
    host.place(key, AREA, Picture(AREA.width_px, AREA.height_px, "rgba8", bytes(feathered)), "Soft")
    yield from scenes.settle(document)
    size = pixel_bytes(space_of(document))
    after = scenes.merged(document)
    return scenes.outside_is_same(before, after, size, document.width(), AREA, coverage)


def deep_result(host):
    """A 16-bit result in a 16-bit document keeps every bit."""
    document = yield from scenes.open_document(64, 64, "RGBA", "U16", scenes.SRGB)
    words = [word for at in range(64 * 64) for word in (at * 16 % 65536, at * 31 % 65536, at * 47 % 65536, 65535)]
    data = b"".join(word.to_bytes(2, "little") for word in words)
    host.place(host.document(), Bounds(0, 0, 64, 64), Picture(64, 64, "rgba16", data), "Deep")
    yield from scenes.settle(document)
    native = scenes.raw_layer(document, "Deep")
    kept_words = [int.from_bytes(native[at : at + 2], "little") for at in range(0, len(native), 2)]
    same = all(kept_words[at : at + 3] == words[at : at + 3][::-1] for at in range(0, len(words), 4))
    yield from scenes.close(document)
    return {"every_bit": same}


def selection(host):
    """Within the canvas, whatever Krita's own is."""
    document = yield from scenes.open_document(64, 48)
    key, none = host.document(), host.selection(host.document())
    chosen = krita.Selection()
    chosen.select(-20, -20, 50, 200, 200)
    document.setSelection(chosen)
    yield from scenes.settle(document)
    found = host.selection(key)
    off = krita.Selection()
    off.select(100, 100, 20, 20, 255)
    document.setSelection(off)
    yield from scenes.settle(document)
    beyond = host.selection(key)
    yield from scenes.close(document)
    values = sorted(set(found.coverage.data))
    return {"none": none is None, "bounds": list(found.bounds), "values": values, "beyond": beyond is None}


def one_layer(host):
    """One layer by itself, in a deep document, under another one; and the canvas beyond its edge."""
    document = yield from scenes.open_document(64, 64, "RGBA", "U16", "")
    key, rainbow = host.document(), scenes.rainbow(64, 64)
    area = Bounds(0, 0, 64, 64)
    layer_key = host.place(key, area, Picture(64, 64, "rgba8", rainbow), "Wanted")
    host.place(key, area, Picture(64, 64, "rgba8", bytes(64 * 64 * 4)[:-4] + b"\1\2\3\xff"), "Above")
    yield from scenes.settle(document)
    layers = host.layers(key)
    wanted = next(layer for layer in layers if layer.key == layer_key)
    alone = host.capture(key, area, wanted).data
    beyond = host.capture(key, Bounds(-8, -8, 16, 16)).data
    said = {
        "names": [layer.name for layer in layers],
        "active": host.active_layer(key).name,
        "bounds": list(wanted.bounds),
        "exact": alone == rainbow,
        "beyond_is_clear": beyond[: 16 * 4] == bytes(16 * 4),
        "corner_exact": beyond[(8 * 16 + 8) * 4 :][:4] == rainbow[:4],
    }
    yield from scenes.close(document)
    return said


def preview(host):
    """Seen in the window, but no part of the document and no undo step."""
    document = yield from scenes.open_document(64, 64)
    key, before, names = host.document(), scenes.merged(document), scenes.layer_names(document)
    window = krita.Krita.instance().activeWindow().qwindow()
    green = Picture(2, 2, "rgba8", b"\x00\xff\x00\xff" * 4)
    without = window.grab().toImage()
    host.preview(key, Bounds(0, 0, 64, 64), green)
    yield from scenes.settle(document)
    seen = window.grab().toImage()
    said = {"same_document": scenes.merged(document) == before, "same_layers": scenes.layer_names(document) == names}
    said["green_pixels"] = greens(seen) - greens(without)
    host.preview(key, Bounds(0, 0, 64, 64), None)
    yield from scenes.settle(document)
    said["left_over"] = greens(window.grab().toImage()) - greens(without)
    host.preview(key, Bounds(0, 0, 64, 64), green)
    yield from scenes.settle(document)
    said["second_preview_green"] = greens(window.grab().toImage()) - greens(without)
    host.preview(key, Bounds(0, 0, 64, 64), None)
    yield from scenes.close(document)
    return said


def greens(image):
    """How many pure green pixels, of every fourth column and row."""
    places = ((x, y) for x in range(0, image.width(), 4) for y in range(0, image.height(), 4))
    return sum(image.pixel(x, y) & 0xFFFFFF == 0x00FF00 for x, y in places)


def kept(host):
    """Annotations go with the file."""
    document = yield from scenes.open_document(64, 64)
    key, data = host.document(), bytes(range(256)) * 400
    empty = host.recall(key, "settings")
    host.persist(key, "settings", data)
    path = os.path.join(os.environ["HOME"], "kept.kra")
    document.setBatchmode(True)
    saved = document.saveAs(path)
    yield from scenes.settle(document)
    yield from scenes.close(document)
    again = krita.Krita.instance().openDocument(path)
    krita.Krita.instance().activeWindow().addView(again)
    yield from scenes.settle(again)
    reopened = host.document()
    said = {
        "empty": empty is None,
        "saved": saved,
        "same": host.recall(reopened, "settings") == data,
        "another_key": reopened.key != key.key,
    }
    yield from scenes.close(again)
    return said


def closed(host):
    """A result for a document that is gone is refused in words."""
    document = yield from scenes.open_document(16, 16)
    key = host.document()
    yield from scenes.close(document)
    try:
        host.place(key, Bounds(0, 0, 1, 1), Picture(1, 1, "rgba8", b"\1\2\3\4"), "Late")
    except HostError as refusal:
        return str(refusal)
    return "it was taken"


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
