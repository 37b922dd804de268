"""`sfumato plugins list|show|doctor|disable|enable` look at plugins and import none of them."""

import contextlib
import json
import os
import subprocess
import sys
from dataclasses import replace

import pytest

from sfumato import plugin_states
from sfumato.catalogue import Catalogue, ContributionCard, PluginCard
from tests.cli.conftest import SFUMATO
from tests.engine.test_plugins import install

#: Whoever imports this leaves a mark.
MARKING = "import pathlib; pathlib.Path(__file__).with_name('imported').touch()"
SWIRL = ContributionCard(
    id="acme.swirl", kind="sampler", label="Swirl", description="", plugin="acme", plugin_version="1.2",
    capability="sfumato.sampler/1",
)  # fmt: skip


class Machine:
    """A machine with the plugins `acme` and `zebra`, whose last worker has said what `last` tells."""

    def __init__(self, root):
        self.site, self.data = root / "site", root / "data"
        self.site.mkdir()
        self.data.mkdir()
        for name in ("acme", "zebra"):
            install(self.site, name, MARKING)

    def last(self, *plugins):
        catalogue = Catalogue(contributions=(SWIRL,), plugins=plugins)
        (self.data / "catalogue.json").write_text(json.dumps(catalogue.to_json()), encoding="utf-8")

    def run(self, *words, **environment):
        """`sfumato plugins WORDS`; with the names of all modules that it imported."""
        own = {
            "PYTHONPATH": str(self.site), "SFUMATO_DATA_DIR": str(self.data),
            "SFUMATO_RUNTIME_DIR": str(self.data / "run"),
        }  # fmt: skip
        command = [sys.executable, "-X", "importtime", SFUMATO, "plugins", *words]
        ended = subprocess.run(command, env=os.environ | own | environment, capture_output=True, text=True)
        self.imported = {line.rpartition("|")[2].strip() for line in ended.stderr.splitlines() if "|" in line}
        self.complaint = "\n".join(line for line in ended.stderr.splitlines() if not line.startswith("import time:"))
        return ended

    @contextlib.contextmanager
    def serving(self, folder):
        """A daemon with this folder of one-file plugins, and no worker."""
        command = [SFUMATO, "serve", "--plugins-dir", str(folder)]
        own = {"SFUMATO_DATA_DIR": str(self.data), "SFUMATO_RUNTIME_DIR": str(self.data / "run")}
        with subprocess.Popen(command, env=os.environ | own, stderr=subprocess.PIPE, text=True) as daemon:
            assert "listens on" in daemon.stderr.readline()
            yield
            daemon.terminate()
            daemon.stderr.read()

    def rows(self, *words, **environment):
        """What `--json` prints."""
        return json.loads(self.run(*words, "--json", **environment).stdout)


@pytest.fixture
def machine(tmp_path):
    return Machine(tmp_path)


def states(rows):
    return {row["name"]: row["state"] for row in rows if row["name"] in ("acme", "zebra", "sfumato", "swirl")}


@pytest.mark.parametrize(
    "words", [("list",), ("show", "acme"), ("doctor",), ("disable", "acme"), ("enable", "acme")], ids=" ".join
)
def test_no_plugin_and_nothing_heavy_is_imported(machine, words):
    machine.last(PluginCard(name="acme", version="1.2"))
    for options in ((), ("--json",)):
        assert machine.run(*words, *options).returncode == 0, machine.complaint
        assert not {"acme", "zebra", "torch", "numpy", "pluggy", "sfumato.engine", "sfumato.builtin"} & machine.imported
    assert not (machine.site / "imported").exists()


def test_the_list_says_what_the_last_worker_said(machine):
    machine.last(
        PluginCard(name="sfumato", version="0"), PluginCard(name="acme", version="1.2"),
        PluginCard(name="zebra", version="1.2", state="broken", error="SyntaxError: no"),
        PluginCard(name="swirl", version="file"),
    )  # fmt: skip
    rows = machine.rows("list")

    assert states(rows) == {"sfumato": "working", "acme": "working", "zebra": "broken", "swirl": "working"}
    (acme,) = [row for row in rows if row["name"] == "acme"]
    assert acme["contributions"] == [{"id": "acme.swirl", "kind": "sampler", "label": "Swirl"}]
    assert acme["entry_points"] == ["acme = acme"]
    assert "plugins doctor" in machine.run("list").stderr


def test_every_kind_of_contribution_stands_apart_from_its_id(machine):
    glow = replace(SWIRL, id="acme.glow", kind="post-processor")
    catalogue = Catalogue(contributions=(SWIRL, glow), plugins=(PluginCard(name="acme", version="1.2"),))
    (machine.data / "catalogue.json").write_text(json.dumps(catalogue.to_json()), encoding="utf-8")
    shown = machine.run("show", "acme").stdout.splitlines()

    assert [line.split()[:2] for line in shown[-2:]] == [["sampler", "acme.swirl"], ["post-processor", "acme.glow"]]


