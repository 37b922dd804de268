"""Whatever a plugin does to the process that tries it, there is a verdict, and the next case is tried."""

import json
import os
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import asdict, replace

import psutil
import pytest

from sfumato.errors import NotFound, PluginError
from sfumato.testing import Assignment, Case, Inspection
from tests.testing.twins import BROKEN

CASE = Case(check="sampler.is-finite", kind="sampler")
#: A warden that is told to go just as it has made its first cell, whose process id it writes down.
DISMISSED = """
import os, signal, sys
from pathlib import Path
from sfumato.testing import warden

fork = os.fork

def dismissed():
    if cell := fork():
        Path(sys.argv[1]).write_text(str(cell))
        os.kill(os.getpid(), signal.SIGTERM)
    return cell

os.fork = dismissed
warden.main()
"""


@pytest.fixture(scope="module")
def deadly():
    with Inspection(Assignment(plugin=str(BROKEN / "deadly.py"))) as inspection:
        yield inspection


@pytest.mark.parametrize(
    ("contribution", "outcome", "said"),
    [
        ("broken.leaving", "crashed", "ended the process with code 7"),
        ("broken.exiting", "crashed", "ended the process by SystemExit: 3"),
        ("broken.segfaulting", "crashed", "ended the process by SIGSEGV"),
        ("broken.raising", "failed", "raised LookupError: nowhere (at deadly.py:"),
    ],
)
def test_an_end_of_the_process_is_told(deadly, contribution, outcome, said):
    verdict = deadly.try_case(replace(CASE, contribution=contribution))

    assert verdict.outcome == outcome
    assert said in verdict.said
    assert verdict.bad


def test_one_that_hangs_is_ended(deadly):
    verdict = deadly.try_case(replace(CASE, contribution="broken.hanging", time_limit_s=2.0))

    assert (verdict.outcome, verdict.said) == ("crashed", "was not done after 2 s, and was ended")


def test_a_cell_does_not_outlive_an_inspection_that_is_broken_off():
    hanging = replace(CASE, contribution="broken.hanging", time_limit_s=600.0)
    inspection = Inspection(Assignment(plugin=str(BROKEN / "deadly.py"))).__enter__()
    trying = threading.Thread(target=_try_quietly, args=(inspection, hanging))
    trying.start()
    cell = _only_child(psutil.Process(inspection._warden.pid))
    inspection.__exit__(KeyboardInterrupt, KeyboardInterrupt(), None)

    trying.join(300)
    psutil.wait_procs([cell], timeout=300)
    assert not cell.is_running()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="cells are fresh processes here, which end with their pipes")
def test_a_warden_that_is_told_to_go_as_it_makes_a_cell_takes_it_along(tmp_path):
    hanging = replace(CASE, contribution="broken.hanging", time_limit_s=600.0)
    order = {"assignment": asdict(Assignment(plugin=str(BROKEN / "deadly.py"))), "case": asdict(hanging)}
    command = [sys.executable, "-c", DISMISSED, str(tmp_path / "cell")]
    subprocess.run(command, input=json.dumps(order).encode(), stdout=subprocess.DEVNULL, timeout=300)

    with suppress(psutil.NoSuchProcess):
        cell = psutil.Process(int((tmp_path / "cell").read_text()))
        _, left = psutil.wait_procs([cell], timeout=60)
        for each in left:
            each.kill()
        assert not left


def _try_quietly(inspection, case):
    with suppress(PluginError, ValueError):  # the warden has gone, or its pipe is closed already
        inspection.try_case(case)


def _only_child(process):
    until = time.monotonic() + 300
    while not (children := process.children()):
        assert time.monotonic() < until
        time.sleep(0.05)
    return children[0]


def test_what_a_plugin_prints_is_part_of_the_verdict(deadly):
    assert deadly.try_case(replace(CASE, contribution="broken.raising")).printed == "about to end"


def test_after_all_that_the_next_case_is_tried(deadly):
    verdict = deadly.try_case(Case(check="contribution.is-described", kind="sampler", contribution="broken.leaving"))

    assert verdict.outcome == "passed"


def test_a_plugin_that_ends_the_process_when_it_is_imported_is_found_out():
    with Inspection(Assignment(plugin=str(BROKEN / "deadly_import.py"))) as inspection:
        cases = inspection.cases()
        verdicts = [inspection.try_case(case) for case in cases]

    assert [(v.case.check, v.outcome, v.said) for v in verdicts] == [
        ("plugin.loads", "crashed", "ended the process with code 9")
    ]


def test_a_bare_check_that_ends_the_process_is_told_too():
    with Inspection(Assignment(plugin=str(BROKEN / "deadly_import.py"))) as inspection:
        verdict = inspection.try_case(Case(check="plugin.imports-nothing-heavy", bare=True))

    assert verdict.outcome == "crashed"
    assert "code 9" in verdict.said


@pytest.mark.parametrize(
    ("plugin", "said"),
    [
        ("no-such-distribution", "expected an installed distribution or a .py file"),
        ("nowhere/plugin.py", "there is no such file"),
        ("pytest", "has no entry points in the group `sfumato`"),
    ],
)
def test_what_is_no_plugin_is_told_at_once(plugin, said):
    with Inspection(Assignment(plugin=plugin)) as inspection, pytest.raises(NotFound, match=said):
        inspection.cases()
