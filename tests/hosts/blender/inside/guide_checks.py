"""The script of the guide, run in the folder of the test."""

import os
import sys

sys.path.insert(0, os.path.dirname(__file__))

import bpy
from reporting import SETTINGS, check, install


def script():
    """As an artist would run it from a text of Blender."""
    os.chdir(SETTINGS["home"])
    exec(compile(SETTINGS["code"], "guide", "exec"), {"__name__": "guide"})


def material():
    return bpy.context.object.active_material.name


install()
check(script)
check(material)
