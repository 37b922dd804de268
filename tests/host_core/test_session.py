"""The connection, state by state, on scripted channels."""

import json
import sys
import threading
from pathlib import Path

import pytest

from host_adapters.core.channel import Channel
from host_adapters.core.installation import FILE, bridge_command, child_environment, python_of
from tests.bridge.spoken import PATIENCE_S
from tests.host_core.scripted import Line


@pytest.fixture
def line():
    return Line()


def test_it_is_off_until_it_is_started(line):
    assert line.session.state.name == "off"
    assert line.session.state.button
    assert not line.session.connected
    assert not line.session.send({"op": "retry"})


def test_it_greets_and_becomes_ready_with_a_catalogue(line):
    line.ready()

    [hello] = line.channel.of("hello")
    assert (hello["protocol"], hello["host"]) == (1, "fake")
    assert line.session.state.name == "ready"
    assert line.session.catalogue.model("").id == "ground"


@pytest.mark.parametrize("name", ["unavailable", "incompatible"])
def test_what_the_bridge_says_is_passed_on_with_a_way_out(line, name):
    line.session.start()
    line.channel.say("state", state=name, message="Why it is so.", retry_in_s=2)
    line.session.drain()

    state = line.session.state
    assert state.name == name
    assert "Why it is so." in state.words
    assert state.button
    line.session.press()
    assert line.channel.of("retry")


def test_the_catalogue_stays_while_the_daemon_is_away(line):
    line.ready()
    line.channel.say("state", state="unavailable", message="gone")
    line.session.drain()

    assert line.session.catalogue.models


def test_another_version_is_told_and_the_bridge_is_let_go(line):
    line.session.start()
    line.channel.say("refused", message="Update Sfumato.", protocol=2)
    line.session.drain()

    assert (line.session.state.name, line.session.state.words) == ("incompatible", "Update Sfumato.")
    assert line.channel.closed
    line.session.press()
    assert len(line.channels) == 2


def test_a_missing_python_is_told_and_looked_for_again(line):
    line.command = None
    line.session.start()
    assert line.session.state.name == "missing"
    assert "sfumato hosts install" in line.session.state.words

    line.command = ("python",)
    line.session.press()
    assert line.session.state.name == "starting"


def test_a_bridge_that_dies_is_started_again_later_and_later(line):
    restarts = []
    line.session.on_restart = lambda: restarts.append(line.clock.now_s)
    line.session.start()
    for pause_s in (0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 15.0):
        line.channel.die()
        line.session.drain()
        assert line.session.state.name == "crashed"
        assert "it said this" in line.session.state.words
        line.clock.now_s += pause_s - 0.01
        line.session.drain()
        assert line.session.state.name == "crashed"
        line.clock.now_s += 0.02
        line.session.drain()
        assert line.session.state.name == "starting"
    line.session.stop()

    assert len(restarts) == 8


def test_a_ready_daemon_makes_it_patient_again(line):
    line.session.start()
    for _ in range(3):
        line.channel.die()
        line.session.drain()
        line.session.press()
    line.ready()
    line.channel.die()
    line.session.drain()

    assert "0.5 s" in line.session.state.words
    line.session.stop()


def test_frames_that_came_before_the_end_are_taken_first(line):
    taken = []
    line.ready()
    line.session.on_frame = lambda frame: taken.append(frame.op)
    line.channel.say("image")
    line.channel.die()
    line.session.drain()

    assert taken == ["image"]
    line.session.stop()


def test_stopping_is_off_and_no_restart_comes(line):
    line.ready()
    line.session.stop()
    line.clock.now_s += 100
    line.session.drain()

    assert line.session.state.name == "off"
    assert len(line.channels) == 1


def test_a_channel_tells_why_nothing_could_be_started(tmp_path):
    woken = threading.Event()
    channel = Channel([str(tmp_path / "nothing")], {}, woken.set)
    channel.open()

    assert woken.wait(PATIENCE_S)
    assert "could not be started" in channel.ending


def test_a_channel_ends_what_says_no_frames():
    woken = threading.Event()
    channel = Channel([sys.executable, "-c", "print('Traceback, or so', flush=True); input()"], {}, woken.set)
    channel.open()

    assert woken.wait(PATIENCE_S)
    assert channel.wait(PATIENCE_S)
    channel.close()
    assert "no frame" in channel.ending


def test_a_channel_hears_complaints():
    woken = threading.Event()
    code = "import sys; print('no module named sfumato', file=sys.stderr); sys.exit(1)"
    channel = Channel([sys.executable, "-c", code], {}, woken.set)
    channel.open()

    assert woken.wait(PATIENCE_S)
    assert "status 1" in channel.ending
    assert channel.complaint() == "no module named sfumato"
    channel.close()


def test_the_bridge_does_not_inherit_the_hosts_python():
    given = {
        "PYTHONPATH": "/host",
        "PYTHONHOME": "/host",
        "LD_LIBRARY_PATH": "/x",
        "LD_PRELOAD": "y",
        "HOME": "/home/a",
    }

    assert child_environment({**given, "SFUMATO_DATA_DIR": "/d"}) == {"HOME": "/home/a", "SFUMATO_DATA_DIR": "/d"}


def test_sfumatos_python_is_found_beside_the_adapter(tmp_path):
    python = tmp_path / "bin" / "python"
    assert python_of(tmp_path, {}) is None

    (tmp_path / FILE).write_text(json.dumps({"python": str(python)}), encoding="utf-8")
    assert python_of(tmp_path, {}) is None

    python.parent.mkdir()
    python.touch()
    assert python_of(tmp_path, {}) == python
    assert bridge_command(python)[1:] == ["-P", "-m", "sfumato.bridge"]
    assert python_of(tmp_path, {"SFUMATO_PYTHON": sys.executable}) == Path(sys.executable)


@pytest.mark.parametrize("damaged", ["", "[]", '{"python": 3}', "{"])
def test_a_damaged_installation_is_a_missing_one(tmp_path, damaged):
    (tmp_path / FILE).write_text(damaged, encoding="utf-8")

    assert python_of(tmp_path, {}) is None
