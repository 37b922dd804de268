"""A host of a few lines: documents with layers, a selection, an undo counter. Standard library only."""

from host_adapters.core.geometry import Bounds
from host_adapters.core.host import Document, Host, HostError, Layer, Picture, Selection


class FakeLayer:
    def __init__(self, key, name, bounds, data):
        assert len(data) == bounds.area_px * 4
        self.key, self.name, self.bounds, self.data = key, name, bounds, data


class FakeDocument:
    def __init__(self, key, title, width_px, height_px, colour=(120, 140, 160, 255)):
        self.document = Document(key, title, width_px, height_px)
        canvas = Bounds(0, 0, width_px, height_px)
        self.layers = [FakeLayer(f"{key}-background", "Background", canvas, bytes(colour) * canvas.area_px)]
        self.selection = None
        self.kept = {}
        self.undo_steps = 0


class FakeHost(Host):
    """`current` is what the artist looks at; `previews` and `told` are what was shown and said, in order."""

    name, version = "fake", "1.0"

    def __init__(self):
        self.open = {}
        self.current = None
        self.previews = []
        self.told = []
        self.captures = 0

    def create(self, key="one", title="Picture", width_px=64, height_px=64, **more):
        made = FakeDocument(key, title, width_px, height_px, **more)
        self.open[key] = self.current = made
        return made

    def close(self, key):
        del self.open[key]
        if self.current and self.current.document.key == key:
            self.current = None

    def select(self, x, y, width_px, height_px, value=255):
        bounds = Bounds(x, y, width_px, height_px)
        coverage = Picture(width_px, height_px, "gray8", bytes([value]) * (width_px * height_px))
        self.current.selection = Selection(bounds, coverage)

    def document(self):
        return self.current.document if self.current else None

    def layers(self, document):
        return [Layer(each.key, each.name, each.bounds) for each in reversed(self._of(document).layers)]

    def active_layer(self, document):
        return self.layers(document)[0]

    def selection(self, document):
        return self._of(document).selection

    def capture(self, document, bounds, layer=None):
        self.captures += 1
        wanted = [each for each in self._of(document).layers if layer is None or each.key == layer.key]
        out = bytearray(bounds.area_px * 4)
        for each in wanted:
            _paste(out, bounds, each)
        return Picture(bounds.width_px, bounds.height_px, "rgba8", bytes(out))

    def place(self, document, bounds, picture, name):
        found = self._of(document)
        key = f"{document.key}-{len(found.layers)}"
        data = picture.data if picture.format == "rgba8" else picture.data[1::2]
        found.layers.append(FakeLayer(key, name, bounds, data))
        found.undo_steps += 1
        return key

    def preview(self, document, bounds, picture):
        self._of(document)
        self.previews.append((document.key, bounds, picture))

    def progress(self, text, share):
        self.told.append((text, share))

    def persist(self, document, name, data):
        self._of(document).kept[name] = data

    def recall(self, document, name):
        return self._of(document).kept.get(name)

    @property
    def shown(self):
        """What lies over the canvas now."""
        return self.previews[-1][2] if self.previews else None

    def _of(self, document):
        if document.key not in self.open:
            raise HostError(f"The document {document.title!r} was closed.")
        return self.open[document.key]


def _paste(out, bounds, layer):
    """Over what is there, pixel by pixel; opaque rows at once."""
    inner = bounds.intersect(layer.bounds)
    for y in range(inner.y, inner.bottom_px if not inner.empty else inner.y):
        start = ((y - layer.bounds.y) * layer.bounds.width_px + inner.x - layer.bounds.x) * 4
        row = layer.data[start : start + inner.width_px * 4]
        place = ((y - bounds.y) * bounds.width_px + inner.x - bounds.x) * 4
        if row[3::4].count(255) == inner.width_px:
            out[place : place + len(row)] = row
        elif any(row[3::4]):
            for at in range(0, len(row), 4):
                _over(out, place + at, row[at : at + 4])


def _over(out, at, pixel):
    below, share = out[at + 3], pixel[3]
    alpha = share + below * (255 - share) // 255
    for channel in range(3):
        mixed = pixel[channel] * share * 255 + out[at + channel] * below * (255 - share)
        out[at + channel] = mixed // (alpha * 255) if alpha else 0
    out[at + 3] = alpha