def test_a_plugin_that_no_worker_has_seen_says_so(machine):
    assert states(machine.rows("list"))["acme"] == "not loaded yet"
    assert "sfumato plugins reload" in machine.rows("show", "acme")["error"]


def test_a_file_of_the_running_daemons_folder_is_listed_before_any_worker_has_seen_it(machine, tmp_path):
    path = tmp_path / "meine plugins ü" / "swirl.py"
    path.parent.mkdir()
    path.write_text("__version__ = '2.0'\n" + MARKING, encoding="utf-8")
    with machine.serving(path.parent):
        shown = machine.rows("show", "swirl")
        healthy = machine.run("doctor").stdout

    assert (shown["path"], shown["version"], shown["state"]) == (str(path), "2.0", "not loaded yet")
    assert "nothing is known to be wrong" in healthy
    assert "swirl" in healthy


def test_an_edited_file_needs_no_new_worker_whatever_version_it_states(machine, tmp_path):
    (tmp_path / "swirl.py").write_text("__version__ = '2.0'", encoding="utf-8")
    machine.last(PluginCard(name="swirl", version="1.0"))
    shown = machine.rows("show", "swirl", SFUMATO_PLUGINS_DIR=str(tmp_path))

    assert (shown["version"], shown["state"], shown["error"]) == ("2.0", "working", "")


def test_an_upgrade_that_no_worker_has_seen_says_what_to_do(machine):
    machine.last(PluginCard(name="acme", version="1.0"))
    shown = machine.rows("show", "acme")

    assert shown["version"] == "1.2"
    assert "the last worker had 1.0; `sfumato stop`" in shown["error"]


def test_disabling_and_enabling_go_into_the_file(machine):
    machine.last(PluginCard(name="acme", version="1.2"))
    told = machine.run("disable", "Acme").stdout
    assert told == "acme is disabled, when the daemon starts its worker next\n"
    assert states(machine.rows("list"))["acme"] == "disabled"
    assert plugin_states.read(machine.data).disabled == {"acme"}

    assert machine.run("enable", "acme").stdout.startswith("acme is enabled, ")
    assert plugin_states.read(machine.data).of("acme") is None
    assert states(machine.rows("list"))["acme"] == "working"


def test_enabling_clears_what_was_set_aside_even_of_a_plugin_that_has_gone(machine):
    plugin_states.set_aside(machine.data, "gone", "it crashed the worker 3 times")
    plugin_states.set_aside(machine.data, "acme", "it crashed the worker 3 times")
    shown = machine.rows("show", "acme")
    assert (shown["state"], shown["error"][:29]) == ("set-aside", "it crashed the worker 3 times")

    assert machine.run("enable", "gone").returncode == machine.run("enable", "acme").returncode == 0
    assert plugin_states.read(machine.data).set_aside == {}


def test_the_builtin_plugin_stays(machine):
    refused = machine.run("disable", "sfumato")

    assert refused.returncode == 2
    assert "is the builtin plugin" in machine.complaint


def test_a_name_that_there_is_not_names_the_nearest(machine):
    for command in ("show", "disable", "enable"):
        assert machine.run(command, "acem").returncode == 1
        assert "no plugin 'acem'; did you mean acme?" in machine.complaint
    assert plugin_states.read(machine.data) == plugin_states.PluginStates()


def test_doctor_tells_each_fault_and_ends_with_1(machine, tmp_path):
    machine.last(PluginCard(name="acme", version="1.2", state="broken", error="KeyError: 'x'. Mend it"))
    plugin_states.set_aside(machine.data, "zebra", "it crashed the worker 3 times")
    ended = machine.run("doctor", SFUMATO_PLUGINS_DIR=str(tmp_path / "gone"))

    assert ended.returncode == 1
    assert "!!  acme 1.2  broken\n    KeyError: 'x'. Mend it\n" in ended.stdout
    assert "!!  zebra 1.2  set-aside\n    it crashed the worker 3 times; `sfumato plugins enable zebra`" in ended.stdout
    assert "no folder" in ended.stdout
    assert "correct SFUMATO_PLUGINS_DIR" in ended.stdout


def test_doctor_tells_a_damaged_file_of_states(machine):
    (machine.data / "plugins.json").write_text("{", encoding="utf-8")

    assert machine.run("doctor").returncode == 1
    assert [row["name"] for row in machine.rows("doctor")] == ["plugins.json"]


def test_the_allow_list_is_shown(machine):
    assert states(machine.rows("list", SFUMATO_PLUGINS="zebra"))["acme"] == "disabled"
    missing = machine.rows("show", "zebar", SFUMATO_PLUGINS="zebar")
    assert "did you mean zebra?" in missing["error"]
