"""The procedures in the real GIMP, against a real daemon with Ground: what scripts and batches get."""

import json
import time

import canvas
from canvas import changed, covered, merged, native, rgba
from gimp_libraries import Gimp
from procedure_calls import call
from reporting import SETTINGS, check, note

P = Gimp.Precision
PRECISIONS = {"8-bit": P.U8_NON_LINEAR, "16-bit": P.U16_NON_LINEAR, "float": P.FLOAT_LINEAR}
SIDE = 128


def new_image(precision, side=SIDE):
    data = b"".join(bytes((x % 256, y % 256, (x * y) % 256, 255)) for y in range(side) for x in range(side))
    return canvas.new_image(precision, data, width=side, height=side)


def generate(precision):
    image, painted = new_image(precision)
    below = native(painted)
    status, layers, error = call("generate", image, prompt="red brick", seed=7, steps=4, count=2)
    again = call("generate", image, prompt="red brick", seed=7, steps=4)[1]
    recipe = json.loads(bytes(layers[0].get_parasite("sfumato-recipe").get_data()).decode())
    return {
        "status": status,
        "error": error,
        "layers": len(layers),
        "below": native(painted) == below,
        "differ": rgba(layers[0]) != rgba(layers[1]),
        "same again": any(rgba(layer) == rgba(again[0]) for layer in layers),
        "shades": len(set(rgba(layers[0]))),
        "recipe": [recipe["recipe"]["prompt"], recipe["recipe"]["steps"]],
        "top": image.get_layers()[0].get_id() == again[0].get_id(),
    }


def refine(precision):
    image, painted = new_image(precision)
    below, before = native(painted), rgba(painted)
    status, layers, error = call("refine", image, prompt="moss", seed=3, steps=4, strength=0.5)
    difference = sum(abs(a - b) for a, b in zip(before, rgba(layers[0]), strict=True)) / len(before)
    return {"status": status, "error": error, "below": native(painted) == below, "difference": difference}


