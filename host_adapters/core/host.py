"""What an adapter must do for the core: a handful of methods, each in terms of one document.

All of it is called on the host's main thread. Pixels cross this line as 8-bit sRGB with straight alpha, whatever the
document's depth, model and profile are: converting is the host's business, because only the host can do it exactly.
"""

from abc import ABC, abstractmethod
from typing import List, NamedTuple, Optional, Sequence

from .geometry import Bounds


class Picture(NamedTuple):
    """Pixels, row by row: `rgba8` (4 bytes a pixel), `gray8` (1), or `rgba16` (8, little-endian)."""

    width_px: int
    height_px: int
    format: str
    data: bytes


class Document(NamedTuple):
    """An open document as it was when a job was asked for. `key` stays the same while the document is open."""

    key: str
    title: str
    width_px: int
    height_px: int


class Layer(NamedTuple):
    """A layer that may serve as a control image, a region or an input. `key` survives saving where the host can."""

    key: str
    name: str
    bounds: Bounds


class Selection(NamedTuple):
    """What is selected: `coverage` is gray8 of the size of `bounds`, 255 where selected; bounds lie in the canvas."""

    bounds: Bounds
    coverage: Picture


class Host(ABC):
    """The adapter's side. Every method may raise HostError with words for the artist."""

    name = ""
    version = ""

    @abstractmethod
    def document(self) -> Optional[Document]:
        """The document that the artist looks at; None when there is none."""

    @abstractmethod
    def layers(self, document: Document) -> List[Layer]:
        """Its layers, the topmost first."""

    @abstractmethod
    def active_layer(self, document: Document) -> Optional[Layer]:
        """The layer that the artist works on."""

    @abstractmethod
    def selection(self, document: Document) -> Optional[Selection]:
        """The selection; None when nothing is selected."""

    @abstractmethod
    def capture(self, document: Document, bounds: Bounds, layer: Optional[Layer] = None) -> Picture:
        """The merged image, or one layer, within `bounds` as rgba8. Previews of ours are left out."""

    def palette(self, document: Document) -> Sequence[str]:
        """The colours that are all that the document can hold, at most 256 as `#rrggbb`; empty where it holds all."""
        return ()

    @abstractmethod
    def place(self, document: Document, bounds: Bounds, picture: Picture, name: str) -> str:
        """A new layer on top with this picture at `bounds`, in one undo step; its key. No other layer changes.

        It goes into `document`, whichever one the artist looks at by now. Raises HostError when that was closed.
        """

    @abstractmethod
    def preview(self, document: Document, bounds: Bounds, picture: Optional[Picture]) -> None:
        """Show a picture over the canvas that is no part of the work and no undo step; None takes it away."""

    @abstractmethod
    def progress(self, text: str, share: Optional[float]) -> None:
        """What is going on, and how much of it is done (0 to 1); None when that is not known or all is done."""

    @abstractmethod
    def persist(self, document: Document, name: str, data: bytes) -> None:
        """Keep bytes with the document, so that they are saved and opened with it."""

    @abstractmethod
    def recall(self, document: Document, name: str) -> Optional[bytes]:
        """What was kept under `name`; None where nothing was."""


class HostError(Exception):
    """The host could not do it; the message is for the artist."""
