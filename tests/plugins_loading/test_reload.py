"""Plugins that change while a real daemon runs: the next job has the new one, jobs that run keep the old."""

import shlex
import subprocess
import sys
import time
import uuid

import pytest

from sfumato import wire
from sfumato.catalogue import Catalogue
from sfumato.v1 import catalog_pb2, jobs_pb2
from tests.cli.conftest import SFUMATO
from tests.daemon import house as houses
from tests.daemon.house import House, refusal, succeeded
from tests.engine.test_plugins import install
from tests.plugins_loading.samplers import sampler, with_parameter

#: The worker with a folder of installed packages on its path, on every platform.
_START = (
    "import runpy, sys; sys.path.insert(0, sys.argv.pop(1)); runpy.run_module('sfumato.worker', run_name='__main__')"
)
PATIENCE_S = 120.0
RECIPE = {"width_px": 64, "height_px": 64, "seed": 5, "steps": 3}


class Workshop:
    """A daemon with a folder of one-file plugins and a site of installed ones, both of which tests write to."""

    def __init__(self, root):
        self.files, self.site, self.house = root / "files", root / "site", House(root)
        self.files.mkdir()
        self.site.mkdir()
        worker = shlex.join((sys.executable, "-P", "-c", _START, str(self.site)))
        self.front = self.house.start("--plugins-dir", str(self.files), "--worker-command", worker)

    def write(self, name, source):
        (self.files / f"{name}.py").write_text(source, encoding="utf-8")

    def drawn(self, **recipe):
        """sha256 of the one picture of a recipe."""
        job, _ = self.front.finished(self.front.create("sand", **RECIPE | recipe).id)
        assert succeeded(job), job.error.message
        (artifact,) = job.artifacts
        return artifact.sha256

    def plugins(self):
        """Every plugin by name, after the worker has looked again."""
        answer = self.front.catalog.ReloadPlugins(catalog_pb2.ReloadPluginsRequest())
        return {card.name: card for card in map(wire.plugin_from_message, answer.plugins)}

    def catalogue(self):
        answer = self.front.catalog.ListContributions(catalog_pb2.ListContributionsRequest())
        return Catalogue(contributions=tuple(map(wire.contribution_from_message, answer.contributions)))

    def command(self, *words):
        """What `sfumato plugins WORDS` prints beside the daemon."""
        return self.run("plugins", *words).stdout

    def run(self, *words):
        """`sfumato WORDS` beside the daemon."""
        own = {"SFUMATO_DATA_DIR": str(self.house.data), "SFUMATO_RUNTIME_DIR": str(self.house.runtime)}
        own |= {"PYTHONPATH": str(self.site)}
        command = [SFUMATO, *words]
        return subprocess.run(command, env=houses._ENVIRONMENT | own, capture_output=True, text=True, check=True)


@pytest.fixture(scope="module")
def workshop(tmp_path_factory):
    workshop = Workshop(tmp_path_factory.mktemp("workshop"))
    with workshop.front:
        yield workshop


def of(name, **params):
    return {"sampler": {"id": name, "params": params}}


def test_the_next_job_uses_an_edit_and_a_running_one_keeps_what_it_began_with(workshop):
    old = sampler("swirl.one", head="__version__ = '1'", shift="0.0")
    new = sampler("swirl.one", head="__version__ = '2'", shift="0.5")
    workshop.write("swirl", old)
    long = of("swirl.one") | {"steps": 40}
    undisturbed = workshop.drawn(**long)

    running = workshop.front.create("sand", **RECIPE | long)
    workshop.front.wait_for(running.id, "step")
    workshop.write("swirl", new)
    after = workshop.drawn(**long)
    job, _ = workshop.front.finished(running.id)

    assert [artifact.sha256 for artifact in job.artifacts] == [undisturbed]
    assert after != undisturbed
    assert workshop.plugins()["swirl"].version == "2"


def test_a_new_file_and_a_new_parameter_are_there_for_the_next_request(workshop):
    workshop.write("fresh", sampler("fresh.one"))
    plain = workshop.drawn(**of("fresh.one"))
    workshop.write("fresh", sampler("fresh.one", body=with_parameter("push"), shift="self.params.push"))

    assert workshop.drawn(**of("fresh.one", push=0.5)) != plain
    assert workshop.drawn(**of("fresh.one")) == plain


