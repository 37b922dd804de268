"""Images to draw on, and their pixels, read through GEGL alone: no byte of it passes the code under test."""

from gimp_libraries import Gegl, Gimp

Gegl.init(None)
KINDS = {
    Gimp.ImageBaseType.RGB: Gimp.ImageType.RGBA_IMAGE,
    Gimp.ImageBaseType.GRAY: Gimp.ImageType.GRAYA_IMAGE,
}


def new_image(precision, data, *, width, height, base=Gimp.ImageBaseType.RGB):
    """An image with one layer, "painted", of these pixels (rgba8); image and layer."""
    image = Gimp.Image.new_with_precision(width, height, base, precision)
    layer = Gimp.Layer.new(image, "painted", width, height, KINDS[base], 100.0, Gimp.LayerMode.NORMAL)
    image.insert_layer(layer, None, 0)
    paint(layer, data)
    return image, layer


def new_indexed(data, colours, *, width, height):
    """The same with a palette of so many colours, made of its pixels."""
    image, layer = new_image(Gimp.Precision.U8_NON_LINEAR, data, width=width, height=height)
    generate = Gimp.ConvertPaletteType.GENERATE
    image.convert_indexed(Gimp.ConvertDitherType.NONE, generate, colours, False, False, "")
    return image, layer


def paint(layer, data):
    """Fill a layer with pixels (rgba8), as a brush that covers it would."""
    buffer = layer.get_buffer()
    buffer.set(_whole(layer), "R'G'B'A u8", data)
    buffer.flush()
    del buffer
    layer.update(0, 0, layer.get_width(), layer.get_height())


def native(drawable):
    """Its bytes as they are stored, in its own precision, profile and palette."""
    return bytes(drawable.get_buffer().get(_whole(drawable), 1.0, None, Gegl.AbyssPolicy.NONE))


def rgba(drawable):
    """Its pixels as rgba8."""
    return bytes(drawable.get_buffer().get(_whole(drawable), 1.0, "R'G'B'A u8", Gegl.AbyssPolicy.NONE))


def merged(image, read=native):
    """What is visible of the image, as it is stored, or as `read` reads it."""
    layer = Gimp.Layer.new_from_visible(image, image, "merged")
    try:
        return read(layer)
    finally:
        layer.delete()


def changed(before, after, pixels):
    """The places of so many pixels whose bytes differ."""
    size = len(before) // pixels
    return {at for at in range(pixels) if before[at * size : at * size + size] != after[at * size : at * size + size]}


def covered(layer, width):
    """The places on a canvas of this width where a layer is not transparent."""
    _, left, top = layer.get_offsets()
    across = layer.get_width()
    return {(top + at // across) * width + left + at % across for at, alpha in enumerate(rgba(layer)[3::4]) if alpha}


def _whole(drawable):
    return Gegl.Rectangle.new(0, 0, drawable.get_width(), drawable.get_height())
