"""Documents, as the core calls what a workspace belongs to: one for each purpose in the file that is open."""

import bpy

from .core.host import Document

#: What the panels are for; each has settings, results and a history of its own, kept in the .blend file.
PURPOSES = ("material", "concept", "image")


def describe(purpose, file_count):
    """The document of a purpose, at the size that is asked for. `file_count` tells files of one life apart."""
    title = bpy.path.basename(bpy.data.filepath) or "untitled"
    width_px, height_px = 512, 512
    return Document(f"{file_count}/{purpose}", f"{title} {purpose}", width_px, height_px)


def purpose_of(document):
    """What a document is for."""
    return document.key.partition("/")[2]
