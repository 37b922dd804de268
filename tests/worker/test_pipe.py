"""The worker's pipes in a process of their own: what a plugin does to the standard streams must not matter."""

import subprocess
import sys
import textwrap

import pytest

from sfumato import frames

PATIENCE_S = 300


def run(code, sent=b""):
    program = f"""
        import os, subprocess, sys
        from sfumato import frames
        from sfumato.worker.pipe import Inbox, claim_standard_streams
        orders, reports = claim_standard_streams()
        {textwrap.indent(textwrap.dedent(code), " " * 8).strip()}
        reports.write(frames.encode({{"op": "done"}}))
    """
    command = [sys.executable, "-c", textwrap.dedent(program)]
    return subprocess.run(command, input=sent, capture_output=True, timeout=PATIENCE_S)


@pytest.mark.parametrize(
    "plugin",
    [
        "print('hello', flush=True)",
        "os.write(1, b'hello')",
        "sys.stdout.buffer.write(b'hello')",
        "subprocess.run([sys.executable, '-c', 'print(\"hello\")'])",
    ],
)
def test_what_a_plugin_prints_goes_to_stderr_and_cuts_no_frame(plugin):
    ended = run(plugin)

    assert ended.stdout == frames.encode({"op": "done"})
    assert ended.stderr.strip() == b"hello"


def test_a_plugin_that_reads_stdin_gets_nothing_and_takes_no_frame():
    ended = run(
        """
        assert sys.stdin.read() == ""
        assert subprocess.run([sys.executable, "-c", "input()"], capture_output=True).returncode == 1
        assert Inbox(orders).get(wait=True) == ({"op": "stop"}, b"")
        """,
        frames.encode({"op": "stop"}),
    )

    assert (ended.returncode, ended.stdout) == (0, frames.encode({"op": "done"})), ended.stderr


def test_the_end_of_stdin_is_the_last_order():
    ended = run("assert Inbox(orders).get(wait=True) is None")

    assert ended.stdout == frames.encode({"op": "done"}), ended.stderr


def test_a_cut_frame_is_the_end_too_and_is_told():
    ended = run("assert Inbox(orders).get(wait=True) is None", frames.encode({"op": "stop"})[:-2])

    assert ended.stdout == frames.encode({"op": "done"})
    assert b"the front's frames cannot be read" in ended.stderr


def test_a_plugin_that_hangs_does_not_outlive_the_front():
    ended = run("Inbox(orders, grace_s=0.1); import time; time.sleep(3600)")

    assert (ended.returncode, ended.stdout) == (1, b"")
