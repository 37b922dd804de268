"""Finding the daemon: by address, by its announcement, started where none runs, found again after a restart."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

import sfumato
from sfumato.client import events, local
from sfumato.daemon.folder_lock import FolderLock
from sfumato.errors import DaemonUnavailable
from tests.daemon.house import House, free_port, until

TLS = Path(__file__).parents[1] / "daemon" / "tls"


@pytest.fixture
def home(tmp_path, monkeypatch):
    """An empty home, in which daemons that a test started are ended after it."""
    house = House(tmp_path)
    monkeypatch.setenv("SFUMATO_RUNTIME_DIR", str(house.runtime))
    monkeypatch.setenv("SFUMATO_DATA_DIR", str(house.data))
    yield house
    if announced := house.announced():
        with contextlib.suppress(ProcessLookupError):
            os.kill(announced["pid"], signal.SIGKILL)
    for late in _daemons_of(house):  # one that was about to give way finds nobody any more, and would stay
        with contextlib.suppress(psutil.NoSuchProcess):
            late.kill()


def _daemons_of(house):
    """Those that clients in this process have started in the house."""
    for child in psutil.Process().children():
        with contextlib.suppress(psutil.Error):
            if child.environ().get("SFUMATO_DATA_DIR") == str(house.data):
                yield child


def test_an_address_from_the_environment(front, monkeypatch):
    monkeypatch.setenv("SFUMATO_ADDRESS", front.announced["address"])
    monkeypatch.setenv("SFUMATO_TOKEN", front.announced["token"])

    with sfumato.connect() as studio:
        assert studio.info().pid == front.process.pid


def test_nothing_answers_at_an_address():
    with pytest.raises(DaemonUnavailable, match=r"no daemon answers at 127\.0\.0\.1:1 \("):
        sfumato.connect("127.0.0.1:1")


def test_no_daemon_and_none_may_be_started(home):
    with pytest.raises(DaemonUnavailable, match="sfumato serve"):
        sfumato.connect(start=False)


def test_a_daemon_is_started_where_none_runs_and_outlives_the_client(home):
    with sfumato.connect() as studio:
        pid = studio.info().pid

    with sfumato.connect(start=False) as studio:
        assert studio.info().pid == pid


def test_the_announcement_of_a_dead_daemon_is_not_believed(home):
    home.runtime.mkdir(mode=0o700)
    stale = {"pid": 1, "address": f"unix:{home.runtime}/gone.sock", "token": "t", "version": "0"}
    (home.runtime / "daemon.json").write_text(json.dumps(stale))

    with sfumato.connect() as studio:
        assert studio.info().pid == home.announced()["pid"]


@pytest.mark.parametrize("content", ["{", "[]", "null", '{"address": 5, "token": null}', '{"address": "unix:/gone"}'])
def test_a_damaged_announcement_is_none(tmp_path, monkeypatch, content):
    monkeypatch.setenv("SFUMATO_RUNTIME_DIR", str(tmp_path))
    (tmp_path / "daemon.json").write_text(content)

    with pytest.raises(DaemonUnavailable, match="no daemon is running"):
        sfumato.connect(start=False)


def test_relative_folders_are_those_of_whoever_starts_the_daemon(home, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SFUMATO_RUNTIME_DIR", home.runtime.name)
    monkeypatch.setenv("SFUMATO_DATA_DIR", home.data.name)

    with sfumato.connect() as studio:
        assert studio.info().pid == home.announced()["pid"]
    assert (home.data / "journal.sqlite3").is_file()


def test_clients_elsewhere_reach_a_daemon_in_a_relative_folder(home, tmp_path, monkeypatch):
    command = [sys.executable, "-m", "sfumato.daemon", "--runtime-dir", home.runtime.name, "--data-dir", "data"]
    with subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.DEVNULL) as daemon:
        try:
            until(lambda: home.announced())
            with sfumato.connect(start=False) as studio:
                assert studio.info().pid == daemon.pid
        finally:
            daemon.terminate()


def test_clients_that_start_at_once_end_up_at_one_daemon(home):
    def pid_of_daemon(_):
        with sfumato.connect() as studio:
            return studio.info().pid

    with ThreadPoolExecutor(3) as clients:
        assert len(set(clients.map(pid_of_daemon, range(3)))) == 1


def test_a_daemon_that_is_about_to_end_is_waited_for(home):
    with ThreadPoolExecutor(1) as client:
        with FolderLock(home.data):
            coming = client.submit(sfumato.connect)
            log = home.runtime / local.LOG
            until(lambda: log.exists() and "is in use by the daemon" in log.read_text())
        with coming.result() as studio:
            assert studio.info().pid == home.announced()["pid"]


def test_a_folder_that_another_daemon_keeps_is_told(home, monkeypatch):
    monkeypatch.setattr(local, "_GIVEN_WAY_S", 0.5)

    with FolderLock(home.data), pytest.raises(DaemonUnavailable, match=f"in use by the daemon .*{os.getpid()}"):
        sfumato.connect()


def test_a_daemon_that_does_not_start_is_told_with_the_end_of_its_log(home):
    home.runtime.mkdir(mode=0o700)
    (home.runtime / local.LOG).write_text("an earlier daemon's trouble\n")
    home.data.write_text("a file where the data folder should be")

    with pytest.raises(DaemonUnavailable, match=r"ended with status 2(.|\n)*Not a directory") as refused:
        sfumato.connect()
    assert "earlier" not in refused.value.message


def test_a_watch_goes_on_where_it_was_when_the_front_is_restarted(home):
    restarted = []

    def restart():
        front.kill()
        time.sleep(0.3)
        restarted.append(home.start())
        home.let_go("restarted")

    with home.start() as front, sfumato.connect(start=False) as studio:
        job = studio.submit("hold@3 until@restarted", steps=40)
        watching = job.watch(previews=False)
        told = [next(watching) for _ in range(4)]
        restarting = threading.Thread(target=restart)
        restarting.start()
        told.extend(watching)
        restarting.join()

        with restarted[0]:
            assert told[-1].state == "succeeded"
            lasting = [event.number for event in told if not isinstance(event, events.Stepped)]
            assert lasting == sorted(set(lasting))
            assert len(job.result()) == 1


def test_a_client_finds_a_daemon_that_was_restarted_elsewhere(home):
    with home.start() as first, sfumato.connect(start=False) as studio:
        first.terminate()
        with home.start("--socket", str(home.root / "other.sock")) as second:
            job = studio.submit("moss")
            assert studio.info().pid == second.process.pid
            assert len(job.result()) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="sessions are of POSIX")
def test_ctrl_c_in_the_client_s_terminal_does_not_reach_the_daemon(home):
    with sfumato.connect() as studio:
        assert os.getsid(studio.info().pid) != os.getsid(0)


def test_a_daemon_on_another_machine_is_reached_by_tls_and_token(tmp_path_factory):
    """In a process of its own, because gRPC reads its roots once. `dns:` hides that the name is this machine's."""
    house = House(tmp_path_factory.mktemp("studio"))
    port = free_port()
    tls = ("--tls-cert", str(TLS / "cert.pem"), "--tls-key", str(TLS / "key.pem"))

    def sfumato_at(address, command):
        environment = {
            "SFUMATO_ADDRESS": address,
            "SFUMATO_TOKEN": front.announced["token"],
            "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH": str(TLS / "cert.pem"),
        }
        program = [Path(sys.executable).with_name("sfumato"), command]
        return subprocess.run(program, env=os.environ | environment, capture_output=True, text=True)

    with house.start("--host", "0.0.0.0", "--port", str(port), *tls) as front:
        status = sfumato_at(f"dns:localhost:{port}", "status")
        stop = sfumato_at(f"dns:localhost:{port}", "stop")

    assert f"process {front.process.pid}" in status.stdout, status.stderr
    assert (stop.returncode, stop.stdout) == (1, "")
    assert "own machine" in stop.stderr
