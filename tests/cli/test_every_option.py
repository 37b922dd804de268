"""Options that no other test of the command line needs, each doing what its help says."""

from __future__ import annotations

import json
import socket
import ssl
import time
from pathlib import Path

import pytest
import trimesh

from tests.cli.conftest import PATIENCE_S
from tests.daemon.house import free_port

CHECKOUT = Path(__file__).parents[2]
TLS = CHECKOUT / "tests/daemon/tls"


def test_the_guidance_is_the_one_that_is_named(home, tmp_path):
    made = home.run(
        "generate", "red brick", "--model", "tiny", "--steps", 1, "--size", "64x64", "--guidance", "apg",
        "-o", tmp_path / "out.png", "--json",
    )  # fmt: skip

    assert json.loads(made.stdout)["recipe"]["guider"]["id"] == "sfumato.apg", made.stderr


def test_a_conditioner_that_is_not_there_is_told(home):
    told = home.run("generate", "red brick", "--model", "tiny", "--with", "acme.nothing")

    assert told.returncode == 2
    assert "acme.nothing" in told.stderr


@pytest.mark.parametrize(
    "words",
    [
        ("plugins", "list", "--json"),
        ("plugins", "show", "sfumato-color", "--json"),
        ("plugins", "doctor", "--json"),
        ("plugins", "disable", "sfumato-color", "--json"),
        ("plugins", "enable", "sfumato-color", "--json"),
        ("plugins", "reload", "--json"),
    ],
    ids=lambda words: words[1],
)
def test_what_is_said_of_plugins_is_said_as_json_too(home, words):
    told = home.invoke(*words)

    assert told.exit_code == 0, told.output
    json.loads(told.stdout)


def test_a_plugin_is_checked_with_a_parameter(home):
    schedule = CHECKOUT / "examples/plugins/schedule.py"
    settings = ("--set", "example-schedule.cosine.power=1.5")
    told = home.invoke("plugins", "check", schedule, *settings, "--json")
    refused = home.invoke("plugins", "check", schedule, "--set", "example-schedule.cosine.power=9", "--json")

    assert told.exit_code == 0
    assert refused.exit_code == 1
    assert "at most 2" in refused.output or "less than or equal to 2" in refused.output


def test_the_daemon_uses_the_folders_that_it_is_given_and_ends_when_nobody_needs_it(empty_home, tmp_path):
    folders = {name: tmp_path / name for name in ("data", "runtime")}
    options = (
        "--data-dir", folders["data"], "--runtime-dir", folders["runtime"], "--socket", tmp_path / "here.sock",
        "--idle-exit-s", "1",
    )  # fmt: skip
    served = empty_home.run("serve", *options)

    assert served.returncode == 0
    assert f"listens on unix:{tmp_path / 'here.sock'}" in served.stderr
    assert "nobody needed the daemon for 1 s" in served.stderr
    assert (folders["runtime"] / "daemon.lock").exists()
    assert (folders["data"] / "journal.sqlite3").exists()


def test_the_daemon_lets_other_machines_in_by_tls(empty_home):
    port = free_port()
    options = ("--host", "127.0.0.1", "--port", port, "--tls-cert", TLS / "cert.pem", "--tls-key", TLS / "key.pem")
    process = empty_home.begin("serve", *options)
    try:
        assert _comes(lambda: _speaks_tls(port))
    finally:
        process.terminate()
        process.communicate()


def _speaks_tls(port):
    context = ssl.create_default_context(cafile=TLS / "cert.pem")
    context.check_hostname = False
    try:
        with socket.create_connection(("127.0.0.1", port)) as plain, context.wrap_socket(plain) as secret:
            return secret.version() is not None
    except ConnectionError:
        return False


def _comes(holds):
    deadline = time.monotonic() + PATIENCE_S
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.05)
    return holds()


def test_a_mesh_is_painted_away_from_the_negative_prompt(home, tmp_path):
    trimesh.creation.torus(1, 0.45, major_sections=12, minor_sections=8).export(tmp_path / "ring.glb")
    small = ("--model", "tiny", "--views", 1, "--size", 64, "--view-size", 64, "--steps", 1)
    refused = home.run(
        "texture-mesh", tmp_path / "ring.glb", "moss", "--unwrap", "never", *small, "-o", tmp_path / "out.glb"
    )
    assert refused.returncode == 2
    assert "no UVs" in refused.stderr

    folder = tmp_path / "no-network"
    without = home.run(
        "texture-mesh", tmp_path / "ring.glb", "moss", "--depth-model", folder, *small, "-o", tmp_path / "out.glb"
    )
    assert without.returncode == 2
    assert f"--depth-model: {folder} holds no config.json" in without.stderr

    painted = home.run(
        "texture-mesh",
        tmp_path / "ring.glb",
        "a mossy ring",
        "--negative",
        "gravel",
        *small,
        "-o",
        tmp_path / "out.glb",
    )
    assert painted.returncode == 0, painted.stderr
    listed = home.run("jobs", "list").stdout
    newest = next(line for line in listed.splitlines() if "a mossy ring" in line).split()[0]
    assert json.loads(home.run("jobs", "show", newest).stdout)["recipe"]["negative_prompt"] == "gravel"
