"""Figures of images of the file, by Blender's numpy: seams, normals, and how much of a node tree is wired."""

import bpy
import numpy as np


def pixels(image):
    """(H, W, 4) as the file holds them: colours in sRGB, data as numbers; the first row at the top."""
    flat = np.empty(image.size[0] * image.size[1] * 4, np.float32)
    image.pixels.foreach_get(flat)
    return flat.reshape(image.size[1], image.size[0], 4)[::-1].astype(np.float64)


def seam(image):
    """The figure of the design on both axes: the wrap line's step over the 99th percentile of the lines inside."""
    plane = pixels(image)[..., :3]
    found = []
    for axis in (0, 1):
        steps = np.abs(np.roll(plane, -1, axis) - plane).mean(axis=(1 - axis, 2))
        inside = float(np.percentile(steps[:-1], 99))
        found.append(float(steps[-1]) / inside if inside else 0.0)
    return max(found)


def normal_lengths(image):
    """The least and the greatest length of the normals, and the least of what points out of the surface."""
    normals = pixels(image)[..., :3] * 2 - 1
    lengths = np.linalg.norm(normals, axis=2)
    return [float(lengths.min()), float(lengths.max()), float(normals[..., 2].min())]


def agreement(normal, height, relief_px):
    """How the normal map's slopes follow the height map's, right-handed with green up: correlations of x and y."""
    normals = pixels(normal)[..., :3] * 2 - 1
    surface = pixels(height)[..., 0] * relief_px
    across = (np.roll(surface, -1, 1) - np.roll(surface, 1, 1)) / 2
    down = (np.roll(surface, -1, 0) - np.roll(surface, 1, 0)) / 2
    pairs = ((-across, normals[..., 0] / normals[..., 2]), (down, normals[..., 1] / normals[..., 2]))
    return [float(np.corrcoef(a.ravel(), b.ravel())[0, 1]) for a, b in pairs]


def wires(material):
    """Where the image textures of a material lead: role and the socket at the end of the way."""
    tree = material.node_tree
    found = {}
    for node in tree.nodes:
        if node.type == "TEX_IMAGE":
            found[node.image.name.rpartition(" drawn ")[2]] = sorted(_ends(node))
    return found


def _ends(node):
    for link in (link for output in node.outputs for link in output.links):
        if link.to_node.type in ("BSDF_PRINCIPLED", "OUTPUT_MATERIAL"):
            yield link.to_socket.name
        else:
            yield from _ends(link.to_node)


def images_of(material):
    return {node["sfumato_role"]: node.image for node in material.node_tree.nodes if "sfumato_role" in node}


def settings_of(image):
    return [image.colorspace_settings.name, bool(image.packed_file), bool(image.is_float), list(image.size)]


__all__ = ["agreement", "bpy", "images_of", "normal_lengths", "pixels", "seam", "settings_of", "wires"]
