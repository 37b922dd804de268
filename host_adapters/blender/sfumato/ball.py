"""The picture of a material: a ball that wears it under a soft key light and a weak fill, for previews and thumbnails.

Blender renders previews only with a window and only of what is in the file; this needs neither.
"""

import numpy as np

from .pixels import linear_of_srgb, srgb_of_linear

SIZE_PX = 192
_SUPERSAMPLED = 2
_REPEATS = 1.4
_KEY = np.array([-0.5, 0.62, 0.6], np.float32)
_FILL = np.array([0.8, -0.1, 0.45], np.float32)
_AMBIENT = 0.16
_MARGIN = 1.04


def shaded(maps):
    """A ball (SIZE_PX, SIZE_PX, 4) in sRGB, bottom row first, of maps by role (H, W, C) in 0..1, bottom row first."""
    side = SIZE_PX * _SUPERSAMPLED
    across, up = np.meshgrid(*[(np.arange(side, dtype=np.float32) + 0.5) / side * 2 - 1] * 2)
    across, up = across * _MARGIN, up * _MARGIN
    inside = across**2 + up**2 < 1
    toward = np.sqrt(np.clip(1 - across**2 - up**2, 0, 1))
    looked_up = _places(across, up, toward)
    colour = linear_of_srgb(_sampled(maps.get("base_color"), looked_up, (0.5, 0.5, 0.5)))
    normal = _bent(across, up, toward, _sampled(maps.get("normal"), looked_up, (0.5, 0.5, 1.0)))
    rough = _sampled(maps.get("roughness"), looked_up, (0.5,))
    metal = _sampled(maps.get("metallic"), looked_up, (0.0,))
    shadow = _sampled(maps.get("ambient_occlusion"), looked_up, (1.0,))
    glow = linear_of_srgb(_sampled(maps.get("emission"), looked_up, (0.0, 0.0, 0.0)))
    light = _lit(colour, normal, rough, metal, shadow) + glow
    return _smooth(light, inside)


def _smooth(light, inside):
    """The supersampled light as sRGB, transparent around the ball, at the size that is asked for."""
    rgba = np.concatenate([light * inside[..., None], inside[..., None].astype(np.float32)], axis=2)
    small = rgba.reshape(SIZE_PX, _SUPERSAMPLED, SIZE_PX, _SUPERSAMPLED, 4).mean(axis=(1, 3))
    cover = np.maximum(small[..., 3:], 1e-6)
    small[..., :3] = srgb_of_linear((small[..., :3] / cover).clip(0, 1))
    return np.ascontiguousarray(small, np.float32)


def _places(across, up, toward):
    """Where on the texture each point of the ball lies, in repeats."""
    return np.arctan2(across, toward + 1e-6) / np.pi * _REPEATS, np.arcsin(np.clip(up, -1, 1)) / np.pi * _REPEATS


def _sampled(texture, places, otherwise):
    """A map (H, W, C) at places, which wrap around; its first channels, as many as `otherwise` has."""
    if texture is None:
        return np.full((*places[0].shape, len(otherwise)), otherwise, np.float32)
    height_px, width_px, _ = texture.shape
    column = np.floor(places[0] * width_px).astype(int) % width_px
    row = np.floor(places[1] * height_px * width_px / height_px).astype(int) % height_px
    found = texture[row, column][..., : len(otherwise)]
    return np.repeat(found[..., :1], len(otherwise), axis=2) if found.shape[2] < len(otherwise) else found


def _bent(across, up, toward, encoded):
    """Normals of the ball, bent by a tangent-space map."""
    ball = np.stack([across, up, toward], axis=2)
    east = np.stack([toward, np.zeros_like(up), -across], axis=2)
    east /= np.maximum(np.linalg.norm(east, axis=2, keepdims=True), 1e-6)
    north = np.cross(ball, east)
    local = encoded * 2 - 1
    bent = local[..., :1] * east + local[..., 1:2] * north + local[..., 2:3] * ball
    return bent / np.maximum(np.linalg.norm(bent, axis=2, keepdims=True), 1e-6)


def _lit(colour, normal, rough, metal, shadow):
    """Lambert, and Blinn and Phong's highlight with a lobe as wide as the roughness."""
    light = _AMBIENT * shadow * colour * (1 - 0.5 * metal)
    for direction, power in ((_KEY, 1.0), (_FILL, 0.28)):
        towards = direction / np.linalg.norm(direction)
        half = towards + np.array([0, 0, 1], np.float32)
        half /= np.linalg.norm(half)
        facing = np.clip(normal @ towards, 0, 1)[..., None]
        exponent = 2 / np.maximum(rough**4, 2e-3) - 1
        lobe = np.clip(normal @ half, 0, 1)[..., None] ** exponent * (exponent + 2) / 8
        tint = 0.04 * (1 - metal) + colour * metal
        light += power * facing * (colour * (1 - metal) * shadow + tint * np.minimum(lobe, 12) * 0.6)
    return light
