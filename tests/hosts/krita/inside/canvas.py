"""The host's methods by themselves, at every depth and model: colours, undo, masks, and what is kept."""

import krita
from sfumato.colours import space_of
from sfumato.core.geometry import Bounds
from sfumato.core.host import HostError, Picture
from sfumato.krita_host import KritaHost

from . import scenes, truth
from .runner import until

CLAY, PQ = (
    "ClayRGB-elle-V2-g22.icc",
    "High Dynamic Range UHDTV Wide Color Gamut Display (Rec. 2020) - SMPTE ST 2084 PQ EOTF",
)
GRAY, INKS = "Gray-D50-elle-V2-g22.icc", "Chemical proof"
YCBCR = "ITU-R BT.709-6 YCbCr ICC V4 profile"
SPACES = [
    *[("RGBA", "U8", profile) for profile in (scenes.SRGB, CLAY, "WideRGB-elle-V2-g22.icc", "sRGB-elle-V2-g10.icc")],
    *[("RGBA", "U16", profile) for profile in ("", scenes.SRGB, CLAY, "Rec2020-elle-V4-g10.icc")],
    *[("RGBA", "F16", profile) for profile in ("", CLAY)],
    *[("RGBA", "F32", profile) for profile in ("", scenes.SRGB, PQ)],
    *[("GRAYA", depth, GRAY) for depth in ("U8", "U16", "F16", "F32")],
    *[("CMYKA", depth, INKS) for depth in ("U8", "U16", "F32")],
    *[("LABA", depth, "") for depth in ("U8", "U16", "F32")],
    *[("XYZA", depth, "") for depth in ("U8", "U16", "F16", "F32")],
    *[("YCbCrA", depth, YCBCR) for depth in ("U8", "U16", "F32")],
]
AREA = Bounds(7, 5, 64, 64)


def trial(report):
    """All of it, one document after the other."""
    host = KritaHost()
    program = krita.Krita.instance()
    report["offered"] = [[model, depth] for model in program.colorModels() for depth in program.colorDepths(model)]
    report["spaces"] = {}
    for space in SPACES:
        report["spaces"]["/".join(space)] = yield from one_space(host, space)
    report["deep_result"] = yield from deep_result(host)
    report["selection"] = yield from selection(host)
    report["layer"] = yield from one_layer(host)
    report["preview"] = yield from preview(host)
    report["kept"] = yield from kept(host)
    report["closed"] = yield from closed(host)
    yield from until(lambda: not host._bench._documents, "the documents of conversions to be closed")


def one_space(host, space):
    """Place a rainbow and read it back; then one that covers a part, softly; then undo."""
    document = yield from scenes.open_document(96, 80, *space)
    key, said = host.document(), {}
    before = scenes.Snapshot(document)
    rainbow = scenes.rainbow(AREA.width_px, AREA.height_px)
    host.place(key, AREA, Picture(AREA.width_px, AREA.height_px, "rgba8", rainbow), "Rainbow")
    yield from scenes.settle(document)
    said["profile"] = document.colorProfile()
    said["layers"] = scenes.layer_names(document)
    said["active"] = document.activeNode().name()
    came_back = host.capture(key, AREA).data
    said["largest_error"] = max(abs(a - b) for a, b in zip(came_back, rainbow, strict=True))
    said["error_beyond_rounding"] = beyond_rounding(came_back, rainbow, space_of(document))
    said["below_same"] = before.painted_is_same()
    yield from scenes.undo(document)
    said["undone"] = before.unchanged()
    said.update((yield from soft(host, document, key, rainbow, before)))
    yield from scenes.close(document)
    return said


def beyond_rounding(came_back, rainbow, space):
    """Levels between what came back and what should: colours that went there and back, rounded once, there."""
    if not truth.knows(space.profile):
        return None
    should = truth.come_back(rainbow, space, scenes.SRGB)
    seen = [came_back[at + channel] for at in range(0, len(came_back), 4) for channel in range(3)]
    return round(max(abs(a - b) for a, b in zip(seen, should, strict=True)), 2)


def soft(host, document, key, rainbow, before):
    """A result whose alpha is a feathered mask: nothing may change where it is 0."""
    coverage = [max(0, 255 - 10 * abs(at % 64 - 32) - 10 * abs(at // 64 - 32)) for at in range(64 * 64)]
    feathered = bytearray(rainbow)
    feathered[3::4] = bytes(coverage)
    host.place(key, AREA, Picture(AREA.width_px, AREA.height_px, "rgba8", bytes(feathered)), "Soft")
    yield from scenes.settle(document)
    return before.outside_is_same(AREA, coverage)


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
    key, before = host.document(), scenes.Snapshot(document)
    window = krita.Krita.instance().activeWindow().qwindow()
    green = Picture(2, 2, "rgba8", b"\x00\xff\x00\xff" * 4)
    without = window.grab().toImage()
    host.preview(key, Bounds(0, 0, 64, 64), green)
    yield from scenes.settle(document)
    seen = window.grab().toImage()
    said = {"same_document": before.unchanged()}
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
    again = yield from scenes.opened_again(document, "kept.kra")
    reopened = host.document()
    said = {
        "empty": empty is None,
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
