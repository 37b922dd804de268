"""Settings that are changed for a moment and put back, whatever happens."""

from contextlib import contextmanager


@contextmanager
def borrowed(thing, **values):
    """Set attributes of one of Blender's structures inside of a `with`; what this version does not have is left out."""
    before = {name: getattr(thing, name) for name in values if hasattr(thing, name)}
    try:
        for name in before:
            setattr(thing, name, values[name])
        yield thing
    finally:
        for name, value in before.items():
            setattr(thing, name, value)
