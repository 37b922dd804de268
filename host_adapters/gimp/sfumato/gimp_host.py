"""GIMP as the core sees it. [main thread only: libgimp's wire knows one thread]"""

from typing import Any, Callable, Dict, List, Optional, Tuple

import merging
import palettes
import parasites
import pixels
from canvas_preview import CanvasPreviews
from core.geometry import Bounds
from core.host import Document, Host, HostError, Layer, Picture, Selection
from core.sheets import WORKSPACE_NAME
from gimp_libraries import Gimp

Progress = Callable[[str, Optional[float]], None]


class GimpHost(Host):
    """`image` is the one that the artist looks at; GIMP does not tell plug-ins, so whoever knows sets it."""

    name = "gimp"

    def __init__(self, image: Optional[Gimp.Image] = None, show_progress: Optional[Progress] = None) -> None:
        self.version = Gimp.version()
        self.image = image
        self.previews = CanvasPreviews()
        #: False where nobody looks.
        self.shows_previews = True
        self._show_progress = show_progress or _no_progress
        self._persisted: Dict[Tuple[str, str], bytes] = {}
        self._captures: Optional[Dict[Any, Any]] = None

    def document(self) -> Optional[Document]:
        """The image that the artist looks at, by its id."""
        image = self.image
        if image is None or not image.is_valid():
            return None
        return Document(str(image.get_id()), image.get_name(), image.get_width(), image.get_height())

    def layers(self, document: Document) -> List[Layer]:
        """All layers, those in groups too."""
        image = _image(document)
        preview = self.previews.of(image)
        return [_described(layer) for layer in _flat(image.get_layers()) if layer != preview]

    def active_layer(self, document: Document) -> Optional[Layer]:
        """The first of the selected layers."""
        selected = _image(document).get_selected_layers()
        return _described(selected[0]) if selected else None

    def selection(self, document: Document) -> Optional[Selection]:
        """The selection with its feathered edge."""
        return self._once(("selection", document.key), lambda: self._selection(document))  # type: ignore[no-any-return]

    def _selection(self, document: Document) -> Optional[Selection]:
        image = _image(document)
        _, is_there, left, top, right, bottom = Gimp.Selection.bounds(image)
        if not is_there or right <= left or bottom <= top:
            return None
        bounds = Bounds(left, top, right - left, bottom - top)
        return Selection(bounds, pixels.read_coverage(image.get_selection(), bounds))

    def capture(self, document: Document, bounds: Bounds, layer: Optional[Layer] = None) -> Picture:
        """The projection, or one layer, in sRGB."""
        what = ("capture", document.key, bounds, layer and layer.key)
        return self._once(what, lambda: self._capture(document, bounds, layer))  # type: ignore[no-any-return]

    def _capture(self, document: Document, bounds: Bounds, layer: Optional[Layer]) -> Picture:
        image = _image(document)
        if layer is None:
            return merging.visible(image, bounds, self.previews.of(image))
        found = image.get_layer_by_tattoo(int(layer.key))
        if found is None:
            raise HostError(f"the layer “{layer.name}” is no longer in “{document.title}”")
        return pixels.read(found, bounds)

    def palette(self, document: Document) -> List[str]:
        """The colours of an indexed image. Raises HostError where it has none, before anything is drawn for it."""
        what = ("palette", document.key)
        return self._once(what, lambda: palettes.colours_of(_image(document)))  # type: ignore[no-any-return]

    def place(self, document: Document, bounds: Bounds, picture: Picture, name: str) -> str:
        """A new layer on top, in the colours of an indexed image's palette. Raises HostError where it is closed."""
        image = _image(document)
        if palettes.is_indexed(image):
            picture = palettes.without_half_alpha(picture)
        layer = pixels.new_layer(image, picture, name)
        layer.set_offsets(bounds.x, bounds.y)
        image.undo_group_start()
        try:
            image.insert_layer(layer, None, 0)
        finally:
            image.undo_group_end()
        Gimp.displays_flush()
        return str(layer.get_tattoo())

    def preview(self, document: Document, bounds: Bounds, picture: Optional[Picture]) -> None:
        """A locked layer that makes no undo step. On a closed image there is nothing to show."""
        if not _is_open(document):
            return
        if picture is None:
            self.previews.hide(_image(document))
        elif self.shows_previews:
            self.previews.show(_image(document), bounds, picture)

    def progress(self, text: str, share: Optional[float]) -> None:
        """Hand on to whoever shows it."""
        self._show_progress(text, share)

    def persist(self, document: Document, name: str, data: bytes) -> None:
        """A parasite of the image, without an undo step. With a closed image there is nothing to keep."""
        if not _is_open(document) or self._persisted.get((document.key, name)) == data:
            return
        image = _image(document)
        self._persisted[document.key, name] = data
        stays_clean = name == WORKSPACE_NAME and not image.is_dirty()
        parasites.keep(image, image, name, data)
        if stays_clean:  # nobody wants to be asked whether a slider is worth saving
            image.clean_all()

    def recall(self, document: Document, name: str) -> Optional[bytes]:
        """The parasite that was kept."""
        return parasites.kept(_image(document), name)

    def remember_captures(self, on: bool) -> None:
        """Whether captures are good until `forget_captures`: whoever says so watches the canvas."""
        self._captures = {} if on else None

    def forget_captures(self) -> None:
        """The canvas has changed."""
        if self._captures is not None:
            self._captures = {}

    def _once(self, what: Any, read: Callable[[], Any]) -> Any:
        if self._captures is None:
            return read()
        if what not in self._captures:
            self._captures[what] = read()
        return self._captures[what]

    def note(self, document: Document) -> str:
        """What the artist should know of the results that this image can hold; empty where they come whole."""
        return palettes.note_of(_image(document)) if _is_open(document) else ""


def _is_open(document: Document) -> bool:
    return bool(Gimp.Image.id_is_valid(int(document.key)))


def _image(document: Document) -> Gimp.Image:
    if not _is_open(document):
        raise HostError(f"“{document.title}” was closed")
    return Gimp.Image.get_by_id(int(document.key))


def _flat(layers: List[Gimp.Layer]) -> List[Gimp.Layer]:
    found: List[Gimp.Layer] = []
    for layer in layers:
        found.append(layer)
        if layer.is_group():
            found.extend(_flat(layer.get_children()))
    return found


def _described(layer: Gimp.Layer) -> Layer:
    return Layer(str(layer.get_tattoo()), layer.get_name(), pixels.bounds_of(layer))


def _no_progress(text: str, share: Optional[float]) -> None:
    """For scripts that nobody watches."""
