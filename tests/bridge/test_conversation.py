"""What a bridge says and when it ends: no daemon is needed, or one that cannot be had."""

import os
import select
import signal
import subprocess
import sys
import textwrap

import pytest

from sfumato.frames import encode
from tests.bridge.spoken import COMMAND, PATIENCE_S, Bridge

NOBODY = {"SFUMATO_ADDRESS": "127.0.0.1:9", "SFUMATO_TOKEN": "none"}
HELLO = {"op": "hello", "protocol": 1, "host": "test", "host_version": "1", "adapter_version": "1"}


@pytest.fixture
def alone():
    """A bridge that can reach no daemon."""
    with Bridge(NOBODY) as bridge:
        yield bridge


def test_it_answers_hello_before_anything_slow_is_imported():
    code = """
        import sys
        import sfumato.bridge.__main__
        print(*sorted({name.split(".")[0] for name in sys.modules}))
    """
    said = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, check=True)

    assert not {"grpc", "google", "numpy", "PIL", "torch", "pydantic"} & set(said.stdout.split())


def test_welcome_tells_protocol_and_process(alone):
    header, _ = alone.until("welcome")

    assert header["protocol"] == 1
    assert header["pid"] == alone.process.pid


def test_serving_imports_no_torch():
    code = "import sys, sfumato.bridge.desk; assert 'torch' not in sys.modules"

    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("protocol", [2, 0, None, "1"])
def test_another_protocol_is_refused_with_what_to_do(protocol):
    with Bridge(NOBODY, hello=False) as bridge:
        bridge.send(**{**HELLO, "protocol": protocol})

        assert bridge.end() == 2
        [refused] = bridge.heard()
        assert refused["op"] == "refused"
        assert refused["protocol"] == 1
        assert str(protocol) in refused["message"]
        assert ("Update Sfumato" if protocol == 2 else "sfumato hosts install") in refused["message"]
        assert "Traceback" not in bridge.errors


@pytest.mark.parametrize(
    "rubbish",
    [
        b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"\xff" * 64,
        (8).to_bytes(4, "little") + bytes(4) + b"not json",
        (2).to_bytes(4, "little") + bytes(4) + b"[]",
    ],
)
def test_what_is_no_frame_ends_it_with_words(rubbish):
    with Bridge(NOBODY, hello=False) as bridge:
        bridge.send(**HELLO)
        bridge.until("welcome")
        bridge.write(rubbish)

        assert bridge.end() == 3
        assert bridge.heard()[-1]["op"] == "refused"
        assert "no frame" in bridge.heard()[-1]["message"]
        assert "Traceback" not in bridge.errors


@pytest.mark.parametrize("kept", [3, 20, -1])
def test_a_frame_that_is_cut_short_ends_it_quietly(kept):
    with Bridge(NOBODY) as bridge:
        bridge.until("welcome")
        bridge.write(encode({"op": "submit", "ticket": "a", "recipe": {"prompt": "moss"}}, b"pixels")[:kept])
        bridge.process.stdin.close()

        assert bridge.end() == 3
        assert "Traceback" not in bridge.errors


def test_another_first_frame_is_refused():
    with Bridge(NOBODY, hello=False) as bridge:
        bridge.send(op="catalogue")

        assert bridge.end() == 2
        assert "hello" in bridge.heard()[0]["message"]


def test_unknown_ops_and_fields_are_skipped(alone):
    alone.send(op="levitate", ticket="x", height=3)
    alone.send(op="retry", how="fast")
    alone.send(op="submit", ticket="a", recipe={"prompt": "moss"}, colour="of tomorrow")

    assert alone.until(lambda header: header.get("ticket"))[0]["ticket"] == "a"


def test_no_daemon_is_a_state_with_words_and_a_growing_pause(alone):
    waits = [alone.until("state", state="unavailable")[0] for _ in range(3)]

    assert [each["retry_in_s"] for each in waits] == [0.5, 1.0, 2.0]
    assert {each["message"] for each in waits} == {"Nothing answers at 127.0.0.1:9."}


def test_what_is_asked_without_a_daemon_is_rejected_after_one_more_try(alone):
    alone.until("state", state="unavailable")
    alone.send(op="submit", ticket="a", recipe={"prompt": "moss"})

    error = alone.until("rejected", ticket="a")[0]["error"]
    assert error["code"] == "UNAVAILABLE"
    assert error["message"]


def test_painting_live_that_is_closed_before_anything_was_shown_waits_for_no_daemon(alone):
    alone.send(op="live_open", ticket="live", recipe={"prompt": "moss", "init": "@init"})
    alone.send(op="live_close", ticket="live")

    assert alone.until("live_closed", ticket="live")[0]["error"] is None


