"""The core as an adapter uses it: a fake host, the real bridge, a real daemon with Ground."""

import statistics
import threading
import time

import pytest

from host_adapters.core.channel import Channel
from host_adapters.core.geometry import Bounds
from host_adapters.core.pending import Pending
from host_adapters.core.session import Session
from host_adapters.core.studio import Studio
from host_adapters.core.workspace import Chosen, Region, Workspace
from tests.bridge.spoken import COMMAND, PATIENCE_S
from tests.host_core.fake_host import FakeHost, FakeLayer


class Desk:
    """An adapter without windows: drains whenever it is woken."""

    def __init__(self, folder, host=None):
        self.host = host or FakeHost()
        self.woken = threading.Event()
        self.channels = []
        self.session = Session("fake", "1.0", lambda: COMMAND, self.woken.set, opener=self._opener)
        self.pending = Pending(folder)
        self.changes = set()
        self.studio = Studio(self.host, self.session, self.changes.update, self.pending)

    def _opener(self, command, environment, wake):
        self.channels.append(Channel(command, environment, wake))
        return self.channels[-1]

    def until(self, true, ticking=False):
        deadline = time.monotonic() + PATIENCE_S
        while not true():
            assert time.monotonic() < deadline, (self.session.state, self.studio.notice, self.studio.queue())
            self.woken.wait(0.05)
            self.woken.clear()
            self.studio.drain()
            if ticking:
                self.studio.tick()
        return true()

    def ended(self, ticket):
        return self.until(lambda: not self.studio.jobs.get(ticket).open) and self.studio.jobs.get(ticket)

    def close(self):
        self.studio.stop()
        for channel in self.channels:
            assert channel.wait(PATIENCE_S), "a bridge did not end with its stdin"


@pytest.fixture
def desk(home, monkeypatch, tmp_path):
    for name, value in home.environment.items():
        monkeypatch.setenv(name, value)
    desk = Desk(tmp_path / "user")
    desk.studio.start()
    yield desk
    desk.close()


def quick(mode, **more):
    return Workspace(mode=mode, prompt="moss", steps=2, seed=3, keep_seed=True, native_size=False, **more)


def test_generate_makes_a_layer_in_one_undo_step_and_touches_no_other(desk):
    picture = desk.host.create(width_px=70, height_px=66)
    before = picture.layers[0].data

    workspace = quick("generate")
    workspace.steps = 40  # so many that there is something to be told on the way
    job = desk.ended(desk.studio.submit(workspace))
    result = job.results[0]
    assert desk.host.shown == result.picture
    desk.studio.apply(result)

    assert job.state == "succeeded", job.fault
    assert [layer.bounds for layer in picture.layers] == [(0, 0, 70, 66)] * 2
    assert picture.layers[0].data == before
    assert picture.layers[1].data != before
    assert picture.undo_steps == 1
    assert desk.host.shown is None
    assert any(share and 0 < share < 1 for _, share in desk.host.told)


def test_a_fill_covers_the_grown_and_feathered_selection_and_nothing_else(desk):
    picture = desk.host.create(width_px=128, height_px=96)
    desk.host.select(40, 30, 30, 20)

    workspace = quick("fill")
    workspace.edge = workspace.edge._replace(grow_px=3, feather_px=5, feather_share=0.0)
    result = desk.ended(desk.studio.submit(workspace)).results[0]
    desk.studio.apply(result)

    alpha = {}
    layer = picture.layers[1]
    for index, value in enumerate(layer.data[3::4]):
        x, y = index % layer.bounds.width_px + layer.bounds.x, index // layer.bounds.width_px + layer.bounds.y
        far = max(40 - x, x - 69, 0) ** 2 + max(30 - y, y - 49, 0) ** 2
        alpha.setdefault(far > 8**2 * 2, set()).add(value)
        if far == 0 and 45 <= x < 65 and 35 <= y < 45:
            assert value == 255
    assert alpha[True] == {0}
    assert len(alpha[False]) > 4


def test_two_jobs_and_a_cancel_of_one(desk):
    desk.host.create()
    long = desk.studio.submit(Workspace(prompt="stone", steps=900, native_size=False))
    short = desk.studio.submit(quick("generate"))
    desk.until(lambda: desk.studio.jobs.get(long).state == "running")

    desk.studio.cancel(long)

    assert desk.ended(long).state == "cancelled"
    assert desk.ended(short).state == "succeeded"
    assert desk.studio.queue() == []


def test_a_post_processor_works_on_the_active_layer_and_keeps_what_it_enlarges(desk):
    desk.host.create(width_px=50, height_px=41)
    desk.until(lambda: desk.session.catalogue.contributions)
    workspace = Workspace(mode="process", post_processors=[Chosen("upscale.enlarge", {"factor": 3.0})])

    job = desk.ended(desk.studio.submit(workspace))

    assert job.state == "succeeded", job.fault
    assert job.results[0].picture[:3] == (150, 123, "rgba8")
    assert job.results[0].place == (0, 0, 150, 123)


def test_every_parameter_of_the_real_catalogue_has_a_widget(desk):
    desk.until(lambda: desk.session.catalogue.contributions)
    widgets = [widget for each in desk.session.catalogue.contributions for widget in each.form.widgets]

    assert len(widgets) > 40
    assert [widget for widget in widgets if widget.kind == "display"] == []
    assert all(widget.cleaned(widget.default) == widget.default for widget in widgets)
    assert all(widget.label for widget in widgets)
    ground = desk.session.catalogue.model("ground")
    assert desk.session.catalogue.contribution(ground.defaults["sampler"], "sampler")


