"""Blender as the core sees it. [main thread only]"""

import json

import bpy

from . import documents, images, keepsakes, png, views
from .core.geometry import Bounds
from .core.history import History
from .core.host import Host, HostError, Layer, Picture
from .core.workspace import Workspace
from .pixels import array_of, eight_bit

#: What can steer a drawing besides images: keys of layers that are made when they are asked for.
_SHAPES = {"view:depth": "Depth of the view", "view:normal": "Normals of the view"}
_VIEWS = {"view:picture": "The 3D view", "view:render": "The last render"}
_IMAGE = "image:"


class BlenderHost(Host):
    """`at_hand` is the document that is worked for, and `look` the 3D view: whoever asks for something sets them.

    `canvas` is the key of the layer that a drawing begins with.
    """

    name = "blender"

    def __init__(self):
        self.version = bpy.app.version_string
        self.at_hand = None
        self.canvas = ""
        self.look = None

    def document(self):
        """The document at hand."""
        return self.at_hand

    def pictures(self, purpose):
        """(key, name) of what a parameter that is a picture may be."""
        rows = list({**_SHAPES, **_VIEWS}.items()) if purpose == "concept" else []
        named = [image.name for image in bpy.data.images if image.type != "RENDER_RESULT" and image.size[0]]
        return rows + [(_IMAGE + name, name) for name in named]

    def layers(self, document):
        """What can be captured, each of the size of the document."""
        bounds = documents.whole_of(document)
        return [Layer(key, name, bounds) for key, name in self.pictures(documents.purpose_of(document))]

    def active_layer(self, document):
        """What a drawing begins with."""
        return next((layer for layer in self.layers(document) if layer.key == self.canvas), None)

    def selection(self, document):
        """Blender's images have no selection."""

    def capture(self, document, bounds, layer=None):
        """A view, its shape or an image, at the size of the document."""
        key = layer.key if layer else self.canvas
        size = (document.width_px, document.height_px)
        whole = _fitted(self._captured(key, size), size)
        return _cut(whole, bounds)

    def place(self, document, bounds, picture, name):
        """A new image of the file, packed; its name."""
        array = array_of(picture)
        return images.place(name, png.encode(eight_bit(array)), is_data=False).name

    def preview(self, document, bounds, picture):
        """Panels show previews."""

    def progress(self, text, share):
        """Panels show it."""

    def persist(self, document, name, data):
        """In a hidden text of the file; a file in which nothing was set and drawn gets none."""
        purpose = documents.purpose_of(document)
        if keepsakes.is_there() or json.loads(data) not in _blank(purpose):
            keepsakes.put(f"{purpose}/{name}", data)

    def recall(self, document, name):
        """From the hidden text."""
        return keepsakes.get(f"{documents.purpose_of(document)}/{name}")

    def _captured(self, key, size):
        if key in _SHAPES:
            return views.shape_of_view(size, self.look)[key.partition(":")[2]]
        if key == "view:picture":
            return views.picture_of_view(size, self.look) if self.look else views.quick_render(size)
        if key == "view:render":
            return views.last_render()
        image = bpy.data.images.get(key[len(_IMAGE) :]) if key.startswith(_IMAGE) else None
        if image is None:
            raise HostError("There is nothing to start from. Choose a view, a render or an image.")
        return images.pixels_of(image)


def _blank(purpose):
    """What is kept of a purpose that nobody has used."""
    workspace = Workspace(mode=documents.MODES_OF[purpose][0])
    return json.loads(json.dumps(workspace.to_json())), json.loads(History().to_bytes())


def image_key(image):
    """The key of an image as a layer."""
    return _IMAGE + image.name


def _fitted(picture, size):
    """A picture at another size by its nearest pixels: the daemon's side resamples what is drawn."""
    if (picture.width_px, picture.height_px) == size:
        return picture
    pixels = array_of(picture)
    rows = [y * picture.height_px // size[1] for y in range(size[1])]
    columns = [x * picture.width_px // size[0] for x in range(size[0])]
    return Picture(size[0], size[1], picture.format, pixels[rows][:, columns].tobytes())


def _cut(picture, bounds):
    if bounds == Bounds(0, 0, picture.width_px, picture.height_px):
        return picture
    inner = array_of(picture)[bounds.y : bounds.bottom_px, bounds.x : bounds.right_px]
    return Picture(bounds.width_px, bounds.height_px, picture.format, inner.tobytes())
