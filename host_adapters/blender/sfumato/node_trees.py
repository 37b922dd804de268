"""The node trees of materials, in every version of Blender."""

import bpy


def emptied(material):
    """The material's node tree, with nothing in it any more."""
    if bpy.app.version < (5, 0, 0):  # always on from there
        material.use_nodes = True
    material.node_tree.nodes.clear()
    return material.node_tree


def nodes_of(material):
    """The nodes of a material; none where it has no tree."""
    return material.node_tree.nodes if material.node_tree else ()
