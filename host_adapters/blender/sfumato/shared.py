"""The one desk of this Blender: made when the add-on is enabled, closed when it is disabled."""

from .desk import Desk
from .pulse import Pulse

_made = []


def desk():
    """The desk, or None while the add-on is not enabled."""
    return _made[0][0] if _made else None


def register():
    """Make the desk, and the one timer that drains it."""
    made = Desk()
    pulse = Pulse(made)
    _made.append((made, pulse))
    pulse.start()


def unregister():
    """End the timer, then the bridge. Jobs go on in the daemon."""
    while _made:
        made, pulse = _made.pop()
        pulse.stop()
        made.close()
