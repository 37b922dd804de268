"""A plugin that keeps killing the worker is set aside, says so, and comes back when the user wants it."""

import json

import pytest

from sfumato import plugin_states, wire
from sfumato.v1 import catalog_pb2, jobs_pb2
from tests.daemon.house import refusal, succeeded
from tests.faults import distributions

SMALL = {"width_px": 64, "height_px": 64, "steps": 4, "seed": 1}
STARES = """
import time
import sfumato.plugin as sf

@sf.hookimpl
def sfumato_step(occasion):
    if occasion.recipe.prompt == "stare":
        time.sleep(3600)
"""


@pytest.fixture(scope="module")
def front(start, folder):
    distributions.sampler(folder, "crashes", "import os\nos._exit(9)")
    distributions.module(folder, "sinks", "import os\nos._exit(7)")
    distributions.module(folder, "lurks", "import time\ntime.sleep(3600)")
    distributions.module(folder, "stares", STARES)
    with start() as front:
        yield front


def plugin(front, name):
    listed = front.catalog.ListContributions(catalog_pb2.ListContributionsRequest()).plugins
    return next(each for each in listed if each.name == name)


@pytest.mark.parametrize(
    ("name", "said"), [("sinks", "exit code 7"), ("lurks", "hung: it showed no sign of life for 16 s")]
)
def test_what_keeps_the_worker_from_starting_is_set_aside_at_once(front, name, said):
    assert succeeded(front.finished(front.create("a", **SMALL).id)[0])
    card = plugin(front, name)

    assert card.state == "set-aside"
    assert said in card.error
    assert f"plugin {name} 1.2, import(): " in card.error
    assert f"`sfumato plugins enable {name}`" in card.error


def test_what_kills_the_worker_three_times_is_set_aside_until_it_is_enabled(front, house):
    for _ in range(3):
        failed, _ = front.finished(front.create("a", sampler={"id": "crashes.sampler"}, **SMALL).id)
        assert failed.state == jobs_pb2.JOB_STATE_FAILED
        assert wire.error_of(failed.error).metadata["plugin"] == "crashes"
    assert succeeded(front.finished(front.create("a", **SMALL).id)[0])
    card = plugin(front, "crashes")

    assert card.state == "set-aside"
    assert "it killed the worker: 3 times in 600 s" in card.error
    assert "crashes" in json.loads((house.data / plugin_states.FILE_NAME).read_bytes())["set_aside"]
    with refusal() as refused:
        front.create("a", sampler={"id": "crashes.sampler"}, **SMALL)
    assert refused.fields == ["sampler.id"]
    plugin_states.enable(house.data, "crashes")
    assert succeeded(front.finished(front.create("a", **SMALL).id)[0])
    assert plugin(front, "crashes").state == "working"


def test_an_event_hook_that_hangs_is_set_aside_and_fails_no_job(front):
    done, events = front.finished(front.create("stare", **SMALL).id)
    interruptions = [event.interrupted.description for event in events if event.HasField("interrupted")]

    assert succeeded(done)
    assert done.crash_count == 0
    assert len(interruptions) == 3
    assert all("plugin stares 1.2, sfumato_step() at step 1: hung" in said for said in interruptions)
    assert plugin(front, "stares").state == "set-aside"
