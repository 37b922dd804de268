"""From the prompt to a material on an object in a real Blender (`bpy` 5.0): 512x512 with all maps, on Ground.

Everything is in it: adapter, bridge, daemon, drawing, maps, encoding, nodes. And how long the main thread is held.
Needs the Blender that `make hosts` builds; promised are at most 15 s on two cores, and 50 ms of the main thread.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Final

from benchmarks import report
from tests.hosts.blender.blender_program import BlenderProgram, package

ROUNDS: Final = 5
SIZE_PX: Final = "512"


def main() -> None:
    """Five rounds after one that loads the model."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        blender = BlenderProgram(kind="bpy", home=home, archive=package(home / "archive"))
        try:
            told = blender.run("timing.py", rounds=ROUNDS, size=SIZE_PX, timeout_s=1800)
        finally:
            blender.stop_daemon()
    rounds, thread = told["rounds"], told["main_thread"]
    columns = dict(zip(("by_the_clock", "of_the_processor"), thread["longest_ms"], strict=True))
    report.write(
        "blender_material",
        {
            "prompt_to_object": report.summary(rounds["next_s"]),
            "with_loading_the_model_s": round(rounds["first_s"], 2),
            "main_thread_longest_turn_ms": columns,
            "main_thread_placing_ms": {"longest": max(row[0] for row in thread["placing_ms"])},
            "main_thread_turns": thread["turns"],
        },
    )


if __name__ == "__main__":
    main()
