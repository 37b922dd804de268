"""GimpHost in the real GIMP: colours, offsets, undo, previews, parasites, in every precision and model."""

import os
import random
import time

import canvas
from canvas import changed, covered, merged, native
from canvas_watch import CanvasWatch
from core.geometry import Bounds
from core.host import HostError, Picture
from gimp_host import GimpHost
from gimp_libraries import Gimp, Gio
from reporting import check

P, B = Gimp.Precision, Gimp.ImageBaseType
DEPTHS = {"u8": "U8", "u16": "U16", "u32": "U32", "half": "HALF", "float": "FLOAT", "double": "DOUBLE"}
CURVES = {"": "NON_LINEAR", "-linear": "LINEAR", "-perceptual": "PERCEPTUAL"}
PRECISIONS = {depth + curve: getattr(P, f"{DEPTHS[depth]}_{CURVES[curve]}") for depth in DEPTHS for curve in CURVES}
WIDTH, HEIGHT = 96, 80
FOLDER = os.environ["HOME"]
randomness = random.Random(7)


def noise(width, height, alpha=None):
    data = bytearray(randomness.randbytes(width * height * 4))
    if alpha is not None:
        data[3::4] = bytes([alpha]) * (width * height)
    return Picture(width, height, "rgba8", bytes(data))


def new_image(precision, base=B.RGB, width=WIDTH, height=HEIGHT):
    image, layer = canvas.new_image(
        precision, noise(width, height, alpha=255).data, width=width, height=height, base=base
    )
    return image, GimpHost(image), layer


def masked(width, height):
    """A picture that is opaque in its middle, feathered around it, and transparent at its border."""
    data = bytearray(noise(width, height).data)
    for y in range(height):
        for x in range(width):
            edge = min(x, y, width - 1 - x, height - 1 - y)
            data[4 * (y * width + x) + 3] = 0 if edge < 4 else min(255, (edge - 3) * 40)
    return Picture(width, height, "rgba8", bytes(data))


def gray_of(picture):
    data = bytearray(picture.data)
    data[1::4] = data[2::4] = data[0::4]
    return picture._replace(data=bytes(data))


def place_exactly(precision, base):
    """Opaque pixels go in and come out the same; outside of them nothing changes; the layer below is untouched."""
    image, host, painted = new_image(precision, base)
    document = host.document()
    before, below = merged(image), native(painted)
    bounds = Bounds(10, 12, 40, 36)
    picture = masked(bounds.width_px, bounds.height_px)
    if base == B.GRAY:  # a gray picture stays what it is
        picture = gray_of(picture)
    key = host.place(document, bounds, picture, "result")
    placed, after = image.get_layer_by_tattoo(int(key)), merged(image)
    mask, touched = covered(placed, WIDTH), changed(before, after, WIDTH * HEIGHT)
    position = [*list(placed.get_offsets())[1:], image.get_layers()[0].get_id() == placed.get_id()]
    back = host.capture(document, bounds, next(each for each in host.layers(document) if each.key == key))
    opaque = [at for at in range(0, len(picture.data), 4) if picture.data[at + 3] == 255]
    off = [max(abs(picture.data[at + i] - back.data[at + i]) for i in range(4)) for at in opaque]
    result = {
        "outside": len(touched - mask),
        "as an empty layer": None,
        "inside": len(touched & mask),
        "wrong": sum(each > 0 for each in off),
        "max_difference": max(off),
        "alpha": back.data[3::4] == picture.data[3::4],
        "position": position,
    }
    if touched - mask:  # GIMP itself rounds here: an empty layer does the very same
        image.remove_layer(placed)
        host.place(document, bounds, picture._replace(data=bytes(len(picture.data))), "empty")
        result["as an empty layer"] = not changed(after, merged(image), WIDTH * HEIGHT) - mask
    result["below"] = native(painted) == below
    image.delete()
    return result


for name, precision in PRECISIONS.items():
    for model, base in (("rgb", B.RGB), ("gray", B.GRAY)):
        check(place_exactly, precision, base, name=f"place {name} {model}")


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
    stored = list(native(image.get_layer_by_tattoo(int(key)))[:8])
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
    return native(image.get_layer_by_tattoo(int(key))) == data


check(sixteen_bits)


def indexed():
    """An indexed image is read as it is seen, and a result in its palette comes to lie on it, index by index."""
    data = b"".join(bytes((x * 2, y * 3, 90, 255 if x > 20 else 0)) for y in range(HEIGHT) for x in range(WIDTH))
    image, painted = canvas.new_indexed(data, 12, width=WIDTH, height=HEIGHT)
    host, everything = GimpHost(image), Bounds(0, 0, WIDTH, HEIGHT)
    document = host.document()
    before, below, seen = merged(image), native(painted), host.capture(document, everything)
    palette = host.palette(document)
    bounds = Bounds(30, 12, 40, 36)
    colours = [bytes.fromhex(randomness.choice(palette)[1:]) for _ in range(bounds.area_px)]
    drawn = b"".join(each + bytes([255 if at % 3 else 0]) for at, each in enumerate(colours))
    key = host.place(document, bounds, Picture(bounds.width_px, bounds.height_px, "rgba8", drawn), "result")
    placed = image.get_layer_by_tattoo(int(key))
    mask, touched = covered(placed, WIDTH), changed(before, merged(image), WIDTH * HEIGHT)
    opaque = [at for at in range(0, len(drawn), 4) if drawn[at + 3]]
    back = canvas.rgba(placed)
    return {
        "colours": len(palette),
        "seen": seen.data == canvas.rgba(painted),
        "transparent": seen.data[3::4].count(0),
        "outside": len(touched - mask),
        "inside": len(touched & mask),
        "exact": all(back[at : at + 4] == drawn[at : at + 4] for at in opaque),
        "below": native(painted) == below,
        "indexed still": image.get_base_type() == B.INDEXED,
        "note": host.note(document),
    }


