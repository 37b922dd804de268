"""Blender as the core sees it. [main thread only]"""

import bpy

from . import documents, keepsakes
from .core.host import Host, HostError


class BlenderHost(Host):
    """`at_hand` is the document that is worked for: whoever asks for something sets it."""

    name = "blender"

    def __init__(self):
        self.version = bpy.app.version_string
        self.at_hand = None

    def document(self):
        """The document at hand."""
        return self.at_hand

    def layers(self, document):
        """Nothing can be chosen yet."""
        return []

    def active_layer(self, document):
        """No layer is active."""

    def selection(self, document):
        """Blender's images have no selection."""

    def capture(self, document, bounds, layer=None):
        """What is there to start from."""
        raise HostError(f"There is nothing to start from for {documents.purpose_of(document)}.")

    def place(self, document, bounds, picture, name):
        """Results are placed by their purpose's own module."""
        raise HostError(f"A {documents.purpose_of(document)} is placed by its own button.")

    def preview(self, document, bounds, picture):
        """Panels show previews."""

    def progress(self, text, share):
        """Panels show it."""

    def persist(self, document, name, data):
        """In a hidden text of the file."""
        keepsakes.put(f"{documents.purpose_of(document)}/{name}", data)

    def recall(self, document, name):
        """From the hidden text."""
        return keepsakes.get(f"{documents.purpose_of(document)}/{name}")
