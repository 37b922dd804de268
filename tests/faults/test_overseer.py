"""The black box and who reads it: what runs, who hangs, who eats the memory, and whom a death is laid to."""

import os
import signal

import pytest

from sfumato import black_box
from sfumato.black_box import BlackBox, Hook, encoded
from sfumato.daemon import overseer as overseeing
from sfumato.daemon.death import concluded
from sfumato.daemon.overseer import Limits, Overseer
from sfumato.daemon.patience import Patience
from sfumato.daemon.strikes import Strikes
from sfumato.daemon.worker_log import WorkerLog

STEP = Hook(job="j1", kind="sampler", contribution="acme.it", plugin="acme", version="1.2", hook="step")
PROCESS = Hook(job="j2", kind="post-processor", contribution="zeta.it", plugin="zeta", version="3", hook="process")
OURS = Hook(job="j1", kind="family", contribution="sfumato.sd", plugin="sfumato", version="1", hook="evaluate")


class Desk:
    """A box, its overseer, and the hands of the clock and of the memory."""

    def __init__(self, path, monkeypatch):
        self.now_s, self.bytes = 0.0, 2**30
        self.overseer = Overseer(path, Limits(memory_bytes=2**28), clock=lambda: self.now_s)
        self.overseer.begin()
        self.box = BlackBox(path)
        monkeypatch.setattr(overseeing, "_resident_bytes", lambda pid: self.bytes)

    def look(self, median_step_s=0.0):
        return self.overseer.look(os.getpid(), median_step_s)

    def look_for(self, elapsed_s, median_step_s=0.0):
        """Look once a second; all that was found."""
        found = []
        for _ in range(int(elapsed_s)):
            self.now_s += 1
            found += self.look(median_step_s)
        return found


@pytest.fixture
def desk(tmp_path, monkeypatch):
    return Desk(tmp_path / "box", monkeypatch)


def test_the_box_tells_the_innermost_hook_and_its_step(desk):
    lane = desk.box.engine
    lane.enter(encoded(OURS), None)
    lane.enter(encoded(STEP), 3)
    (running,) = desk.overseer.running
    assert (running.hook, running.step_index, running.is_foreign) == (STEP, 3, True)
    lane.leave()
    assert [each.hook for each in desk.overseer.running] == [OURS]
    lane.leave()
    assert desk.overseer.running == ()


def test_hooks_may_nest_deeper_than_the_box(desk):
    for step_index in range(9):
        desk.box.engine.enter(encoded(STEP), step_index)
    assert desk.overseer.running[0].step_index == 3
    for _ in range(9):
        desk.box.engine.leave()
    assert desk.overseer.running == ()


def test_every_errand_has_a_lane_as_long_as_there_are_any(desk):
    held = [desk.box.errand() for _ in range(40)]
    for each in held:
        each.__enter__().enter(encoded(PROCESS), None)
    assert len(desk.overseer.running) == 32
    for each in held:
        each.__exit__(None, None, None)
    assert desk.overseer.running == ()


def test_a_long_name_is_cut(desk):
    long = Hook(job="j", kind="sampler", contribution="c" * 9000, plugin="ü" * 9000, version="1" * 99, hook="step")
    desk.box.engine.enter(encoded(long), None)
    assert desk.overseer.running[0].hook.plugin == "ü" * 120


def test_a_hook_that_runs_too_long_hangs_once(desk):
    desk.box.engine.enter(encoded(STEP), 5)
    assert desk.look() == []
    assert desk.look_for(30) == []
    (verdict,) = desk.look_for(30)
    assert (verdict.running.hook, verdict.is_deadly) == (STEP, True)
    assert "no sign of life for 30 s" in verdict.said


def test_patience_grows_with_the_steps_that_were_measured(desk):
    desk.box.engine.enter(encoded(STEP), 5)
    assert desk.look(5.0) == []
    assert desk.look_for(100, median_step_s=5.0) == []
    assert len(desk.look_for(1, median_step_s=5.0)) == 1


def test_an_import_may_take_four_times_as_long(desk):
    desk.box.engine.enter(encoded(Hook(plugin="acme", version="1.2", hook="import")), None)
    assert desk.look() == []
    assert desk.look_for(120) == []
    assert len(desk.look_for(1)) == 1


def test_the_next_hook_starts_the_clock_anew(desk):
    for turn in range(10):
        desk.box.engine.enter(encoded(STEP), turn)
        assert desk.look_for(20) == []
        desk.box.engine.leave()


def test_while_the_machine_sleeps_nobody_hangs(desk):
    desk.box.engine.enter(encoded(STEP), 5)
    assert desk.look_for(20) == []
    desk.now_s += 3600
    assert desk.look() == []
    assert desk.look_for(10) == []
    assert len(desk.look_for(2)) == 1


def test_our_own_hooks_are_judged_by_nobody(desk):
    desk.box.engine.enter(encoded(OURS), 5)
    desk.look()
    desk.bytes = 2**40
    assert desk.look_for(1000) == []


