"""Krita's documents and layers by keys that stay, since Krita hands out a new wrapper at every call."""

import krita

from .core.geometry import Bounds
from .core.host import Document, HostError, Layer

#: What has pixels of its own to look at; masks belong to another layer.
_LAYERS = ("paintlayer", "grouplayer", "vectorlayer", "filelayer", "clonelayer", "filllayer")


def describe(document):
    """A Krita document as the core sees it. Its root layer is made anew whenever a file is opened: a key of a life."""
    title = document.name() or "Untitled"
    return Document(key_of(document), title, document.width(), document.height())


def key_of(document):
    """The key of a Krita document."""
    return _key(document.rootNode())


def open_document(document):
    """Krita's document behind the core's; None when it was closed."""
    for candidate in krita.Krita.instance().documents():
        root = candidate.rootNode()
        if root is not None and _key(root) == document.key:
            return candidate
    return None


def find_document(document):
    """Krita's document behind the core's. Raises HostError when it was closed."""
    found = open_document(document)
    if found is None:
        raise HostError(f"The document “{document.title}” was closed.")
    return found


def find_layer(document, layer):
    """Krita's layer behind the core's. Raises HostError when it was removed."""
    for node in _below(document.rootNode()):
        if _key(node) == layer.key:
            return node
    raise HostError(f"The layer “{layer.name}” was removed.")


def list_layers(document):
    """Every layer that can be looked at, the topmost first."""
    return [describe_layer(node) for node in _below(document.rootNode()) if node.type() in _LAYERS]


def active_layer(document):
    """The layer that the artist works on; that of a mask where a mask is active."""
    node = document.activeNode()
    while node is not None and node.type() not in _LAYERS:
        node = node.parentNode()
    return None if node is None or node.parentNode() is None else describe_layer(node)


def describe_layer(node):
    """A layer as the core sees it; Krita saves its key with the file."""
    rect = node.bounds()
    return Layer(_key(node), node.name(), Bounds(rect.x(), rect.y(), rect.width(), rect.height()))


def _below(node):
    for child in reversed(node.childNodes()):
        yield child
        yield from _below(child)


def _key(node):
    return node.uniqueId().toString()
