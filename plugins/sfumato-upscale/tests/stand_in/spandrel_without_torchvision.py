"""Imports spandrel where torchvision is missing: with a stand-in for the three names that it takes from there.

The stand-in is gone afterwards, so that nobody else believes that torchvision is installed.
"""

from __future__ import annotations

import importlib.util
import sys
from types import ModuleType

_FUNCTIONAL = "torchvision.transforms.functional"


def import_spandrel():
    if importlib.util.find_spec("torchvision"):
        import spandrel

        return spandrel
    names = ["torchvision", "torchvision.transforms", _FUNCTIONAL]
    sys.modules |= {name: ModuleType(name) for name in names}
    for name in ("InterpolationMode", "rotate", "normalize"):
        setattr(sys.modules[_FUNCTIONAL], name, None)
    try:
        import spandrel
    finally:
        for name in names:
            del sys.modules[name]
    return spandrel
