"""Processes that are killed and daemons that do not fit, in the real GIMP: each is said, and the image stays whole."""

import pytest

from tests.bridge.test_versions import OldDaemon, served
from tests.hosts.gimp.gimp_program import INSIDE


@pytest.fixture(scope="module")
def found(gimp):
    with served(OldDaemon()) as old_daemon:
        settings = {"python": gimp.python, "meddler": str(INSIDE / "meddle.py"), "old_daemon": old_daemon}
        return gimp.run("fault_checks.py", window=True, **settings)


def test_a_daemon_that_is_killed_in_a_job_is_said_and_the_job_goes_on(found):
    killed = found["daemon_killed_in_a_job"]
    words, button, visible = killed["told"]

    assert "No connection" in words
    assert (button, visible) == ("Try again now", True)
    assert killed["state"] == ["succeeded", "ready", False]
    assert (killed["results"], killed["untouched"]) == (1, True)


def test_painting_live_says_what_holds_it_up_and_comes_back(found):
    killed = found["daemon_killed_while_painting_live"]
    words, visible, on = killed["told"]

    assert words == "Paused: Sfumato is being reached again."
    assert (visible, on) == (True, True)
    assert killed["untouched"]
    assert killed["after"] == [True, "", ""]


def test_a_procedure_that_is_killed_takes_its_job_along_and_no_other(found):
    killed = found["procedure_killed"]

    assert killed["status"] != "success"
    assert killed["job"] == ["cancelled"]
    assert killed["window's"] in ("queued", "running")
    assert killed["untouched"]


def test_a_procedure_outlives_its_daemon(found):
    assert found["daemon_killed_under_a_procedure"] == {
        "status": "success",
        "layers": 1,
        "error": "success",
        "killed": True,
    }


@pytest.mark.parametrize(
    ("fault", "state", "title", "remedy"),
    [
        ("no daemon", "unavailable", "No connection", "Nothing answers at 127.0.0.1:9."),
        ("old daemon", "incompatible", "Versions do not fit", "then run `sfumato stop`"),
        ("other protocol", "incompatible", "Versions do not fit", "Update Sfumato, then start the program again."),
    ],
)
def test_what_does_not_fit_is_said_with_what_to_do_and_leaves_the_image_alone(found, fault, state, title, remedy):
    named, titled, words, button, tried_again = found[f"window, {fault}"]
    told, untouched = found[f"procedure, {fault}"]

    assert (named, titled) == (state, title)
    assert remedy in words
    assert button.startswith("Try again")
    assert tried_again
    assert told.startswith(f"{title}: ")
    assert remedy in told
    assert untouched