TINY = {"name": "i", "width_px": 2, "height_px": 2, "format": "rgba8"}

WRONG = [
    ({"recipe": None}, "recipe", b""),
    ({"recipe": {"prompt": "moss", "init": "@init"}}, "init", b""),
    ({"recipe": {"prompt": "moss", "init": "/etc/passwd"}}, "init", b""),
    ({"recipe": {"prompt": 3}}, "prompt", b""),
    ({"recipe": {"prompt": "moss"}}, "pictures", b"too much"),
    ({"recipe": {"prompt": "moss", "conditioners": "all"}}, "conditioners", b""),
    ({"recipe": {"prompt": "moss", "sampler": "heun"}}, "sampler", b""),
    ({"recipe": {"prompt": "moss"}, "region": []}, "region", b""),
    ({"recipe": {"prompt": "moss"}, "region": {"width_px": 64}}, "region.height_px", b""),
    ({"recipe": {"prompt": "moss"}, "region": {"width_px": 0, "height_px": 64}}, "region.width_px", b""),
    ({"recipe": {"prompt": "moss"}, "priority": "high"}, "priority", b""),
    ({"recipe": {"prompt": "a"}, "pictures": [{**TINY, "name": "i"}]}, "pictures.0", b"short"),
    ({"recipe": {"prompt": "a"}, "pictures": [{**TINY, "format": "bgr"}]}, "pictures.0.format", b""),
    ({"recipe": {"prompt": "a"}, "pictures": [{**TINY, "width_px": True}]}, "pictures.0", b""),
    (
        {
            "recipe": {"prompt": "a", "init": "@i", "mask": "@m"},
            "region": {"width_px": 2, "height_px": 2},
            "pictures": [
                {"name": "i", "width_px": 2, "height_px": 2, "format": "rgba8"},
                {"name": "m", "width_px": 2, "height_px": 2, "format": "gray8"},
            ],
        },
        "mask",
        bytes(20),
    ),
    (
        {
            "recipe": {"prompt": "a", "init": "@i"},
            "region": {"width_px": 2, "height_px": 2, "mask_of": "transparency"},
            "pictures": [{"name": "i", "width_px": 2, "height_px": 2, "format": "rgba8"}],
        },
        "mask",
        b"\xff" * 16,
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("frame", "field", "body"), WRONG, ids=[f"{index}-{each[1]}" for index, each in enumerate(WRONG)]
)
def test_what_is_wrong_with_a_submit_is_said_by_field(alone, frame, field, body):
    alone.send(op="submit", ticket="a", body=body, **frame)

    error = alone.until("rejected", ticket="a")[0]["error"]
    assert error["code"] == "INVALID_RECIPE"
    assert [each["field"] for each in error["fields"]] == [field]
    assert "Traceback" not in alone.errors


def test_a_ticket_is_used_once_and_must_be_there(alone):
    for _ in range(2):
        alone.send(op="submit", ticket="a", recipe=None)
    alone.send(op="submit", recipe={"prompt": "moss"})

    codes = [alone.until("rejected")[0]["error"]["code"] for _ in range(3)]
    assert sorted(codes) == ["INVALID_FRAME", "INVALID_FRAME", "INVALID_RECIPE"]


def test_what_prints_to_stdout_comes_out_at_stderr():
    code = "import sys; from sfumato.bridge.pipe import Pipe; Pipe.claim(); print('hello'); sys.stdout.flush()"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert (said.stdout, said.stderr) == ("", "hello\n")


_PARENT = """
import os, subprocess, sys, time
reading, writing = os.pipe()
holder = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], pass_fds=[writing])
child = subprocess.Popen(sys.argv[2:], stdin=reading, stdout=subprocess.PIPE)
os.write(writing, bytes.fromhex(sys.argv[1]))
child.stdout.read(8)  # the beginning of its welcome
print(child.pid, holder.pid, flush=True)
time.sleep(600)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="files are inherited by number")
def test_it_ends_with_its_parent_though_others_hold_its_stdin_open():
    environment = os.environ | NOBODY
    command = [sys.executable, "-c", _PARENT, encode(HELLO).hex(), *COMMAND]
    parent = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE)
    with parent.stdout:
        bridge, holder = map(int, parent.stdout.readline().split())
        try:
            watched = os.pidfd_open(bridge)
            parent.kill()
            parent.wait(PATIENCE_S)
            ready, _, _ = select.select([watched], [], [], PATIENCE_S)
            assert ready, "the bridge lives on"
            os.close(watched)
        finally:
            os.kill(holder, signal.SIGKILL)
