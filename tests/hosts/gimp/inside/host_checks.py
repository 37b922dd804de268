"""GimpHost in the real GIMP: colours, offsets, undo, previews, parasites, in every precision and model."""

import os
import random
import time

from core.geometry import Bounds
from core.host import HostError, Picture
from gimp_host import GimpHost
from gimp_libraries import Gegl, Gimp, Gio
from reporting import check

Gegl.init(None)
P, B = Gimp.Precision, Gimp.ImageBaseType
PRECISIONS = {
    "u8": P.U8_NON_LINEAR,
    "u8-linear": P.U8_LINEAR,
    "u16": P.U16_NON_LINEAR,
    "u16-linear": P.U16_LINEAR,
    "u32": P.U32_NON_LINEAR,
    "half": P.HALF_NON_LINEAR,
    "half-linear": P.HALF_LINEAR,
    "float": P.FLOAT_NON_LINEAR,
    "float-linear": P.FLOAT_LINEAR,
    "double": P.DOUBLE_NON_LINEAR,
}
WIDTH, HEIGHT = 96, 80
FOLDER = os.environ["HOME"]
randomness = random.Random(7)


def noise(width, height, alpha=None):
    data = bytearray(randomness.randbytes(width * height * 4))
    if alpha is not None:
        data[3::4] = bytes([alpha]) * (width * height)
    return Picture(width, height, "rgba8", bytes(data))


def native(image):
    """The merged image's own bytes, in its own precision and profile."""
    merged = Gimp.Layer.new_from_visible(image, image, "merged")
    try:
        whole = Gegl.Rectangle.new(0, 0, image.get_width(), image.get_height())
        return bytes(merged.get_buffer().get(whole, 1.0, None, Gegl.AbyssPolicy.NONE))
    finally:
        merged.delete()


def layer_bytes(layer):
    whole = Gegl.Rectangle.new(0, 0, layer.get_width(), layer.get_height())
    return bytes(layer.get_buffer().get(whole, 1.0, None, Gegl.AbyssPolicy.NONE))


def new_image(precision, base=B.RGB, width=WIDTH, height=HEIGHT):
    image = Gimp.Image.new_with_precision(width, height, base, precision)
    host = GimpHost(image)
    # The base layer is painted through its own format, so that no byte of it comes from the code under test.
    kind = {B.RGB: Gimp.ImageType.RGBA_IMAGE, B.GRAY: Gimp.ImageType.GRAYA_IMAGE}[base]
    layer = Gimp.Layer.new(image, "painted", width, height, kind, 100.0, Gimp.LayerMode.NORMAL)
    image.insert_layer(layer, None, 0)
    buffer = layer.get_buffer()
    buffer.set(Gegl.Rectangle.new(0, 0, width, height), "R'G'B'A u8", noise(width, height, alpha=255).data)
    buffer.flush()
    layer.update(0, 0, width, height)
    return image, host, layer


def masked(width, height):
    """A picture that is opaque in its middle, feathered around it, and transparent at its border."""
    data = bytearray(noise(width, height).data)
    for y in range(height):
        for x in range(width):
            edge = min(x, y, width - 1 - x, height - 1 - y)
            data[4 * (y * width + x) + 3] = 0 if edge < 4 else min(255, (edge - 3) * 40)
    return Picture(width, height, "rgba8", bytes(data))


def _same_outside(one, other, picture, bounds, pixel):
    for y in range(HEIGHT):
        for x in range(WIDTH):
            within = bounds.x <= x < bounds.right_px and bounds.y <= y < bounds.bottom_px
            covered = within and picture.data[4 * ((y - bounds.y) * bounds.width_px + x - bounds.x) + 3] > 0
            at = pixel * (y * WIDTH + x)
            if not covered and one[at : at + pixel] != other[at : at + pixel]:
                return False
    return True


