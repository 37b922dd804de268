"""Pictures as Qt draws them."""

from .qt import QtCore, QtGui

_RGBA8 = QtGui.QImage.Format.Format_RGBA8888


def to_image(picture):
    """A QImage of its own memory; of 16 bits a channel only the upper 8 can be seen."""
    data = picture.data[1::2] if picture.format == "rgba16" else picture.data
    return QtGui.QImage(data, picture.width_px, picture.height_px, 4 * picture.width_px, _RGBA8).copy()


def thumbnail(picture, side_px):
    """A small one that fits into a square. First roughly, then smoothly: a large picture takes a millisecond."""
    image, keep = to_image(picture), QtCore.Qt.AspectRatioMode.KeepAspectRatio
    rough, smooth = QtCore.Qt.TransformationMode.FastTransformation, QtCore.Qt.TransformationMode.SmoothTransformation
    if max(image.width(), image.height()) > 3 * side_px:
        image = image.scaled(3 * side_px, 3 * side_px, keep, rough)
    return QtGui.QPixmap.fromImage(image.scaled(side_px, side_px, keep, smooth))