def indexed_soft_edges():
    """What is half transparent is decided for one of the two: on screen GIMP would blend to colours of no palette."""
    image, _ = canvas.new_indexed(noise(32, 32, 255).data, 8, width=32, height=32)
    host = GimpHost(image)
    key = host.place(host.document(), Bounds(0, 0, 32, 32), noise(32, 32), "soft")
    return sorted(set(canvas.rgba(image.get_layer_by_tattoo(int(key)))[3::4]))


def indexed_as_it_is_seen():
    """Layers at half opacity show colours between those of the palette, and so they are captured."""
    image, _painted = canvas.new_indexed(bytes((255, 0, 0, 255, 0, 0, 255, 255)) * 128, 2, width=16, height=16)
    above = Gimp.Layer.new(image, "above", 16, 16, Gimp.ImageType.INDEXEDA_IMAGE, 50.0, Gimp.LayerMode.NORMAL)
    canvas.paint(above, bytes((0, 0, 255, 255)) * 256)
    image.insert_layer(above, None, 0)
    host = GimpHost(image)
    seen = host.capture(host.document(), Bounds(0, 0, 1, 1)).data
    return {"seen": list(seen), "layers": len(image.get_layers()), "indexed": image.get_base_type() == B.INDEXED}


def indexed_without_colours():
    host = GimpHost(Gimp.Image.new(16, 16, B.INDEXED))
    try:
        return host.palette(host.document())
    except HostError as error:
        return str(error)


for function in (indexed_soft_edges, indexed_as_it_is_seen, indexed_without_colours):
    check(function)
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
    before, selected = merged(image), image.get_selected_layers()
    captured = host.capture(document, Bounds(0, 0, WIDTH, HEIGHT))
    image.clean_all()
    host.preview(document, Bounds(8, 8, 32, 32), noise(32, 32, 255))
    shown = merged(image) != before
    names = [each.name for each in host.layers(document)]
    without = host.capture(document, Bounds(0, 0, WIDTH, HEIGHT)) == captured
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
        "gone": merged(image) == before,
        "clean": not image.is_dirty(),
    }


check(preview_is_no_part)


def captured_beside_a_preview(grouped):
    """Masks, modes, opacities, offsets, hidden layers: all count as they do where no preview is shown."""
    image, host, _ = new_image(P.U16_LINEAR)
    below, above, hidden = (
        Gimp.Layer.new(image, name, 60, 50, Gimp.ImageType.RGBA_IMAGE, opacity, mode)
        for name, opacity, mode in (("a", 60.0, Gimp.LayerMode.MULTIPLY), ("b", 80.0, Gimp.LayerMode.SCREEN),
                                    ("c", 100.0, Gimp.LayerMode.NORMAL))
    )  # fmt: skip
    group = Gimp.GroupLayer.new(image, "group") if grouped else None
    if group:
        image.insert_layer(group, None, 0)
    for place, layer in enumerate((below, above, hidden)):
        canvas.paint(layer, noise(60, 50).data)
        image.insert_layer(layer, group, 0)
        layer.set_offsets(30 * place - 10, 20 * place - 7)
    hidden.set_visible(False)
    mask = above.create_mask(Gimp.AddMaskType.ALPHA)
    above.add_mask(mask)
    document, bounds = host.document(), Bounds(5, 7, 70, 60)
    alone = host.capture(document, bounds)
    host.preview(document, Bounds(8, 8, 32, 32), noise(32, 32, 255))
    beside = host.capture(document, bounds)
    off = max(abs(one - other) for one, other in zip(alone.data, beside.data, strict=True))
    return {"off": off, "shades": len(set(alone.data))}


check(captured_beside_a_preview, False, name="captured beside a preview")
check(captured_beside_a_preview, True, name="captured beside a preview, in a group")


def watching():
    """What the canvas watch sees, in how many looks, and what it lets pass."""
    image, host, painted = new_image(P.U8_NON_LINEAR)
    other = Gimp.Layer.new(image, "other", 40, 40, Gimp.ImageType.RGBA_IMAGE, 100.0, Gimp.LayerMode.NORMAL)
    image.insert_layer(other, None, 0)
    mask = other.create_mask(Gimp.AddMaskType.WHITE)
    other.add_mask(mask)
    image.set_selected_layers([painted])
    watch, document = CanvasWatch(), host.document()

    def looks():
        """How many looks it takes to see a change; none where seven see none."""
        return next((each for each in range(1, 8) if watch.changed(image, host.previews.of(image))), None)

    found = {"first": looks(), "nothing": looks()}
    canvas.paint(painted, noise(WIDTH, HEIGHT, 255).data)
    found["painted"] = looks()
    image.select_rectangle(Gimp.ChannelOps.REPLACE, 2, 2, 20, 20)
    found["selected"] = looks()
    host.preview(document, Bounds(0, 0, 8, 8), noise(8, 8, 255))
    found["our preview"] = looks()
    other.set_opacity(40.0)
    found["other layer"] = looks() is not None
    mask.fill(Gimp.FillType.FOREGROUND)
    found["its mask"] = looks() is not None
    image.remove_layer(other)
    found["removed"] = looks()
    host.preview(document, Bounds(0, 0, 8, 8), None)
    return found


check(watching)


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
    merged(image)

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