def test_an_errand_has_more_time_shows_life_and_rests_while_the_engine_works(desk):
    with desk.box.errand() as lane:
        lane.enter(encoded(PROCESS), None)
        for _ in range(4):
            lane.alive()
            assert desk.look_for(500) == []
        with lane.resting():
            assert desk.look_for(700) == []
        assert desk.look_for(600) == []
        (verdict,) = desk.look_for(2)
        assert (verdict.running.hook, verdict.is_deadly, desk.overseer.abandoned) == (PROCESS, False, 1)
    assert desk.look() == []
    assert desk.overseer.abandoned == 0


def test_growth_is_counted_from_before_the_hook_began(desk):
    desk.look()
    desk.box.engine.enter(encoded(STEP), 5)
    desk.bytes += 2**28
    assert desk.look() == []
    desk.bytes += 1
    (verdict,) = desk.look()
    assert "took 256 MiB of memory, at most 256 MiB are its own" in verdict.said
    assert verdict.is_deadly


def running(*hooks):
    return [black_box.Running(lane=lane, number=1, step_index=2, hook=hook) for lane, hook in enumerate(hooks)]


@pytest.mark.parametrize(
    ("exit_code", "hooks", "ate_memory", "guilty"),
    [
        (0, [STEP], False, "acme"),
        (9, [STEP], False, "acme"),
        (-signal.SIGSEGV, [STEP], False, "acme"),
        (-signal.SIGKILL, [STEP], False, None),
        (-signal.SIGKILL, [STEP], True, "acme"),
        (-signal.SIGTERM, [STEP], False, None),
        (-signal.SIGSEGV, [], False, None),
        (-signal.SIGSEGV, [OURS], False, None),
        (-signal.SIGSEGV, [OURS, PROCESS], False, None),
        (-signal.SIGSEGV, [STEP, PROCESS], False, None),
    ],
)
def test_a_death_is_laid_to_a_plugin_only_beyond_doubt(exit_code, hooks, ate_memory, guilty):
    death = concluded("it died", exit_code, None, running(*hooks), ate_memory=ate_memory)

    assert (death.fault.hook.plugin if death.fault else None) == guilty
    if death.fault:
        assert death.fault.error.metadata["step"] == "2"
        assert "it died" in death.fault.error.message


def test_strikes_are_forgotten_after_a_while(tmp_path):
    now_s = [0.0]
    strikes = Strikes(tmp_path, clock=lambda: now_s[0])
    fault = concluded("it died", 0, None, running(STEP), ate_memory=False).fault
    for time_s in (0, 1, 700):
        now_s[0] = float(time_s)
        assert not strikes.count(fault)
    assert not strikes.count(fault)
    assert strikes.count(fault)


def test_the_log_remembers_what_was_fatal_and_drops_what_is_too_much(tmp_path):
    now_s = [0.0]
    log = WorkerLog(tmp_path / "log", clock=lambda: now_s[0])
    reading, writing = os.pipe()
    with os.fdopen(writing, "wb") as stream:
        stream.write(b"Fatal Python error: Segmentation fault\n\n" + b'  File "a.py", line 1 in step\n' * 99)
    log.follow(os.fdopen(reading, "rb"))
    assert log.last_line == "Fatal Python error: Segmentation fault"

    flood = tmp_path / "flood"
    flood.write_bytes((b"x" * 99 + b"\r") * 2**17)
    log.follow(flood.open("rb"))
    log.close()
    size_bytes = (tmp_path / "log").stat().st_size
    assert 2**17 < size_bytes < 2**20
    assert "bytes more were printed than are kept" in (tmp_path / "log").read_text()


def test_last_words_that_are_no_text_come_to_no_terminal(tmp_path):
    printed = tmp_path / "printed"
    printed.write_bytes(b"\x1b[31m\x00\x07" + b"z" * 3000)
    log = WorkerLog(tmp_path / "log")
    log.follow(printed.open("rb"))
    log.close()

    assert log.last_line == "?[31m??" + "z" * 293


def test_on_a_slow_disk_no_more_is_kept_and_nobody_waits_for_it(tmp_path, monkeypatch):
    now_s, written = [0.0], []
    log = WorkerLog(tmp_path / "log", clock=lambda: now_s[0])

    def write(record):
        now_s[0] += 0.001
        written.append(record.getMessage())

    monkeypatch.setattr(log._handler, "handle", write)
    flood = tmp_path / "flood"
    flood.write_bytes((b"x" * 99 + b"\n") * 2**15)
    log.follow(flood.open("rb"))
    log.close()

    assert 0 < sum(map(len, written)) < 2**18
    assert "bytes more were printed than are kept" in written[-1]


def test_one_slow_step_does_not_change_what_a_step_takes():
    now_s = [0.0]
    patience = Patience(10.0, clock=lambda: now_s[0])
    assert patience.median_step_s == 0
    for elapsed_s in (0.0, 1.0, 100.0, 2.0, 2.0):
        now_s[0] += elapsed_s
        patience.saw("step")
    assert patience.median_step_s == 2.0
