"""texture.maps: the maps of a material, from one picture of it."""

from __future__ import annotations

from typing import Final, Literal

import sfumato.plugin as sf

LAYERS: Final = ("albedo", "height", "normal", "roughness", "ambient-occlusion")


class MapsParams(sf.Params):
    """Which maps, how deep, and by which convention."""

    albedo: bool = sf.Field(True, label="Albedo", group="Maps", help="The colour without light and shadow, sRGB.")
    height: bool = sf.Field(True, label="Height", group="Maps", help="1 is 12 px higher than 0, at a strength of 1.")
    normal: bool = sf.Field(True, label="Normal", group="Maps", help="The tangent-space normals of the height map.")
    roughness: bool = sf.Field(True, label="Roughness", group="Maps", help="0 is a mirror.")
    ambient_occlusion: bool = sf.Field(True, label="Ambient occlusion", group="Maps",
        help="How much light reaches the hollows of the height map.")  # fmt: skip
    strength: float = sf.Field(1.0, ge=0.0, le=4.0, display=(0.0, 2.0), step=0.05, label="Relief",
        help="How deep the relief of height, normal and occlusion is. 0 is flat.")  # fmt: skip
    magnification: float = sf.Field(1.0, ge=1.0, le=16.0, display=(1.0, 4.0), step=0.5, label="Enlarged", unit="times",
        help="How many times the image was enlarged since it was drawn or taken; its relief becomes as many times "
        "as deep.")  # fmt: skip
    convention: Literal["opengl", "directx"] = sf.Field("opengl", label="Normals", depends_on="normal",
        choices={"opengl": "OpenGL (green up): Blender, Unity", "directx": "DirectX (green down): Unreal"},
        help="The direction of the green channel.")  # fmt: skip


class Maps(sf.PostProcessor):
    """A small U-Net trained on procedural materials names slopes; Frankot and Chellappa 1988 make a surface of them.

    It learned under light from the upper left, as Ground paints. Where the recipe tiles, so do the maps.
    """

    id, label = "texture.maps", "Material maps"
    description = "Makes albedo, height, normal, roughness and ambient-occlusion maps of the image."
    Params = MapsParams

    def process(self, image: sf.Image, work: sf.Work) -> list[sf.Image]:
        """The image itself, then the chosen maps as layers of 16 bits."""
        from sfumato_texture.mapping import maps_of

        made = maps_of(
            image.pixels,
            tile=work.recipe.tile,
            strength=self.params.strength,
            convention=self.params.convention,
            magnification=self.params.magnification,
            progress=lambda share: work.progress(share, "reading the surface"),
        )
        chosen = [name for name in LAYERS if getattr(self.params, name.replace("-", "_"))]
        return [image, *(sf.Image(pixels=made[name], name=name, bits=16) for name in chosen)]
