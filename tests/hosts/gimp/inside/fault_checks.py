"""What goes wrong in the real GIMP: processes that are killed, versions that do not fit, a daemon that is nowhere."""

import json
import os
import signal
import subprocess
from contextlib import contextmanager
from pathlib import Path

import core.session
import one_drawing
from canvas import merged, native
from connection import new_session
from core.workspace import Workspace
from desk_driver import Driver, new_image
from gimp_host import GimpHost
from gimp_libraries import Gimp
from procedure_calls import call
from reporting import SETTINGS, check

FOLDER = Path(one_drawing.__file__).parent
P = Gimp.Precision
first, painted = new_image(P.U8_NON_LINEAR)
driver = Driver(first)
studio, window = driver.studio, driver.window


@contextmanager
def no_daemon():
    """The daemon is killed, and no other one can be started: where its log belongs there is a folder."""
    folder = Path(os.environ["SFUMATO_RUNTIME_DIR"])
    log = folder / "daemon.log"
    log.unlink()
    log.mkdir()
    os.kill(json.loads((folder / "daemon.json").read_text())["pid"], signal.SIGKILL)
    yield
    log.rmdir()


def begin(**settings):
    """Press the large button; the job, once it is being drawn."""
    driver.set(mode="generate", count=1, **settings)
    window.draw_button.clicked()
    job = studio.jobs.all()[-1]
    driver.until(lambda: job.state == "running" and "step" in job.words)
    return job


def a_meddler(what):
    """Another process, in Sfumato's Python, that waits until "killed" is drawn, and kills the plug-in or the daemon."""
    command = [SETTINGS["python"], "-P", SETTINGS["meddler"], what]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def daemon_killed_in_a_job():
    """The window says so, offers a way out, and the job goes on by itself; the image stays as it is."""
    below, before = native(painted), merged(first)
    job = begin(prompt="sand", steps=60)
    studio.hide()
    with no_daemon():
        driver.until(lambda: studio.session.state.name == "unavailable")
        told = [window.status_words.get_text(), window.status_button.get_label(), window.status.get_visible()]
    window.status_button.clicked()
    driver.until(lambda: not job.open)
    studio.hide()
    return {
        "told": told,
        "state": [job.state, studio.session.state.name, window.status.get_visible()],
        "results": len(job.results),
        "untouched": native(painted) == below and merged(first) == before,
    }


def daemon_killed_while_painting_live():
    """What is shown stays, the window says what holds it up, and the next stroke is answered again."""
    below = native(painted)
    driver.set(mode="live", prompt="moss", steps=3, strength=0.5)
    window.draw_button.clicked()
    driver.until(lambda: studio.live.result is not None and studio.live.result.final)
    with no_daemon():
        driver.until(lambda: studio.session.state.name != "ready")
        told = [window.live_words.get_text(), window.status.get_visible(), studio.live.on]
    untouched = native(painted) == below
    driver.until(lambda: studio.session.state.name == "ready")
    seen = studio.live.result.frame if studio.live.result else 0
    first.select_rectangle(Gimp.ChannelOps.REPLACE, 10, 10, 30, 30)
    painted.edit_fill(Gimp.FillType.WHITE)
    Gimp.Selection.none(first)
    driver.until(lambda: studio.live.result is not None and studio.live.result.frame > seen)
    driver.until(lambda: studio.live.result.final)
    found = {"told": told, "untouched": untouched, "after": [studio.live.on, studio.live.paused, studio.notice]}
    window.draw_button.clicked()
    driver.set(mode="generate")
    return found


def procedure_killed():
    """Its job is cancelled in the daemon; that of the window goes on."""
    below, before, layers = native(painted), merged(first), len(first.get_layers())
    mine = begin(prompt="stays", steps=1000)
    studio.hide()
    meddler = a_meddler("plug-in")
    status = call("generate", first, prompt="killed", steps=600)[0]
    said = meddler.communicate()[0].split()
    seen = mine.last_event
    driver.until(lambda: mine.last_event > seen or not mine.open)
    others = mine.state
    studio.cancel(mine.ticket)
    driver.until(lambda: not mine.open)
    studio.hide()
    untouched = native(painted) == below and len(first.get_layers()) == layers
    return {"status": status, "job": said, "window's": others, "untouched": untouched and merged(first) == before}


def daemon_killed_under_a_procedure():
    meddler = a_meddler("daemon")
    status, layers, error = call("generate", first, prompt="killed", steps=60)
    meddler.communicate()
    return {"status": status, "layers": len(layers), "error": error, "killed": meddler.returncode == 0}


@contextmanager
def environment(**given):
    before = dict(os.environ)
    os.environ.update(given)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def told_by_a_session(**given):
    """The first state that is no good one: its name, words and button; and that the button tries again."""
    with environment(**given):
        session = new_session(FOLDER, lambda: None)
        session.start()
        found = settled(session)
        seen = []
        session.on_state = lambda: seen.append(session.state.name)
        session.press()
        settled(session, lambda: seen)
        session.stop()
    return [*found[:4], bool(seen)]


def settled(session, done=lambda: True):
    def drained():
        session.drain()
        return session.state.name not in ("off", "starting", "ready") and done()

    driver.until(drained)
    return list(session.state)


def told_by_a_procedure(patience_s=30, **given):
    """What a script is told, and whether the image was left alone."""
    before, layers = merged(first), len(first.get_layers())
    patience, one_drawing.PATIENCE_S = one_drawing.PATIENCE_S, patience_s
    words = ""
    with environment(**given):
        try:
            one_drawing.OneDrawing(GimpHost(first), FOLDER).run(lambda catalogue: Workspace(prompt="x"))
        except one_drawing.DrawingFailed as failure:
            words = str(failure)
    one_drawing.PATIENCE_S = patience
    return [words, merged(first) == before and len(first.get_layers()) == layers]


def another_protocol(tell):
    """A real bridge refuses an adapter of the future."""
    protocol, core.session.PROTOCOL = core.session.PROTOCOL, 99
    try:
        return tell()
    finally:
        core.session.PROTOCOL = protocol


nowhere = {"SFUMATO_ADDRESS": "127.0.0.1:9", "SFUMATO_TOKEN": "any"}
old = SETTINGS["old_daemon"]
for function in (daemon_killed_in_a_job, daemon_killed_while_painting_live, procedure_killed):
    check(function)
check(daemon_killed_under_a_procedure)
check(lambda: told_by_a_session(**nowhere), name="window, no daemon")
check(lambda: told_by_a_procedure(3, **nowhere), name="procedure, no daemon")
check(lambda: told_by_a_session(**old), name="window, old daemon")
check(lambda: told_by_a_procedure(**old), name="procedure, old daemon")
check(lambda: another_protocol(told_by_a_session), name="window, other protocol")
check(lambda: another_protocol(told_by_a_procedure), name="procedure, other protocol")
driver.close()
for each in Gimp.get_images():
    each.delete()