def test_the_forms_show_what_the_model_draws_with_and_the_artist_may_leave_it(desk):
    desk.host.create(width_px=64, height_px=64)
    desk.until(lambda: desk.session.catalogue.contributions)
    catalogue = desk.session.catalogue
    ground = catalogue.model("ground")
    usual = catalogue.contribution("sfumato.cfg", "guider").form.values({})["scale"]
    shown = catalogue.selected("guider", "", ground).form.values({})["scale"]

    def drawn_with(guider):
        job = desk.ended(desk.studio.submit(Workspace(prompt="moss", steps=2, guider=guider)))
        return job.results[0].recipe["guider"]["params"]["scale"]

    assert shown != usual
    assert catalogue.selected("guider", "sfumato.cfg", ground).form.values({})["scale"] == shown
    assert catalogue.selected("guider", "sfumato.cfg", None).form.values({})["scale"] == usual
    assert drawn_with(Chosen()) == drawn_with(Chosen("sfumato.cfg")) == shown
    assert drawn_with(Chosen("", {"scale": usual})) == usual
    assert drawn_with(Chosen("sfumato.cfg", {"scale": usual})) == usual


def test_results_wait_in_the_history_and_their_pixels_come_back_from_the_daemon(desk):
    picture = desk.host.create(width_px=64, height_px=72)
    desk.host.select(10, 10, 30, 30)
    drawn = desk.ended(desk.studio.submit(quick("fill"))).results[0].picture
    desk.host.close("one")
    desk.studio.close(picture.document)

    desk.host.open["one"] = desk.host.current = picture
    desk.studio.attend(picture.document)
    [entry] = desk.studio.history.entries
    again = desk.studio.reopen(entry)
    desk.studio.show(again)
    desk.until(lambda: again.picture is not None)

    assert desk.studio.history.prompts == ["moss"]
    assert again.picture[:3] == drawn[:3]
    alphas = (again.picture.data[3::4], drawn.data[3::4])
    assert max(abs(one - other) for one, other in zip(*alphas, strict=True)) <= 16  # the mask is kept as 8 bits
    assert [one == 0 for one in alphas[0]] == [other == 0 for other in alphas[1]]


def test_a_bridge_that_is_killed_is_followed_by_one_that_takes_up_the_job(desk):
    desk.host.create()
    ticket = desk.studio.submit(Workspace(prompt="bricks", steps=150, seed=1, keep_seed=True, native_size=False))
    desk.until(lambda: desk.studio.jobs.get(ticket).state == "running")

    desk.channels[0]._process.kill()
    desk.until(lambda: desk.session.state.name == "crashed")
    assert desk.session.state.button

    assert desk.ended(ticket).state == "succeeded"
    assert len(desk.studio.jobs.get(ticket).results) == 1
    assert len(desk.channels) == 2


def test_a_program_that_was_killed_finds_its_job_when_it_comes_back(desk, tmp_path):
    picture = desk.host.create()
    ticket = desk.studio.submit(quick("generate"))
    desk.until(lambda: desk.studio.jobs.get(ticket).id)
    desk.channels[0]._process.kill()
    desk.pending._lock.close()  # what the system does with the files of a process that is gone

    back = Desk(tmp_path / "user")
    picture.kept.clear()  # it was never saved
    back.host.open["other"] = back.host.current = picture
    try:
        back.studio.start()
        back.studio.attend(picture.document)
        assert back.ended(ticket).state == "succeeded"
        assert back.studio.results[0].picture.width_px == 64
        assert back.studio.orphans == []
    finally:
        back.close()


def test_painting_live_shows_what_is_painted_and_rests_when_nothing_changes(desk):
    picture = desk.host.create()
    desk.until(lambda: desk.session.catalogue.contributions)  # a new one changes what is asked for
    desk.studio.use(quick("live"))
    desk.studio.start_live()
    desk.until(lambda: desk.studio.live.result and desk.studio.live.result.final, ticking=True)
    first, sent = desk.studio.live.result.picture, desk.studio.live._frame

    for _ in range(5):
        assert not desk.studio.tick()
    picture.layers[0].data = bytes((250, 20, 20, 255)) * (64 * 64)
    desk.until(lambda: desk.studio.live.result.frame > sent and desk.studio.live.result.final, ticking=True)

    assert desk.studio.live.result.picture != first
    assert desk.host.shown == desk.studio.live.result.picture
    desk.studio.apply_live()
    assert picture.undo_steps == 1
    desk.studio.stop_live()
    assert desk.host.shown is None


def test_a_region_is_drawn_by_its_own_prompt_where_its_layer_has_paint(desk):
    picture = desk.host.create(width_px=128, height_px=64)
    bounds = Bounds(64, 0, 64, 64)
    picture.layers.append(FakeLayer("grass", "Grass", bounds, bytes((0, 0, 0, 255)) * 64 * 64))
    workspace = Workspace(prompt="grey cobblestone", steps=6, seed=3, keep_seed=True, native_size=False)
    without = desk.ended(desk.studio.submit(workspace)).results[0].picture.data

    workspace.regions = [Region(layer="grass", prompt="green grass")]
    job = desk.ended(desk.studio.submit(workspace))
    made = job.results[0].picture.data

    def motley(data, left):
        """How much the colour varies in the half that begins at `left`: grass does, stone does not."""
        pixels = [data[4 * (128 * y + x) :][:3] for y in range(64) for x in range(left, left + 64)]
        return statistics.stdev(green - red for red, green, _ in pixels)

    assert job.state == "succeeded", job.fault
    assert motley(made, 64) > 2 * motley(made, 0)
    assert motley(made, 64) > 2 * motley(without, 64)
