"""A finished set of maps becomes a material of the file, on the objects that it was drawn for, in one undo step."""

import json

import bmesh
import bpy

from . import images, mapping, material_nodes, texture_files
from .references import Reference

#: On the material: what it was drawn with, so that it can be drawn again.
RECIPE = "sfumato_recipe"
_UNFIT_TYPES = ("GPENCIL", "GREASEPENCIL")


def place(made, settings, targets):
    """A new material, on the targets; its Reference. No undo step is made here: whoever calls knows whose it is."""
    material = bpy.data.materials.new(made.title)
    _build(material, made, _placed(made), targets, settings)
    _describe(material, made, settings)
    assign(material, targets)
    return Reference.to("materials", material)


def replace(material, made, settings):
    """New maps for a material that is there: whatever wears it, wears them."""
    before = material_nodes.images_in(material)
    placed = _placed(made)
    if before:
        material_nodes.swap(material, placed)
        former = material.get("sfumato_relief")
        material_nodes.deepen(material, made.relief / former if former else 1.0)
    else:
        _build(material, made, placed, (), settings)
    images.drop_unused(before.values())
    _describe(material, made, settings)


def refit(material, targets, settings):
    """Fit a material that is there to the size of what wears it. False where its tree has no mapping of ours."""
    size = next((each.size for each in material_nodes.images_in(material).values()), (1, 1))
    fit = mapping.fit(targets, settings.tile_m, size[0] / max(size[1], 1), _metres_per_unit())
    material_nodes.set_relief(material, _displaced(material.get("sfumato_relief", 0.0), fit, settings))
    return material_nodes.set_scale(material, fit.scale)


def suits(material, targets):
    """Whether the maps find their place on the targets: those that lie by UVs show one colour on what has none."""
    return material_nodes.is_box(material) or not mapping.needs_box(targets)


def assign(material, targets):
    """Put a material on objects; in Edit Mode on the faces that are selected."""
    for thing in targets:
        if thing.mode == "EDIT" and thing.type == "MESH":
            _assign_faces(material, thing)
        elif thing.material_slots:
            thing.material_slots[thing.active_material_index].material = material
        else:
            thing.data.materials.append(material)


def takes_materials(thing):
    """Whether an object can wear a material that is drawn here, and may be changed."""
    has_slots = hasattr(thing.data, "materials") and thing.type not in _UNFIT_TYPES
    return has_slots and thing.data.library is None and thing.library is None


def recipe_of(material):
    """What a material was drawn with: title, seed, and the recipe; None where it was not drawn here."""
    try:
        found = json.loads(material.get(RECIPE, ""))
    except (TypeError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def _assign_faces(material, thing):
    slots = [slot.material for slot in thing.material_slots]
    if material not in slots:
        thing.data.materials.append(material)
        slots.append(material)
    faces = bmesh.from_edit_mesh(thing.data)
    for face in faces.faces:
        if face.select:
            face.material_index = slots.index(material)
    bmesh.update_edit_mesh(thing.data, loop_triangles=False, destructive=False)


def _placed(made):
    return {
        role: texture_files.keep(f"{made.title} {each.role.label}", each.png, is_data=each.role.is_data)
        for role, each in made.maps.items()
    }


def _build(material, made, placed, targets, settings):
    fit = mapping.fit(targets, settings.tile_m, made.width_px / made.height_px, _metres_per_unit())
    relief = _displaced(made.relief, fit, settings)
    material_nodes.build(material, placed, scale=fit.scale, relief=relief, box=fit.box)


def _displaced(relief, fit, settings):
    """How far a height map displaces, in Blender's units, that reaches this share of its tile; as bump, always."""
    return relief * fit.tile_m / _metres_per_unit() if settings.use_displacement or fit.box else 0.0


def _describe(material, made, settings):
    material[RECIPE] = json.dumps({"title": made.title, "seed": made.seed, "recipe": made.recipe})
    material["sfumato_relief"] = made.relief
    if settings.use_asset:
        material.asset_mark()
        material.asset_data.description = made.title
        if "Sfumato" not in material.asset_data.tags:
            material.asset_data.tags.new("Sfumato")
    preview = material.preview_ensure()
    preview.image_size = made.ball.shape[1::-1]
    preview.image_pixels_float.foreach_set(made.ball.ravel())


def _metres_per_unit():
    return bpy.context.scene.unit_settings.scale_length or 1.0
