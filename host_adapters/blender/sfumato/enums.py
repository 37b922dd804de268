"""Lists for Blender's menus. Blender keeps no copy of their words, so somebody has to: this module does."""

_EMPTY = "__none__"
_kept = {}


def listed(owner, rows):
    """(value, label, help) as items of a menu; the same object as long as the rows are the same."""
    rows = tuple(rows)
    if owner not in _kept or _kept[owner][0] != rows:
        items = [(value or _EMPTY, label, text, index) for index, (value, label, text) in enumerate(rows)]
        _kept[owner] = (rows, items)
    return _kept[owner][1]


def index_of(items, value):
    """The number of a value among items; 0, the first, where it is not there."""
    return next((item[3] for item in items if item[0] == (value or _EMPTY)), 0)


def value_at(items, index):
    """The value of a number; "" for the item that stands for nothing."""
    return value_of(next((item[0] for item in items if item[3] == index), ""))


def value_of(identifier):
    """The value that an item's identifier stands for."""
    return "" if identifier == _EMPTY else identifier


def sizes(*sides_px):
    """Items of a menu of square sizes."""
    return [(str(each), f"{each} px", "") for each in sides_px]


def unregister():
    """Nothing is kept any more."""
    _kept.clear()
