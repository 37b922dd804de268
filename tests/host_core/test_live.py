"""Painting live: nothing while nothing changes, the newest first, nothing stale."""

import pytest

from host_adapters.core import live
from host_adapters.core.catalogue import Catalogue
from host_adapters.core.frames import Frame
from host_adapters.core.live import LivePainter
from host_adapters.core.workspace import Workspace
from tests.host_core.fake_host import FakeHost
from tests.host_core.scripted import GROUND, Clock


class Easel:
    """A painter, a canvas of one colour, a clock that is set."""

    def __init__(self):
        self.host, self.clock, self.sent = FakeHost(), Clock(), []
        self.painting = self.host.create()
        self.painter = LivePainter(self.host, lambda header, chunks: self.sent.append(header) or True, self.clock)
        self.workspace = Workspace(mode="live", prompt="moss")
        self.painter.start()

    def paint(self, value):
        self.painting.layers[0].data = bytes((value, 0, 0, 255)) * (64 * 64)

    def tick(self, later_s=0.0):
        self.clock.now_s += later_s
        return self.painter.tick(self.workspace, Catalogue({"models": [GROUND]}))

    def frames(self):
        return [header["frame"] for header in self.sent if header["op"] == "live_frame"]

    def answer(self, frame, step=1, final=False, value=1):
        size = {"width_px": 2, "height_px": 2, "format": "rgba8"}
        header = {
            "op": "live_result",
            "ticket": self.sent[0]["ticket"],
            "frame": frame,
            "final": final,
            "picture": size,
        }
        return self.painter.take(Frame({**header, "step_index": step, "step_count": 4}, bytes([value]) * 16))


@pytest.fixture
def easel():
    return Easel()


def test_the_first_tick_opens_and_sends_the_canvas_at_once(easel):
    assert easel.tick()

    assert [header["op"] for header in easel.sent] == ["live_open", "live_frame"]
    assert easel.sent[1]["recipe"]["init"] == "@init"


def test_variations_that_are_set_for_jobs_do_not_keep_anybody_from_painting_live(easel):
    easel.workspace.count = 4
    easel.tick()

    assert [header["recipe"].get("count", 1) for header in easel.sent] == [1, 1]
    assert easel.workspace.count == 4


def test_another_document_is_painted_live_too_whatever_its_mode_for_jobs(easel):
    easel.tick()
    easel.answer(1, final=True)
    easel.host.create("two", width_px=32, height_px=32)
    easel.workspace = Workspace(mode="generate", strengths={"generate": 1.0, "live": 0.3})
    easel.tick()
    assert easel.tick(1.0)

    sent = easel.sent[-1]
    assert (sent["frame"], sent["recipe"]["init"], sent["recipe"]["strength"]) == (2, "@init", 0.3)
    assert easel.workspace.mode == "generate"


def test_nothing_is_sent_while_nothing_changes(easel):
    easel.tick()
    easel.answer(1, final=True)

    assert not any(easel.tick(1.0) for _ in range(20))
    assert not easel.painter.working


def test_a_change_waits_until_the_stroke_rests(easel):
    easel.tick()
    easel.answer(1)
    easel.paint(10)
    assert not easel.tick(1.0)
    easel.paint(20)
    assert not easel.tick(live.GRACE_S / 2)
    assert not easel.tick(live.GRACE_S / 2)
    assert easel.tick(live.GRACE_S)
    assert easel.frames() == [1, 2]


def test_a_stroke_without_rest_is_sent_nevertheless(easel):
    easel.tick()
    easel.answer(1)
    elapsed_s, sent = 0.0, False
    for value in range(100):
        easel.paint(value)
        elapsed_s += 0.05
        sent = easel.tick(0.05)
        if sent:
            break

    assert sent
    assert elapsed_s <= live.LONGEST_GRACE_S + 0.1


def test_the_next_frame_waits_until_the_last_one_is_taken_up(easel):
    easel.tick()
    easel.paint(10)
    easel.tick(1.0)
    assert not easel.tick(1.0)

    easel.answer(1)
    assert easel.tick(live.GRACE_S)


def test_a_frame_without_any_answer_does_not_stop_it_for_ever(easel):
    easel.tick()
    easel.paint(10)
    easel.tick(1.0)

    assert easel.tick(live.PATIENCE_S)


def test_painting_back_to_what_was_sent_sends_nothing(easel):
    easel.paint(5)
    easel.tick()
    easel.answer(1)
    easel.paint(10)
    assert not easel.tick(1.0)
    easel.paint(5)

    assert not any(easel.tick(1.0) for _ in range(3))


def test_another_prompt_is_a_change(easel):
    easel.tick()
    easel.answer(1)
    easel.workspace.prompt = "stone"
    easel.tick(1.0)

    assert easel.tick(live.GRACE_S)
    assert easel.sent[-1]["recipe"]["prompt"] == "stone"


def test_nothing_older_is_shown_after_something_newer(easel):
    easel.tick()
    easel.answer(1)
    easel.paint(10)
    easel.tick(1.0)
    easel.tick(1.0)

    assert easel.answer(1, step=2).frame == 1
    assert easel.answer(2, step=1).frame == 2
    assert easel.answer(1, step=3) is None
    assert easel.answer(1, final=True) is None
    assert easel.answer(2, final=True).final
    assert easel.answer(2, step=2) is None


def test_results_of_another_painting_are_not_shown(easel):
    easel.tick()
    easel.painter.stop()

    assert easel.answer(1) is None
    assert easel.sent[-1]["op"] == "live_close"


def test_a_canvas_that_is_too_large_pauses_with_words(easel):
    easel.painting = easel.host.create("big", width_px=4096, height_px=2048)
    easel.host.capture = lambda *_: pytest.fail("captured")

    assert not easel.tick()
    assert "select" in easel.painter.paused


def test_a_result_belongs_to_the_document_that_was_painted(easel):
    easel.tick()
    easel.host.create("two")

    assert easel.answer(1).document.key == "one"


def test_what_closes_it_is_told(easel):
    easel.tick()
    error = {"code": "INVALID_RECIPE", "message": "no such model", "fields": []}
    easel.painter.take(Frame({"op": "live_closed", "ticket": easel.sent[0]["ticket"], "error": error}))

    assert not easel.painter.on
    assert easel.painter.fault.message == "no such model"
