"""Names for Blender's data that outlive it: undo and loading make every Python reference a trap."""

from typing import NamedTuple

import bpy


class Reference(NamedTuple):
    """A datablock by its collection in bpy.data, its name, and its id of this session where Blender tells one."""

    collection: str
    name: str
    uid: int = 0

    @classmethod
    def to(cls, collection, block):
        """A reference to a datablock."""
        return cls(collection, block.name, getattr(block, "session_uid", 0))

    def find(self):
        """The datablock as it is now, renamed or not; None where it is gone."""
        blocks = getattr(bpy.data, self.collection)
        named = blocks.get(self.name)
        if named is not None and self.uid in (0, getattr(named, "session_uid", 0)):
            return named
        return next((each for each in blocks if self.uid and getattr(each, "session_uid", 0) == self.uid), None)
