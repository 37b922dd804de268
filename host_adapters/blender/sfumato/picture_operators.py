"""What can be done with views and images."""

import bpy

from . import enums, views
from .answers import asked, asked_with_picture
from .blender_host import image_key
from .pictures import pictures, show
from .references import Reference


def _sources(self, context):
    rows = [
        ("view:picture", "3D View", "What the 3D view shows, without its overlays"),
        ("view:render", "Last Render", "What was rendered last"),
        ("image", "Picture", "The image that is chosen below"),
    ]
    return enums.listed("sources", rows)


class SFUMATO_OT_draw_concept(bpy.types.Operator):
    """Draw concept art, from the prompt alone or over what the view, a render or an image shows"""

    bl_idname = "sfumato.draw_concept"
    bl_label = "Draw Concept"

    source: bpy.props.EnumProperty(name="From", items=_sources)

    def execute(self, context):
        """Capture what it begins with, and ask."""
        source, look = self.source, views.look_of(context)
        if source == "image":
            chosen = context.scene.sfumato.source
            source = image_key(chosen) if chosen else ""
        return asked(self, lambda: pictures().draw_concept(source, look))


class SFUMATO_OT_follow(bpy.types.Operator):
    """The drawing follows the shape of what the view or the camera sees"""

    bl_idname = "sfumato.follow"
    bl_label = "Follow the Shape"

    what: bpy.props.EnumProperty(
        items=[("depth", "Depth", "How near things are"), ("normal", "Normals", "How they lie")]
    )

    def execute(self, context):
        """Add a conditioner."""
        return {"FINISHED"} if pictures().follow(self.what) else {"CANCELLED"}


class _OnImage:
    """An operator on the image that an image editor shows."""

    @classmethod
    def poll(cls, context):
        return image_of(context) is not None


class SFUMATO_OT_draw_image(_OnImage, bpy.types.Operator):
    """Draw the image again, or process it, as the mode says; the result is a new image"""

    bl_idname = "sfumato.draw_image"
    bl_label = "Draw"

    def execute(self, context):
        """Capture it, and ask."""
        reference = Reference.to("images", image_of(context))
        return asked(self, lambda: pictures().draw_image(reference))


class SFUMATO_OT_make_tileable(_OnImage, bpy.types.Operator):
    """Make a seamless copy of the image"""

    bl_idname = "sfumato.make_tileable"
    bl_label = "Make Seamless"

    def execute(self, context):
        """Ask for it."""
        image = image_of(context)
        name = image.name
        return asked_with_picture(self, image, lambda picture: pictures().make_tileable(name, picture))


class SFUMATO_OT_show_picture(bpy.types.Operator):
    """Show this image in an open image editor"""

    bl_idname = "sfumato.show_picture"
    bl_label = "Show"

    name: bpy.props.StringProperty(options={"HIDDEN", "SKIP_SAVE"})

    def execute(self, context):
        """Where no image editor is open, nothing happens."""
        image = bpy.data.images.get(self.name)
        if image is None:
            return {"CANCELLED"}
        show(image)
        return {"FINISHED"}


def image_of(context):
    """The image that the editor shows; None where it shows none with pixels of its own."""
    image = getattr(context.space_data, "image", None) or getattr(context, "edit_image", None)
    return image if image and image.type not in ("RENDER_RESULT", "COMPOSITING") else None


CLASSES = (
    SFUMATO_OT_draw_concept,
    SFUMATO_OT_follow,
    SFUMATO_OT_draw_image,
    SFUMATO_OT_make_tileable,
    SFUMATO_OT_show_picture,
)
