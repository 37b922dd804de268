"""Runs checks inside Blender with the installed zip, and writes what they found as JSON."""

import json
import os
import sys
import time
import traceback

import addon_utils
import bpy

SETTINGS = json.loads(os.environ["SFUMATO_SETTINGS"])
#: Extensions are from 4.2 on.
LEGACY = bpy.app.version < (4, 2, 0)
MODULE = "sfumato" if LEGACY else "bl_ext.user_default.sfumato"
PATIENCE_S = 400
_found = {}
#: Of every turn of the main thread that `until` has made: seconds, seconds of the processor, the check before.
turns = []


def install():
    """Install and enable the zip as an artist does."""
    archive = SETTINGS["archive"]
    if LEGACY:
        bpy.ops.preferences.addon_install(filepath=archive)
        bpy.ops.preferences.addon_enable(module=MODULE)
    else:
        bpy.ops.extensions.package_install_files(filepath=archive, repo="user_default", enable_on_install=True)
    assert MODULE in bpy.context.preferences.addons


def part(name):
    """A module of the installed add-on."""
    return __import__(f"{MODULE}.{name}", fromlist=["_"])


def desk():
    return part("shared").desk()


def until(true, what, patience_s=PATIENCE_S):
    """Drain as the timer does, until `true`."""
    deadline = time.monotonic() + patience_s
    while not true():
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {patience_s} s for {what}: {desk().session.state}, {desk().studio.notice!r}")
        desk().woken.wait(0.05)
        start, worked = time.perf_counter(), time.thread_time()
        desk().drain()
        turns.append((time.perf_counter() - start, time.thread_time() - worked, _found and list(_found)[-1]))


def connect():
    bpy.ops.sfumato.connect()
    until(lambda: desk().session.state.name == "ready" and desk().session.catalogue.models, "a daemon")


def check(function, *arguments, name=None):
    """Call it, and note what it returns, or how it failed."""
    key = name or function.__name__
    try:
        _found[key] = {"value": function(*arguments)}
    except Exception:
        _found[key] = {"error": traceback.format_exc()}
    save()


def save():
    with open(os.environ["SFUMATO_REPORT"] + ".part", "w") as stream:
        json.dump(_found, stream)
    os.replace(os.environ["SFUMATO_REPORT"] + ".part", os.environ["SFUMATO_REPORT"])


def disable():
    addon_utils.disable(MODULE, default_set=True)


sys.path.insert(0, os.path.dirname(__file__))
