"""Settings that are changed for a moment and put back, whatever happens."""

from contextlib import contextmanager


@contextmanager
def borrowed(thing, **values):
    """Set attributes of one of Blender's structures inside of a `with`; what this version does not have is left out.

    They are set and put back in the order in which they are given.
    """
    before = {name: getattr(thing, name) for name in values if hasattr(thing, name)}
    try:
        for name in before:
            setattr(thing, name, values[name])
        yield thing
    finally:
        for name, value in before.items():
            setattr(thing, name, value)


def borrowed_format(settings, file_format, color_mode, color_depth):
    """The same for how renders are written. Each of these decides what the next one may be, so their order counts."""
    kind = {"media_type": "IMAGE"}  # from 5.0 on
    return borrowed(settings, **kind, file_format=file_format, color_mode=color_mode, color_depth=color_depth)