def test_an_edit_is_shown_without_any_job(workshop):
    workshop.write("shown", sampler("shown.one", label="Before"))
    workshop.plugins()
    workshop.write("shown", sampler("shown.one", label="After"))

    deadline = time.monotonic() + PATIENCE_S
    while workshop.catalogue().contribution("sampler", "shown.one").label != "After":
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_renamed_parameter_is_taken_under_its_old_name_and_told(workshop):
    workshop.write("named", sampler("named.one", body=with_parameter("churn"), shift="self.params.churn"))
    before = workshop.drawn(**of("named.one", churn=0.25))
    renamed = with_parameter("push", renamed_from="churn")
    workshop.write("named", sampler("named.one", body=renamed, shift="self.params.push"))
    workshop.plugins()

    request = jobs_pb2.CreateJobRequest(
        request_id=str(uuid.uuid4()),
        recipe=wire.request_to_message({"prompt": "sand", **RECIPE, **of("named.one", churn=0.25)}),
    )
    answer = workshop.front.jobs.CreateJob(request)
    job, _ = workshop.front.finished(answer.job.id)

    (told,) = answer.adjustments
    assert told.field == "sampler.params.churn"
    assert told.description == "named.one calls it 'push' now, and got its value under that name"
    assert wire.recipe_from_message(job.recipe).sampler.params == {"push": 0.25}
    assert succeeded(job)
    # The same picture, but for the recipe inside.
    assert workshop.drawn(**of("named.one", push=0.25)) == job.artifacts[0].sha256 != before


def test_a_broken_edit_is_named_costs_nobody_else_and_can_be_mended(workshop):
    workshop.write("torn", sampler("torn.one"))
    workshop.drawn(**of("torn.one"))
    workshop.write("torn", "def (")
    with refusal() as refused:
        while True:  # the request may come before the watch has seen the edit, but the job's order sees it
            job, _ = workshop.front.finished(workshop.front.create("sand", **RECIPE | of("torn.one")).id)
            assert not succeeded(job)
    assert refused.fields == ["sampler.id"]
    card = workshop.plugins()["torn"]
    assert card.state == "broken"
    assert "SyntaxError" in card.error
    assert "torn.py, line 1" in card.error
    workshop.drawn()

    workshop.write("torn", sampler("torn.one"))
    assert workshop.drawn(**of("torn.one"))


def test_a_distribution_that_is_installed_meanwhile_is_found(workshop):
    install(workshop.site, "late", sampler("late.one"))

    assert workshop.drawn(**of("late.one"))
    assert workshop.plugins()["late"].state == "working"


def test_disabling_takes_effect_from_the_next_job_on(workshop):
    workshop.write("switched", sampler("switched.one"))
    workshop.drawn(**of("switched.one"))

    assert workshop.command("disable", "switched") == "switched is disabled, from the next job on\n"
    with refusal() as refused:
        workshop.front.create("sand", **RECIPE | of("switched.one"))
    assert refused.fields == ["sampler.id"]
    assert workshop.command("enable", "switched") == "switched is working, from the next job on\n"
    assert workshop.drawn(**of("switched.one"))


def test_reload_prints_what_it_found(workshop):
    workshop.write("printed", "import a_library_that_is_not_there")
    told = workshop.command("reload")

    assert "printed file  broken\n" in told
    assert "pip install a_library_that_is_not_there" in told


def test_the_catalogue_is_shown_without_what_is_broken_and_points_to_the_doctor(workshop):
    workshop.write("wrong", "import nowhere_to_be_found")
    workshop.plugins()
    told = workshop.run("catalog", "sampler")
    (workshop.files / "wrong.py").unlink()

    assert "sfumato.euler" in told.stdout
    assert told.stderr.startswith("without ")
    assert "wrong: `sfumato plugins doctor` says" in told.stderr
    assert "error" not in told.stderr


def test_a_folder_that_is_not_there_is_refused_at_the_start(tmp_path):
    process = House(tmp_path).start_anyway("--plugins-dir", str(tmp_path / "gone"))
    said, _ = process.communicate(timeout=60)

    assert process.returncode == 2
    assert f"no folder {tmp_path / 'gone'} for plugins; make it, or correct --plugins-dir" in said
