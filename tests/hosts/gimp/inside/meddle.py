"""Run by Sfumato's Python beside a GIMP: waits until "killed" is asked for, kills the plug-in that asked or the daemon.

Prints what became of the job.
"""

import contextlib
import json
import os
import signal
import sys
import time
from pathlib import Path

import sfumato

PATIENCE_S = 400


def until(found):
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        if value := found():
            return value
        time.sleep(0.05)
    raise SystemExit("waited in vain")


def asked_for(studio, *states):
    return next((each for each in studio.jobs() if each.recipe.prompt == "killed" and each.state in states), None)


def procedure():
    """The process that GIMP started for the drawing, as its command line says."""
    for folder in Path("/proc").glob("[0-9]*"):
        words = []
        with contextlib.suppress(OSError):  # it has ended meanwhile
            words = (folder / "cmdline").read_bytes().split(b"\0")
        if any(word.endswith(b"plug-ins/sfumato/sfumato.py") for word in words) and b"-run" in words:
            return int(folder.name)
    return 0


def main(what):
    studio = until(connected)
    if what == "daemon":
        until(lambda: asked_for(studio, "running"))
        announced = Path(os.environ["SFUMATO_RUNTIME_DIR"], "daemon.json")
        os.kill(json.loads(announced.read_text())["pid"], signal.SIGKILL)
        return
    # Behind the job of the window it waits its turn.
    job = until(lambda: asked_for(studio, "queued", "running"))
    os.kill(until(procedure), signal.SIGKILL)
    print(until(lambda: ended(studio, job.id)))


def connected():
    try:
        return sfumato.connect()
    except sfumato.SfumatoError:
        return None


def ended(studio, job_id):
    state = studio.job(job_id).info().state
    return state if state not in ("queued", "running") else ""


if __name__ == "__main__":
    main(sys.argv[1])