def fill(precision):
    """A feathered ellipse: nothing changes where the result's alpha is 0, and its reach is the asked one."""
    image, painted = new_image(precision)
    image.select_ellipse(Gimp.ChannelOps.REPLACE, 40, 40, 48, 40)
    Gimp.Selection.feather(image, 6)
    layer, mask, found = filled(image, painted, "grass")
    columns, rows = [at % SIDE for at in mask], [at // SIDE for at in mask]
    return {
        **found,
        "shades of alpha": len(set(rgba(layer)[3::4])),
        "reach": [min(columns), min(rows), max(columns), max(rows)],
        "selection kept": Gimp.Selection.bounds(image).non_empty,
    }


def filled(image, painted, prompt):
    """The layer that fills the selection, what it covers, and what is the same for every kind of image."""
    below, before = native(painted), merged(image)
    status, layers, error = call("fill-selection", image, prompt=prompt, seed=5, steps=4, grow=4, feather=8)
    mask, touched = covered(layers[0], SIDE), changed(before, merged(image), SIDE * SIDE)
    found = {
        "status": status,
        "error": error,
        "outside": len(touched - mask),
        "inside": len(touched & mask) / len(mask),
        "below": native(painted) == below,
    }
    return layers[0], mask, found


def fill_indexed():
    """The image stays indexed: the result comes in its palette, and outside not one index changes."""
    data = b"".join(bytes((x % 256, y % 256, (x * y) % 256, 255)) for y in range(SIDE) for x in range(SIDE))
    image, painted = canvas.new_indexed(data, 16, width=SIDE, height=SIDE)
    image.select_ellipse(Gimp.ChannelOps.REPLACE, 40, 40, 48, 40)
    layer, _, found = filled(image, painted, "green grass")
    stored = native(layer)
    return {
        **found,
        "alphas": sorted(set(stored[1::2])),
        "indices": len({index for index, alpha in zip(stored[::2], stored[1::2], strict=True) if alpha}),
        "indexed": image.get_base_type() == Gimp.ImageBaseType.INDEXED,
    }


def halves(*names):
    """An image with a layer for each half, painted there and nowhere else."""
    image, _ = new_image(P.U8_NON_LINEAR)
    for place, name in enumerate(names):
        layer = Gimp.Layer.new(image, name, SIDE, SIDE, Gimp.ImageType.RGBA_IMAGE, 100.0, Gimp.LayerMode.NORMAL)
        inside = [x // (SIDE // 2) == place for x in range(SIDE)]
        canvas.paint(layer, b"".join(bytes((255, 255, 255, 255 * each)) for each in inside) * SIDE)
        image.insert_layer(layer, None, 0)
    return image


def greenness(data, columns):
    pixels = [data[4 * (y * SIDE + x) :][:3] for y in range(SIDE) for x in columns]
    return sum(green - (red + blue) / 2 for red, green, blue in pixels) / len(pixels)


def regions():
    """Each half follows the words of its own layer."""
    image = halves("left", "right")
    settings = {"prompt": "grey cobblestone", "seed": 3, "steps": 16}
    words = "layer:left = green grass; layer:right=red lava"
    alone, bound = call("generate", image, **settings), call("generate", image, regions=words, **settings)
    left, right = range(8, SIDE // 2 - 16), range(SIDE // 2 + 16, SIDE - 8)
    return {
        "status": [alone[0], bound[0]],
        "error": bound[2],
        "alone": [greenness(rgba(alone[1][0]), half) for half in (left, right)],
        "bound": [greenness(rgba(bound[1][0]), half) for half in (left, right)],
    }


def control():
    """A ControlNet follows the layer that it is given."""
    image = halves("left", "right")
    drawn = {"prompt": "moss", "seed": 3, "steps": 4}

    def follow(layer, strength=1.0, **more):
        given = {"model": SETTINGS["net"], "image": f"layer:{layer}", "strength": strength, **more}
        net = " ".join(["control.net", *(f"{name}={value}" for name, value in given.items())])
        status, layers, error = call("generate", image, conditioners=net, **drawn)
        return rgba(layers[0]) if layers else [status, error]

    alone, left, right, none, edges = (
        rgba(call("generate", image, **drawn)[1][0]),
        follow("left"),
        follow("right"),
        follow("left", 0.0),
        follow("left", preprocessor="control.canny"),
    )

    def apart(one, other):
        return sum(abs(a - b) for a, b in zip(one, other, strict=True)) / len(one)

    return {
        "alone": apart(left, alone),
        "other layer": apart(left, right),
        "strength 0": apart(none, alone),
        "its edges": apart(left, edges),
        "edges of nobody": follow("left", preprocessor="control.cany"),
    }


def tile():
    """The step over the seam is no larger than steps inside."""
    image, _ = new_image(P.U8_NON_LINEAR)
    status, layers, error = call("tile", image, prompt="mossy red brick wall", seed=1, steps=6)
    data = rgba(layers[0])

    def step(one, other):
        return (
            sum(abs(data[4 * a + c] - data[4 * b + c]) for a, b in zip(one, other, strict=True) for c in range(3))
            / SIDE
        )

    columns = [step(range(x, SIDE * SIDE, SIDE), range((x + 1) % SIDE, SIDE * SIDE, SIDE)) for x in range(SIDE)]
    rows = [
        step(range(y * SIDE, y * SIDE + SIDE), range((y + 1) % SIDE * SIDE, (y + 1) % SIDE * SIDE + SIDE))
        for y in range(SIDE)
    ]
    return {
        "status": status,
        "error": error,
        "columns": columns[-1] / sorted(columns[:-1])[-2],
        "rows": rows[-1] / sorted(rows[:-1])[-2],
    }


def outpaint():
    image, painted = new_image(P.U16_NON_LINEAR)
    image.resize(192, SIDE, 32, 0)
    below, before = native(painted), merged(image)
    status, layers, error = call("outpaint", image, prompt="grass", seed=5, steps=4, grow=0, feather=0)
    size = len(before) // (192 * SIDE)
    after = merged(image)
    covered = [y * 192 + x for y in range(SIDE) for x in range(32, 160)]
    return {
        "status": status,
        "error": error,
        "below": native(painted) == below,
        "kept": all(before[at * size : at * size + size] == after[at * size : at * size + size] for at in covered),
        "full": set(rgba(layers[0])[3::4]) == {255} or min(merged(image, rgba)[3::4]),
    }


def process():
    image, painted = new_image(P.U8_NON_LINEAR)
    below = native(painted)
    status, layers, error = call("process", image, processors="control.canny")
    if status != "success":
        return {"status": status, "error": error}
    return {"status": status, "error": error, "layers": len(layers), "below": native(painted) == below}


def refusals():
    image, _ = new_image(P.U8_NON_LINEAR)
    indexed = Gimp.Image.new(64, 64, Gimp.ImageBaseType.INDEXED)
    return {
        "sampler": call("generate", image, prompt="x", steps=2, sampler="acme.none")[::2],
        "setting": call("generate", image, prompt="x", steps=2, sampler="sfumato.euler speed=3")[::2],
        "selection": call("fill-selection", image, prompt="x", steps=2)[::2],
        "model": call("generate", image, prompt="x", steps=2, model="none/such")[::2],
        "processors": call("process", image, processors="")[::2],
        "region": call("generate", image, prompt="x", steps=2, regions="the sky is blue")[::2],
        "layer": call("generate", image, prompt="x", steps=2, regions="layer:sky=blue")[::2],
        "colours": call("generate", indexed, prompt="x", steps=2)[::2],
        "layers": [len(image.get_layers()), len(indexed.get_layers())],
    }


def hints():
    """Draw with what the help of the arguments gives as examples."""
    image, _ = new_image(P.U8_NON_LINEAR, 64)
    procedure = Gimp.get_pdb().lookup_procedure("plug-in-sfumato-generate")
    kinds = ("sampler", "schedule", "guider")
    examples = {kind: procedure.find_argument(kind).blurb.split("`")[1] for kind in kinds}
    return call("generate", image, prompt="rust", steps=2, **examples)[::2]


def large_capture():
    """A part of a large image: how long the whole call takes, for the figures."""
    image, _ = new_image(P.U16_NON_LINEAR, 512)
    image.scale(2048, 2048)
    image.select_rectangle(Gimp.ChannelOps.REPLACE, 500, 500, 64, 64)
    start = time.perf_counter()
    status, _, error = call("fill-selection", image, prompt="moss", seed=2, steps=2)
    return {"status": status, "error": error, "elapsed_s": round(time.perf_counter() - start, 2)}


note("procedures", sorted(Gimp.get_pdb().query_procedures("plug-in-sfumato.*", "", "", "", "", "", "", "")))
for depth, precision in PRECISIONS.items():
    check(generate, precision, name=f"generate {depth}")
    check(refine, precision, name=f"refine {depth}")
    check(fill, precision, name=f"fill {depth}")
for function in (fill_indexed, regions, control, tile, outpaint, process, refusals, hints, large_capture):
    check(function)
for each in Gimp.get_images():
    each.delete()
