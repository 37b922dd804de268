"""The easel: the host's canvas, where what it cannot do is told to the artist instead of raised."""

from typing import Callable, Optional, TypeVar

from .geometry import Bounds
from .host import Document, Host, HostError, Picture

T = TypeVar("T")


class Easel:
    """Calls of a host that may fail because a document was closed meanwhile; `say` gets the words."""

    def __init__(self, host: Host, say: Callable[[str], None]) -> None:
        self._host = host
        self._say = say

    def place(self, document: Document, bounds: Bounds, picture: Picture, name: str) -> Optional[str]:
        """A new layer's key; None where it could not be made."""
        return self._tried(lambda: self._host.place(document, bounds, picture, name))

    def preview(self, document: Document, bounds: Bounds, picture: Optional[Picture]) -> None:
        """Show a picture over the canvas, or take it away."""
        self._tried(lambda: self._host.preview(document, bounds, picture))

    def report(self, words: str, share: Optional[float]) -> None:
        """Say what goes on."""
        self._tried(lambda: self._host.progress(words, share))

    def keep(self, document: Document, name: str, data: bytes) -> None:
        """Keep bytes with the document."""
        self._tried(lambda: self._host.persist(document, name, data))

    def kept(self, document: Document, name: str) -> Optional[bytes]:
        """What was kept with the document."""
        return self._tried(lambda: self._host.recall(document, name))

    def _tried(self, act: Callable[[], T]) -> Optional[T]:
        try:
            return act()
        except HostError as error:
            self._say(str(error))
            return None
