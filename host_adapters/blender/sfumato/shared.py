"""The one desk of this Blender. Jobs go on in the daemon when it is closed."""

from .desk import Desk
from .lasting import Lasting

desk = Lasting(Desk)
register, unregister = desk.register, desk.unregister
