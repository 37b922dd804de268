"""What is set about painting for a scene and saved with it."""

import bpy

from . import enums


class SFUMATO_PG_painting(bpy.types.PropertyGroup):
    """`scene.sfumato_painting`."""

    size: bpy.props.EnumProperty(
        name="Texture",
        description="Width and height of each texture in pixels",
        items=enums.sizes(256, 512, 1024, 2048, 4096),
        default="1024",
    )
    view_count: bpy.props.IntProperty(
        name="Views", description="How many views are drawn at most", default=10, min=1, max=48, soft_max=16
    )
    view_px: bpy.props.IntProperty(
        name="View Size",
        description="The longer side of each view in pixels; 0 is what suits the model",
        default=0,
        min=0,
        max=4096,
        step=64,
    )
    share: bpy.props.BoolProperty(
        name="One Texture for All",
        description="The selected objects are painted on one texture; their UVs must not overlap each other's",
        default=False,
    )
    follow_depth: bpy.props.BoolProperty(
        name="Follow the Shape",
        description="Views are drawn by their depth, where the model can: shapes are found, and may be shaded",
        default=True,
    )
    target: bpy.props.EnumProperty(
        name="Result",
        description="What becomes of the paint when it is finished",
        items=[
            ("NEW", "A New Material", "Each object gets a material made for its paint"),
            ("BASE", "Base Color", "The paint becomes the Base Color of the materials that are there"),
        ],
        default="NEW",
    )
    region: bpy.props.EnumProperty(
        name="Region",
        description="What may be painted",
        items=[
            ("ALL", "All", "Everything that is seen"),
            ("FACES", "Selected Faces", "Faces that are selected in Edit Mode, or by the face mask of Texture Paint"),
            ("MASK", "Mask Image", "What is white in the mask; paint it in Texture Paint"),
        ],
        default="ALL",
    )
    mask: bpy.props.PointerProperty(
        name="Mask", description="White is painted, black is kept, by the UVs of the object", type=bpy.types.Image
    )
