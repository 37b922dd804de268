"""Pixels of GIMP's drawables as 8-bit sRGB with straight alpha, whatever depth, model and profile they are stored in.

The format string decides the colours: babl's named formats are sRGB, a prime says that the values are encoded with
sRGB's curve, and GEGL converts exactly from and to what the image is made of.
"""

from core.geometry import Bounds
from core.host import HostError, Picture
from gimp_libraries import GdkPixbuf, Gegl, Gimp, GLib

_FORMATS = {"rgba8": ("R'G'B'A u8", 4), "rgba16": ("R'G'B'A u16", 8), "gray8": ("Y' u8", 1)}
_LAYER_TYPES = {
    Gimp.ImageBaseType.RGB: Gimp.ImageType.RGBA_IMAGE,
    Gimp.ImageBaseType.GRAY: Gimp.ImageType.GRAYA_IMAGE,
    Gimp.ImageBaseType.INDEXED: Gimp.ImageType.INDEXEDA_IMAGE,
}
#: What leaves everything below as it is where the layer is transparent, to the last bit: GIMP blends in linear light,
#: from where floats that are stored with a curve would not come back exactly.
_COMPOSITE_SPACES = {
    Gimp.Precision.FLOAT_NON_LINEAR: Gimp.LayerColorSpace.RGB_NON_LINEAR,
    Gimp.Precision.DOUBLE_NON_LINEAR: Gimp.LayerColorSpace.RGB_NON_LINEAR,
    Gimp.Precision.FLOAT_PERCEPTUAL: Gimp.LayerColorSpace.RGB_PERCEPTUAL,
    Gimp.Precision.DOUBLE_PERCEPTUAL: Gimp.LayerColorSpace.RGB_PERCEPTUAL,
}
#: A selection is linear coverage: read with a prime, its feathered edge would come out too wide.
_COVERAGE = "Y u8"


def read(drawable: Gimp.Drawable, bounds: Bounds) -> Picture:
    """The drawable's pixels in canvas `bounds` as rgba8, transparent where the drawable does not reach."""
    return Picture(bounds.width_px, bounds.height_px, "rgba8", _read(drawable, bounds, "R'G'B'A u8", 4))


def read_coverage(channel: Gimp.Channel, bounds: Bounds) -> Picture:
    """How much of each pixel a channel selects, as gray8."""
    return Picture(bounds.width_px, bounds.height_px, "gray8", _read(channel, bounds, _COVERAGE, 1))


def bounds_of(layer: Gimp.Layer) -> Bounds:
    """Where the layer lies on the canvas; it may reach beyond."""
    _, x, y = layer.get_offsets()
    return Bounds(x, y, layer.get_width(), layer.get_height())


def new_layer(image: Gimp.Image, picture: Picture, name: str) -> Gimp.Layer:
    """A layer of the image's own kind with this picture. It is not in the image yet."""
    kind = _LAYER_TYPES[image.get_base_type()]
    layer = Gimp.Layer.new(image, name, picture.width_px, picture.height_px, kind, 100.0, Gimp.LayerMode.NORMAL)
    layer.set_composite_space(_COMPOSITE_SPACES.get(image.get_precision(), Gimp.LayerColorSpace.AUTO))
    write(layer, picture)
    return layer


def scaled(picture: Picture, width_px: int, height_px: int) -> Picture:
    """An rgba8 picture at another size, bilinear; itself where it has it."""
    if (picture.width_px, picture.height_px) == (width_px, height_px):
        return picture
    found = GLib.Bytes.new(picture.data)
    rgb, stride = GdkPixbuf.Colorspace.RGB, 4 * picture.width_px
    image = GdkPixbuf.Pixbuf.new_from_bytes(found, rgb, True, 8, picture.width_px, picture.height_px, stride)
    data = image.scale_simple(width_px, height_px, GdkPixbuf.InterpType.BILINEAR).get_pixels()
    return Picture(width_px, height_px, "rgba8", data)


def write(drawable: Gimp.Drawable, picture: Picture) -> None:
    """Fill a drawable of the picture's size. No undo step: it is for layers that are not in the image yet."""
    pattern, pixel_bytes = _FORMATS[picture.format]
    expected = picture.width_px * picture.height_px * pixel_bytes
    if len(picture.data) != expected:  # GEGL would only print a warning, and draw nothing
        raise HostError(f"a picture has {len(picture.data)} bytes where {expected} were expected")
    buffer = drawable.get_buffer()
    buffer.set(Gegl.Rectangle.new(0, 0, picture.width_px, picture.height_px), pattern, bytes(picture.data))
    buffer.flush()
    del buffer  # GIMP sees the pixels once nobody holds the buffer
    drawable.update(0, 0, picture.width_px, picture.height_px)


def _read(drawable: Gimp.Drawable, bounds: Bounds, pattern: str, pixel_bytes: int) -> bytes:
    _, left, top = drawable.get_offsets()
    rectangle = Gegl.Rectangle.new(bounds.x - left, bounds.y - top, bounds.width_px, bounds.height_px)
    data = drawable.get_buffer().get(rectangle, 1.0, pattern, Gegl.AbyssPolicy.NONE)
    expected = bounds.width_px * bounds.height_px * pixel_bytes
    if len(data) != expected:
        raise HostError(f"GIMP gave {len(data)} bytes of pixels where {expected} were expected")
    return bytes(data)
