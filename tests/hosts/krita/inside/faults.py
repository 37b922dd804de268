"""Sfumato's Python is not where it was: the docker says so, Krita goes on, and pressing the button tries again."""

import contextlib
import json
import os
import signal

from sfumato.qt import QtWidgets

import sfumato

from . import scenes
from .artist import Artist
from .runner import until


def trial(report):
    """First without a Python, then without a daemon that can start, then with everything."""
    artist = Artist()
    document = yield from scenes.open_document(64, 64)
    artist.docker.setVisible(True)
    yield from until(lambda: artist.studio.session.state.name == "missing", "the missing Python")
    yield from until(lambda: "Try again" in artist.visible_words(), "the words")
    report["missing"] = artist.visible_words()
    artist.press("generate")
    report["asked"] = [job.state for job in artist.studio.jobs.all()]
    place = os.path.join(os.path.dirname(sfumato.__file__), "sfumato.json")
    with open(place, "w") as file:
        json.dump({"python": os.environ["TRIAL_PYTHON"]}, file)
    button(artist, "Try again").click()
    yield from until(lambda: artist.studio.session.state.name == "ready", "the daemon")
    yield from until(lambda: not artist.docker._strip.isVisible() or artist.studio.notice, "the strip to go")
    report["ready"] = artist.studio.session.state.name
    artist.type_in("sand", steps=1000, native_size=False)
    artist.press("generate")
    job = artist.studio.jobs.all()[-1]
    yield from until(lambda: job.state == "running", "the job to run")
    with no_daemon():
        yield from until(lambda: artist.studio.session.state.name != "ready", "the loss to be noticed")
        report["lost"] = artist.studio.session.state.name
    yield from until(lambda: artist.studio.session.state.name == "ready", "the way back")
    artist.studio.cancel(job.ticket)
    yield from until(lambda: not job.open, "the job to be cancelled over there")
    report["after"] = job.state
    yield from scenes.close(document)


@contextlib.contextmanager
def no_daemon():
    """The daemon is killed, and no other one can be started: where its log belongs there is a folder."""
    folder = os.environ["SFUMATO_RUNTIME_DIR"]
    log = os.path.join(folder, "daemon.log")
    os.remove(log)
    os.mkdir(log)
    with open(os.path.join(folder, "daemon.json")) as file:
        os.kill(json.load(file)["pid"], signal.SIGKILL)
    yield
    os.rmdir(log)


def button(artist, words):
    """The button that says this."""
    return next(each for each in artist.docker.findChildren(QtWidgets.QPushButton) if each.text() == words)
