"""Documents, as the core calls what a workspace belongs to: one for each purpose in the file that is open."""

import bpy

from .core.geometry import Bounds
from .core.host import Document
from .core.jobs import Job, Result

#: What the panels are for; each has settings, results and a history of its own, kept in the .blend file.
PURPOSES = ("material", "concept", "image", "painting")
#: The modes that make sense for each, where nothing is selected; a new workspace has the first.
MODES_OF = {
    "material": ("generate",),
    "concept": ("generate", "refine"),
    "image": ("refine", "process", "outpaint"),
    "painting": ("generate",),
}
_MULTIPLE_PX = 8


def describe(purpose, file_count, size=None):
    """The document of a purpose, at the size (width, height) that is asked for: the scene's own where none is given.

    `file_count` tells the files of one life of Blender apart.
    """
    title = bpy.path.basename(bpy.data.filepath) or "untitled"
    width_px, height_px = size or _size_of(purpose)
    return Document(f"{file_count}/{purpose}", f"{title} {purpose}", width_px, height_px)


def purpose_of(document):
    """What a document is for."""
    return document.key.partition("/")[2]


def whole_of(document):
    """All of a document."""
    return Bounds(0, 0, document.width_px, document.height_px)


def as_result(picture, document, title):
    """A picture as if it had been drawn for all of a document: what processing begins with."""
    return Result(Job("", document, whole_of(document), "process", title, 1), {}, picture)


def _size_of(purpose):
    scene = bpy.context.scene
    if purpose == "concept":
        return shaped(scene.sfumato.concept_px, scene.render.resolution_x / max(scene.render.resolution_y, 1))
    side_px = int(scene.sfumato.size)
    return side_px, side_px


def shaped(longest_px, aspect):
    """Width and height of the longest side and of width / height, in multiples of 8 px."""
    sides = (longest_px, longest_px / aspect) if aspect >= 1 else (longest_px * aspect, longest_px)
    return tuple(max(_MULTIPLE_PX, round(side / _MULTIPLE_PX) * _MULTIPLE_PX) for side in sides)
