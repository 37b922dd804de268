"""What is kept with the file: settings and history, in a text of the .blend that its list of texts does not show."""

import json

import bpy

#: A name that begins with a dot is hidden in Blender's menus.
NAME = ".sfumato"


def is_there():
    """Whether something is kept."""
    return NAME in bpy.data.texts


def put(name, data):
    """Keep bytes of text under a name."""
    kept = _read()
    kept[name] = data.decode("utf-8")
    _text().from_string(json.dumps(kept, separators=(",", ":")))


def get(name):
    """What was kept; None where nothing was."""
    found = _read().get(name)
    return found.encode("utf-8") if isinstance(found, str) else None


def _read():
    text = bpy.data.texts.get(NAME)
    try:
        found = json.loads(text.as_string()) if text else {}
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _text():
    text = bpy.data.texts.get(NAME) or bpy.data.texts.new(NAME)
    text.use_fake_user = True
    return text
