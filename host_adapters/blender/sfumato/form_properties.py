"""One widget of a form as a property of Blender, which reads and writes the value that the core keeps."""

import bpy

from . import enums
from .core.form import SEED_MAX

_INT_MAX = 2**31 - 1


def property_of(widget, read, write, layers):
    """The property of a widget; None for one that only shows its default.

    `read()` is its value and `write(value)` changes it; `layers()` lists (key, name) of what a picture may be.
    """
    maker = _MAKERS.get(widget.kind)
    return maker(widget, read, write, layers) if maker else None


def typed_seed(text):
    """A seed as it was typed: Blender's whole numbers end at 31 bits, so it is text. What is no digit is left out."""
    return min(int("".join(filter(str.isdecimal, text)) or 0), SEED_MAX)


def _words(widget):
    label = f"{widget.label} ({widget.unit})" if widget.unit else widget.label
    return {"name": label, "description": widget.help.rstrip(".")}


def _bool_property(widget, read, write, layers):
    return bpy.props.BoolProperty(**_words(widget), get=lambda self: bool(read()), set=lambda self, value: write(value))


def _int_property(widget, read, write, layers):
    given = {name: _small(value) for name, value in _limits(widget).items()}
    if widget.step:
        given["step"] = max(1, int(widget.step))
    return bpy.props.IntProperty(
        **_words(widget), **given, get=lambda self: _small(read()), set=lambda self, value: write(value)
    )


def _float_property(widget, read, write, layers):
    given = {**_limits(widget), "precision": min(widget.decimals, 6)}
    if widget.step:
        given["step"] = max(1, round(widget.step * 100))
    return bpy.props.FloatProperty(
        **_words(widget),
        **given,
        get=lambda self: float(read()),
        set=lambda self, value: write(_rounded(widget, value)),
    )


def _limits(widget):
    limits = {"min": widget.minimum, "max": widget.maximum}
    limits.update(soft_min=widget.display_minimum, soft_max=widget.display_maximum)
    return {name: value for name, value in limits.items() if value is not None}


def _string_property(widget, read, write, layers):
    subtype = "DIR_PATH" if widget.kind == "model" else "NONE"
    return bpy.props.StringProperty(
        **_words(widget), subtype=subtype, get=lambda self: str(read()), set=lambda self, value: write(value)
    )


def _seed_property(widget, read, write, layers):
    def put(self, text):
        write(typed_seed(text))

    return bpy.props.StringProperty(**_words(widget), get=lambda self: str(read()), set=put)


def _enum_property(widget, read, write, layers):
    items = enums.listed(
        ("choice", widget.id, widget.choices), [(each.value, each.label, "") for each in widget.choices]
    )
    return bpy.props.EnumProperty(
        **_words(widget),
        items=items,
        get=lambda self: enums.index_of(items, read()),
        set=lambda self, index: write(enums.value_at(items, index)),
    )


def _colour_property(widget, read, write, layers):
    def get(self):
        text = str(read()) or "#000000"
        return [int(text[start : start + 2], 16) / 255 for start in (1, 3, 5)]

    def put(self, value):
        write("#" + "".join(f"{round(min(max(each, 0), 1) * 255):02x}" for each in value))

    return bpy.props.FloatVectorProperty(
        **_words(widget), subtype="COLOR_GAMMA", size=3, min=0, max=1, get=get, set=put
    )


def _picture_property(widget, read, write, layers):
    def items(self, context):
        return enums.listed(("picture", widget.id), [("", "Nothing", ""), *((key, name, "") for key, name in layers())])

    def get(self):
        value = read()
        return enums.index_of(items(self, None), value["layer"] if isinstance(value, dict) else "")

    def put(self, index):
        key = enums.value_at(items(self, None), index)
        write({"layer": key} if key else "")

    return bpy.props.EnumProperty(**_words(widget), items=items, get=get, set=put)


def _small(value):
    """A whole number that Blender can hold."""
    return min(max(int(value), -_INT_MAX), _INT_MAX)


def _rounded(widget, value):
    """What was typed: Blender hands over 0.1 as 0.10000000149."""
    return round(value, max(widget.decimals, 6))


_MAKERS = {
    "switch": _bool_property,
    "int_slider": _int_property,
    "int_field": _int_property,
    "float_slider": _float_property,
    "float_field": _float_property,
    "text": _string_property,
    "text_area": _string_property,
    "model": _string_property,
    "choice": _enum_property,
    "colour": _colour_property,
    "seed": _seed_property,
    "image": _picture_property,
    "mask": _picture_property,
}