def place_exactly(precision, base):
    """Opaque pixels go in and come out the same; outside of them nothing changes; the layer below is untouched."""
    image, host, painted = new_image(precision, base)
    document = host.document()
    before, below = native(image), layer_bytes(painted)
    bounds = Bounds(10, 12, 40, 36)
    picture = masked(bounds.width_px, bounds.height_px)
    if base == B.GRAY:  # a gray picture stays what it is
        data = bytearray(picture.data)
        data[1::4] = data[0::4]
        data[2::4] = data[0::4]
        picture = picture._replace(data=bytes(data))
    key = host.place(document, bounds, picture, "result")
    after = native(image)
    pixel = len(before) // (WIDTH * HEIGHT)
    outside = inside = 0
    for y in range(HEIGHT):
        for x in range(WIDTH):
            at = pixel * (y * WIDTH + x)
            changed = before[at : at + pixel] != after[at : at + pixel]
            within = bounds.x <= x < bounds.right_px and bounds.y <= y < bounds.bottom_px
            covered = within and picture.data[4 * ((y - bounds.y) * bounds.width_px + x - bounds.x) + 3] > 0
            outside += changed and not covered
            inside += changed and covered
    placed = image.get_layer_by_tattoo(int(key))
    position = [*list(placed.get_offsets())[1:], image.get_layers()[0].get_id() == placed.get_id()]
    layer = next(each for each in host.layers(document) if each.key == key)
    back = host.capture(document, bounds, layer)
    wrong = max_difference = 0
    for at in range(0, len(picture.data), 4):
        if picture.data[at + 3] == 255:
            difference = max(abs(picture.data[at + i] - back.data[at + i]) for i in range(4))
            wrong += difference > 0
            max_difference = max(max_difference, difference)
    alpha = back.data[3::4] == picture.data[3::4]
    empty_only = None
    if outside:  # GIMP itself rounds here: an empty layer does the very same
        placed_copy = native(image)
        image.remove_layer(image.get_layer_by_tattoo(int(key)))
        host.place(document, bounds, picture._replace(data=bytes(len(picture.data))), "empty")
        empty = native(image)
        empty_only = _same_outside(placed_copy, empty, picture, bounds, pixel)
    result = {
        "outside": outside,
        "as an empty layer": empty_only,
        "inside": inside,
        "below": layer_bytes(painted) == below,
        "wrong": wrong,
        "max_difference": max_difference,
        "alpha": alpha,
        "position": position,
    }
    image.delete()
    return result


for name, precision in PRECISIONS.items():
    check(place_exactly, precision, B.RGB, name=f"place {name} rgb")
for name in ("u8", "u16", "float-linear"):
    check(place_exactly, PRECISIONS[name], B.GRAY, name=f"place {name} gray")


def profile(name):
    """An image of a wide profile reads as sRGB, and what is placed comes out the same."""
    image, host, _painted = new_image(P.U16_NON_LINEAR)
    image.convert_color_profile(
        Gimp.ColorProfile.new_rgb_adobe(), Gimp.ColorRenderingIntent.RELATIVE_COLORIMETRIC, False
    )
    document, bounds = host.document(), Bounds(0, 0, 8, 8)
    picture = Picture(8, 8, "rgba8", bytes([200, 30, 40, 255]) * 64)
    key = host.place(document, bounds, picture, "red")
    layer = next(each for each in host.layers(document) if each.key == key)
    stored = list(layer_bytes(image.get_layer_by_tattoo(int(key)))[:8])
    return {
        "merged": list(host.capture(document, bounds).data[:4]),
        "layer": list(host.capture(document, bounds, layer).data[:4]),
        "stored": stored,
    }


check(profile, "adobe")


def sixteen_bits():
    image, host, _painted = new_image(P.U16_NON_LINEAR)
    data = b"".join(value.to_bytes(2, "little") for value in (1000, 20000, 40001, 65535)) * 16
    key = host.place(host.document(), Bounds(0, 0, 4, 4), Picture(4, 4, "rgba16", data), "deep")
    return layer_bytes(image.get_layer_by_tattoo(int(key))) == data


check(sixteen_bits)


def indexed():
    image, host, _painted = new_image(P.U8_NON_LINEAR)
    image.convert_indexed(Gimp.ConvertDitherType.NONE, Gimp.ConvertPaletteType.WEB, 0, False, False, "")
    merged = host.capture(host.document(), Bounds(0, 0, 4, 4)).data
    try:
        host.place(host.document(), Bounds(0, 0, 4, 4), noise(4, 4), "x")
        words = ""
    except HostError as error:
        words = str(error)
    return {"web": all(value % 51 == 0 for value in merged[0:3]), "words": words, "layers": len(image.get_layers())}


check(indexed)


def selection_edges():
    image, host, _painted = new_image(P.U8_NON_LINEAR)
    nothing = host.selection(host.document())
    image.select_ellipse(Gimp.ChannelOps.REPLACE, 20, 20, 40, 30)
    Gimp.Selection.feather(image, 8)
    found = host.selection(host.document())
    values = sorted(set(found.coverage.data))
    image.select_rectangle(Gimp.ChannelOps.REPLACE, -20, -20, 40, 40)
    clipped = host.selection(host.document())
    return {
        "nothing": nothing is None,
        "bounds": list(found.bounds),
        "size": len(found.coverage.data) == found.bounds.width_px * found.bounds.height_px,
        "shades": len(values),
        "clipped": list(clipped.bounds),
        "full": set(clipped.coverage.data) == {255},
    }


check(selection_edges)


