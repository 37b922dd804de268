"""What is set for a scene and saved with it: sizes, where textures are kept, what happens with a finished material."""

import bpy

from . import enums


class SFUMATO_PG_settings(bpy.types.PropertyGroup):
    """`scene.sfumato`."""

    size: bpy.props.EnumProperty(
        name="Size",
        description="Width and height of the textures in pixels",
        items=enums.sizes(128, 256, 512, 768, 1024, 1536, 2048),
        default="512",
    )
    storage: bpy.props.EnumProperty(
        name="Keep Textures",
        description="Where the pixels of what is drawn are kept",
        items=[
            ("PACK", "In the File", "Textures are packed into the .blend file"),
            ("SAVE", "Beside the File", "Textures are PNG files in the folder below"),
        ],
        default="PACK",
    )
    folder: bpy.props.StringProperty(
        name="Folder",
        description="Where textures are saved; // stands for the folder of the .blend file",
        default="//textures/",
        subtype="DIR_PATH",
    )
    tile_m: bpy.props.FloatProperty(
        name="Tile Size",
        description="How much of a surface one tile covers; 0 is what suits the object's size",
        default=0.0,
        min=0.0,
        soft_max=10.0,
        unit="LENGTH",
    )
    use_displacement: bpy.props.BoolProperty(
        name="Displacement",
        description="The height map moves the surface, where it is subdivided finely enough",
        default=True,
    )
    use_asset: bpy.props.BoolProperty(
        name="Mark as Asset", description="Finished materials appear in the Asset Browser", default=True
    )
    apply_when_done: bpy.props.BoolProperty(
        name="Apply When Done",
        description="The first material goes onto what is selected as soon as it is finished",
        default=True,
    )
    concept_px: bpy.props.IntProperty(
        name="Longest Side",
        description="The longer side of concept art in pixels; the other follows the camera's or the view's shape",
        default=512,
        min=64,
        max=4096,
        step=64,
    )
    source: bpy.props.PointerProperty(
        name="Picture", description="The photograph or image that the material is made of", type=bpy.types.Image
    )

    @property
    def texture_folder(self):
        """Where textures are saved; empty where they are packed."""
        return self.folder if self.storage == "SAVE" else ""
