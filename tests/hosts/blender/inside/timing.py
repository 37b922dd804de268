"""A material of 512x512 with all maps, several times: from the press of the button until the object wears it."""

import os
import sys
import time

sys.path.insert(0, os.path.dirname(__file__))

import bpy
from reporting import SETTINGS, check, connect, desk, install, part, turns, until

_parts = []


def rounds():
    """Seconds of each round; the first one, which loads the model, apart."""
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    bpy.ops.mesh.primitive_cube_add(size=2)
    bpy.context.scene.sfumato.size = SETTINGS["size"]
    group, board = part("controls").controls("material"), part("materials").materials().board
    group.prompt = "mossy red brick wall"
    found = []
    for _ in range(SETTINGS["rounds"] + 1):
        begun = time.perf_counter()
        bpy.ops.sfumato.draw_material()
        until(lambda: not desk().busy and board.slots, "a material")
        assert bpy.context.object.active_material, desk().studio.notice
        found.append(time.perf_counter() - begun)
    return {"first_s": found[0], "next_s": found[1:]}


def main_thread():
    """Milliseconds of the main thread, by the clock and of the processor: all turns, and what places a material."""
    columns = [turn[:2] for turn in turns]
    return {
        "turns": len(columns),
        "longest_ms": [round(1e3 * max(column), 2) for column in zip(*columns, strict=True)],
        "placing_ms": [[round(1e3 * each, 2) for each in row] for row in _parts],
    }


def _time_placing():
    """Placing is the one piece that may take longer: a finished image is written."""
    materials = part("materials").materials()
    original = materials._ready

    def timed(*arguments):
        begun, worked = time.perf_counter(), time.thread_time()
        original(*arguments)
        _parts.append((time.perf_counter() - begun, time.thread_time() - worked))

    materials._ready = timed


install()
connect()
_time_placing()
for each in (rounds, main_thread):
    check(each)