def layer_offsets():
    image, host, _painted = new_image(P.U8_NON_LINEAR)
    small = Gimp.Layer.new(image, "small", 10, 10, Gimp.ImageType.RGBA_IMAGE, 100.0, Gimp.LayerMode.NORMAL)
    image.insert_layer(small, None, 0)
    small.set_offsets(-3, 70)
    small.fill(Gimp.FillType.WHITE)
    group = Gimp.GroupLayer.new(image, "group")
    image.insert_layer(group, None, 0)
    image.reorder_item(small, group, 0)
    document = host.document()
    layers = host.layers(document)
    read = host.capture(document, Bounds(-5, 68, 6, 6), next(each for each in layers if each.name == "small"))
    corner = [list(read.data[4 * (y * 6 + x) :][:4]) for x, y in ((0, 0), (1, 2), (2, 2), (5, 5))]
    return {"names": [each.name for each in layers], "bounds": list(layers[1].bounds), "corner": corner}


check(layer_offsets)


def preview_is_no_part():
    image, host, _painted = new_image(P.FLOAT_LINEAR)
    document = host.document()
    before, selected, merged = (
        native(image),
        image.get_selected_layers(),
        host.capture(document, Bounds(0, 0, WIDTH, HEIGHT)),
    )
    image.clean_all()
    host.preview(document, Bounds(8, 8, 32, 32), noise(32, 32, 255))
    shown = native(image) != before
    names = [each.name for each in host.layers(document)]
    without = host.capture(document, Bounds(0, 0, WIDTH, HEIGHT)) == merged
    host.preview(document, Bounds(8, 8, 32, 32), noise(16, 16, 255))
    one = len(image.get_layers())
    same = [each.get_id() for each in image.get_selected_layers()] == [each.get_id() for each in selected]
    host.preview(document, Bounds(8, 8, 32, 32), None)
    return {
        "shown": shown,
        "names": names,
        "left out of captures": without,
        "layers": one,
        "selected": same,
        "gone": native(image) == before,
        "clean": not image.is_dirty(),
    }


check(preview_is_no_part)


def kept_with_the_document():
    image, host, _painted = new_image(P.U16_LINEAR)
    document = host.document()
    data = randomness.randbytes(300_000)
    host.persist(document, "sfumato-history", data)
    key = host.place(document, Bounds(4, 4, 16, 16), noise(16, 16), "kept")
    host.preview(document, Bounds(0, 0, 8, 8), noise(8, 8))
    path = Gio.File.new_for_path(os.path.join(FOLDER, "kept.xcf"))
    Gimp.file_save(Gimp.RunMode.NONINTERACTIVE, image, path, None)
    again = Gimp.file_load(Gimp.RunMode.NONINTERACTIVE, path)
    opened = GimpHost(again)
    with_preview = len(again.get_layers())
    opened.previews.sweep(again)
    return {
        "data": opened.recall(opened.document(), "sfumato-history") == data,
        "nothing": opened.recall(opened.document(), "sfumato-other"),
        "layer": [each.name for each in opened.layers(opened.document()) if each.key == key],
        "swept": [with_preview, len(again.get_layers())],
    }


check(kept_with_the_document)


def closed():
    image, host, _painted = new_image(P.U8_NON_LINEAR)
    document = host.document()
    image.delete()
    try:
        host.place(document, Bounds(0, 0, 4, 4), noise(4, 4), "late")
    except HostError as error:
        return [str(error), host.document() is None]
    return None


check(closed)


def wrong_length():
    image, host, _painted = new_image(P.U8_NON_LINEAR)
    try:
        host.place(host.document(), Bounds(0, 0, 4, 4), Picture(4, 4, "rgba8", b"short"), "short")
    except HostError as error:
        return [str(error), len(image.get_layers())]
    return None


check(wrong_length)


def times():
    image, host, _painted = new_image(P.U16_NON_LINEAR, width=4096, height=4096)
    document, bounds = host.document(), Bounds(1000, 1000, 1024, 1024)
    native(image)

    def milliseconds(function):
        found = []
        for _ in range(5):
            start = time.perf_counter()
            function()
            found.append(round((time.perf_counter() - start) * 1000, 2))
        return sorted(found)

    picture = noise(1024, 1024, 255)
    result = {"capture": milliseconds(lambda: host.capture(document, bounds))}
    result["preview"] = milliseconds(lambda: host.preview(document, bounds, picture))
    result["capture beside a preview"] = milliseconds(lambda: host.capture(document, bounds))
    host.preview(document, bounds, None)
    result["place"] = milliseconds(lambda: host.place(document, bounds, picture, "x"))
    result["persist"] = milliseconds(lambda: host.persist(document, "sfumato-x", bytes(100_000)))
    return result


check(times)

for each in Gimp.get_images():
    each.delete()
