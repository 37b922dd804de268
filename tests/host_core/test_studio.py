"""The controller, with a fake host and scripted channels: what is sent, where results go, what is kept."""

import pytest

from host_adapters.core.history import History
from host_adapters.core.pending import Pending
from host_adapters.core.studio import Studio
from host_adapters.core.workspace import Chosen, Region, Workspace
from tests.host_core.fake_host import FakeHost
from tests.host_core.scripted import GROUND, Line

NET = {
    "id": "c.net", "kind": "conditioner", "label": "Net",
    "parameters": [{"id": "image", "kind": "image", "default": "", "label": "Image"},
                   {"id": "strength", "kind": "float", "default": 1.0}],
}  # fmt: skip
REGIONS = {
    "id": "r.region", "kind": "conditioner",
    "parameters": [{"id": "where", "kind": "mask", "default": ""}, {"id": "what", "kind": "text", "default": ""}],
}  # fmt: skip
CATALOGUE = {"models": [GROUND], "contributions": [NET, REGIONS], "plugins": []}


class Room:
    """A studio at a scripted bridge that is ready."""

    def __init__(self, folder=None, host=None):
        self.line = Line()
        self.host = host or FakeHost()
        self.changes = []
        self.pending = Pending(folder) if folder else None
        self.studio = Studio(self.host, self.line.session, self.changes.append, self.pending, self.line.clock)
        self.line.ready(CATALOGUE)
        self.studio.drain()

    def say(self, op, body=b"", **fields):
        self.line.channel.say(op, body, **fields)
        self.studio.drain()

    def submitted(self):
        return self.line.channel.of("submit")[-1]

    def accept(self, ticket, **recipe):
        self.say("accepted", ticket=ticket, job="job-1", recipe={"seed": 5, "count": 1, **recipe}, adjustments=[])

    def image(self, ticket, value=200, index=0, layer="", layer_index=0):
        job = self.studio.jobs.get(ticket)
        size = {"width_px": job.bounds.width_px, "height_px": job.bounds.height_px, "format": "rgba8"}
        self.say(
            "image", bytes([value]) * (job.bounds.area_px * 4), ticket=ticket, event=9, image_index=index, layer=layer,
            layer_index=layer_index, seed=5 + index, sha256="a" * 64, picture=size,
        )  # fmt: skip

    def finish(self, ticket, state="succeeded", error=None):
        self.say("finished", ticket=ticket, event=10, state=state, error=error)

    def drawn(self, workspace=None):
        ticket = self.studio.submit(workspace)
        self.accept(ticket)
        self.image(ticket)
        self.finish(ticket)
        return self.studio.jobs.get(ticket).results[0]


@pytest.fixture
def enter():
    """Makes rooms that are left at the test's end."""
    rooms = []

    def enter(*arguments, **more):
        rooms.append(Room(*arguments, **more))
        return rooms[-1]

    yield enter
    for room in rooms:
        room.studio.stop()


@pytest.fixture
def room(enter, tmp_path):
    room = enter(tmp_path)
    room.host.create()
    return room


def test_generate_asks_for_the_canvas_at_a_size_the_model_likes(room):
    room.host.create("big", width_px=3000, height_px=1000)
    room.studio.submit(
        Workspace(prompt="moss", negative_prompt="snow", steps=4, seed=7, keep_seed=True, tile="xy", count=2)
    )

    sent = room.submitted()
    assert sent["recipe"] == {
        "prompt": "moss", "count": 2, "negative_prompt": "snow", "tile": "xy", "seed": 7, "steps": 4,
    }  # fmt: skip
    assert sent["pictures"] == []
    assert (sent["region"]["width_px"], sent["region"]["height_px"]) == (3000, 1000)
    assert sent["region"]["draw_width_px"] * sent["region"]["draw_height_px"] <= 1.02 * 1024 * 1024


def test_refine_sends_the_canvas_and_its_strength(room):
    room.studio.submit(Workspace(mode="refine", prompt="moss", strengths={"refine": 0.3}))

    sent = room.submitted()
    assert (sent["recipe"]["init"], sent["recipe"]["strength"]) == ("@init", 0.3)
    assert "mask" not in sent["recipe"]
    assert sent["pictures"] == [{"name": "init", "width_px": 64, "height_px": 64, "format": "rgba8"}]
    assert room.line.channel.sent[-1][1] == room.host.capture(*_canvas(room)).data


def _canvas(room):
    document = room.host.document()
    from host_adapters.core.geometry import Bounds

    return document, Bounds(0, 0, document.width_px, document.height_px)


def test_everything_selected_is_as_good_as_nothing_selected(room):
    room.host.select(0, 0, 64, 64)
    room.studio.submit(Workspace(mode="refine"))

    assert "mask" not in room.submitted()["recipe"]


@pytest.mark.parametrize("mode", ["fill", "expand", "remove", "replace"])
def test_work_inside_a_selection_sends_its_surroundings_and_its_coverage(room, mode):
    room.host.create("two", width_px=400, height_px=300)
    room.host.select(100, 120, 30, 20, value=128)
    room.studio.submit(Workspace(mode=mode, prompt="moss"))

    sent, body = room.line.channel.sent[-1]
    region, (init, mask) = sent["region"], sent["pictures"]
    assert (mask["format"], init["format"]) == ("gray8", "rgba8")
    assert (mask["width_px"], mask["height_px"]) == (region["width_px"], region["height_px"])
    coverage = body[init["width_px"] * init["height_px"] * 4 :]
    assert coverage.count(b"\x80") == 600
    assert coverage.count(b"\x00") == len(coverage) - 600
    assert (region["grow_px"], region["feather_px"]) == (4, 8)
    assert region.get("under_mask", "keep") == ("neighbours" if mode in ("expand", "remove") else "keep")


def test_outpainting_lets_the_bridge_find_what_is_transparent(room):
    room.studio.submit(Workspace(mode="outpaint", prompt="moss"))

    sent = room.submitted()
    assert sent["region"]["mask_of"] == "transparency"
    assert sent["recipe"]["init"] == "@init"


@pytest.mark.parametrize(
    ("workspace", "words"),
    [
        (Workspace(mode="fill"), "Select something first"),
        (Workspace(mode="process"), "at least one processor"),
        (Workspace(conditioners=[Chosen("c.net", {"image": {"layer": "gone"}})]), "not there any more"),
    ],
)
def test_what_cannot_be_asked_is_said_and_nothing_is_sent(room, workspace, words):
    assert room.studio.submit(workspace) is None
    assert words in room.studio.notice
    assert "notice" in set().union(*room.changes)
    assert room.line.channel.of("submit") == []


@pytest.mark.parametrize("ask", [Studio.submit, Studio.start_live])
def test_what_stood_in_the_way_is_forgotten_once_it_is_asked_anew(room, ask):
    room.studio.submit(Workspace(mode="fill"))
    assert "Select something" in room.studio.notice
    room.changes.clear()
    ask(room.studio)

    assert room.studio.notice == ""
    assert "notice" in set().union(*room.changes)


def test_without_a_document_it_says_so(room):
    room.host.close("one")

    assert room.studio.submit() is None
    assert "document" in room.studio.notice


def test_a_control_image_is_a_layer_within_what_is_drawn(room):
    layer = room.host.layers(room.host.document())[0]
    chain = [Chosen("c.net", {"image": {"layer": layer.key}, "strength": 0.5}), Chosen("c.net", on=False)]
    room.studio.submit(Workspace(conditioners=chain))

    sent = room.submitted()
    [row] = sent["recipe"]["conditioners"]
    assert row == {"id": "c.net", "params": {"image": "@" + sent["pictures"][0]["name"], "strength": 0.5}}


def test_prompts_bound_to_layers_go_to_the_conditioner_that_can_do_it(room):
    layer = room.host.layers(room.host.document())[0]
    room.studio.submit(Workspace(regions=[Region(layer.key, "a lake"), Region(layer.key, "off", on=False)]))

    sent = room.submitted()
    [picture] = sent["pictures"]
    assert sent["recipe"]["conditioners"] == [
        {"id": "r.region", "params": {"where": "@" + picture["name"], "what": "a lake"}}
    ]
    assert picture["take"] == "alpha"


def test_without_such_a_conditioner_regions_are_refused_in_words(room):
    room.line.channel.say("catalogue", models=[GROUND], contributions=[NET], plugins=[])
    room.studio.drain()
    layer = room.host.layers(room.host.document())[0]

    assert room.studio.submit(Workspace(regions=[Region(layer.key, "a lake")])) is None
    assert "plugin" in room.studio.notice


def test_a_result_goes_to_the_document_and_bounds_of_the_moment_of_asking(room):
    room.host.select(8, 8, 16, 16)
    ticket = room.studio.submit(Workspace(mode="fill", prompt="moss"))
    bounds = room.studio.jobs.get(ticket).bounds
    other = room.host.create("two", title="Another")
    room.studio.attend(other.document)
    room.accept(ticket)
    room.image(ticket)
    room.finish(ticket)
    result = room.studio.jobs.get(ticket).results[0]

    room.studio.apply(result)

    assert other.layers[1:] == []
    assert [layer.bounds for layer in room.host.open["one"].layers[1:]] == [bounds]
    assert room.host.open["one"].undo_steps == 1
    assert room.host.open["one"].layers[1].name == "moss [5]"


def test_a_result_for_a_closed_document_is_a_notice(room):
    result = room.drawn()
    room.host.close("one")

    assert room.studio.apply(result) is None
    assert "closed" in room.studio.notice
    assert result.state != "applied"


def test_a_finished_job_is_shown_and_taken_off_when_it_is_applied(room):
    result = room.drawn()
    assert room.host.shown == result.picture
    assert (room.studio.shown, result.state) == (result, "shown")

    room.studio.apply(result)
    assert room.host.shown is None
    assert (room.studio.shown, result.state) == (None, "applied")


def test_painting_live_takes_what_is_looked_at_off_the_canvas(room):
    result = room.drawn()
    assert room.studio.shown is result
    room.studio.start_live()

    assert (room.studio.shown, room.host.shown, result.state) == (None, None, "new")


def test_what_is_painted_live_is_kept_once_it_is_finished(room):
    layers = room.host.current.layers
    room.studio.attend(room.host.document())
    room.studio.start_live()
    room.studio.tick()
    live_result(room, 32, final=False)
    assert room.studio.apply_live() is None
    assert (len(layers), room.studio.notice) == (1, "")

    live_result(room, 64, final=True)
    assert [layer.name for layer in layers] == ["Background", "Live"]
    assert (room.host.shown, room.host.current.undo_steps) == (None, 1)


def live_result(room, side_px, final):
    """Tell the first frame's result, of this size."""
    [opened] = room.line.channel.of("live_open")
    size = {"width_px": side_px, "height_px": side_px, "format": "rgba8"}
    told = {"ticket": opened["ticket"], "frame": 1, "final": final, "step_index": 1, "step_count": 4, "picture": size}
    room.say("live_result", bytes([200]) * (side_px * side_px * 4), **told)


def test_a_result_of_several_gives_its_own_seed_back(room):
    ticket = room.studio.submit(Workspace(prompt="bark", count=2))
    room.accept(ticket, prompt="bark", model="ground", tile="x", count=2, steps=12)
    room.image(ticket, index=1)
    room.studio.use(Workspace(prompt="something else"))
    room.studio.recall_settings(room.studio.jobs.get(ticket).results[0])

    workspace = room.studio.workspace
    assert (workspace.seed, workspace.keep_seed) == (6, True)
    assert (workspace.prompt, workspace.model, workspace.tile, workspace.steps) == ("bark", "ground", "x", 12)


def test_a_discarded_result_is_gone_from_everywhere(room):
    room.studio.attend(room.host.document())
    result = room.drawn()
    room.studio.discard(result)

    assert room.host.shown is None
    assert room.studio.results == []
    assert room.studio.history.entries == []


def test_finished_results_can_be_applied_by_themselves(room):
    room.studio.on_finish = "apply"
    room.drawn()

    assert room.host.current.undo_steps == 1


def test_the_newest_of_several_steps_is_shown_once(room):
    ticket = room.studio.submit(Workspace())
    room.accept(ticket)
    before = len(room.host.previews)
    for index in (1, 2, 3):
        room.line.channel.say(
            "event", bytes([index]) * 16, ticket=ticket, event=index, kind="step", image_index=0, step_index=index,
            step_count=4, picture={"width_px": 2, "height_px": 2, "format": "rgba8"},
        )  # fmt: skip
    room.studio.drain()

    assert len(room.host.previews) == before + 1
    assert room.host.shown.data == b"\x03" * 16
    assert room.host.told[-1][0] == "Drawing, step 3 of 4"


def test_progress_never_runs_back_and_ends(room):
    ticket = room.studio.submit(Workspace(count=2))
    room.accept(ticket, count=2)
    for image, step in [(0, 1), (0, 4), (1, 1), (0, 2), (1, 4)]:
        room.say("event", ticket=ticket, event=1, kind="step", image_index=image, step_index=step, step_count=4)
    room.finish(ticket)

    shares = [share for _, share in room.host.told if share is not None]
    assert shares == sorted(shares)
    assert room.host.told[-1] == ("", None)


def test_cancel_names_this_job(room):
    first, second = room.studio.submit(Workspace()), room.studio.submit(Workspace())
    room.studio.cancel(second)

    assert [header["ticket"] for header in room.line.channel.of("cancel")] == [second]
    room.finish(second, "cancelled")
    assert [job.ticket for job in room.studio.queue()] == [first]
    assert room.studio.notice == ""


@pytest.mark.parametrize("op", ["rejected", "finished"])
def test_a_failure_is_told_in_its_words_with_its_fields(room, op):
    ticket = room.studio.submit(Workspace())
    error = {
        "code": "INVALID_RECIPE",
        "message": "steps: too many",
        "fields": [{"field": "steps", "description": "too many"}],
    }
    room.say(op, ticket=ticket, event=1, state="failed", error=error)

    assert room.studio.jobs.get(ticket).state == "failed"
    assert room.studio.jobs.get(ticket).fault.fields == {"steps": "too many"}
    assert room.studio.notice == "steps: too many"


def test_a_new_bridge_follows_what_runs_and_resubmits_nothing(room):
    running, unsent = room.studio.submit(Workspace()), None
    room.accept(running)
    room.say("event", ticket=running, event=4, kind="started", step_index=0)
    unsent = room.studio.submit(Workspace())
    room.line.channel.die()
    room.studio.drain()
    room.studio.press()

    [follow] = room.line.channel.of("follow")
    assert (follow["ticket"], follow["job"], follow["after_event"]) == (running, "job-1", 4)
    assert follow["region"]["width_px"] == 64
    assert room.line.channel.of("submit") == []
    assert room.studio.jobs.get(unsent).fault.code == "BRIDGE_LOST"
    room.line.session.stop()


def test_an_image_that_is_told_twice_is_one_result(room):
    ticket = room.studio.submit(Workspace())
    room.accept(ticket)
    room.image(ticket)
    room.image(ticket)

    assert len(room.studio.jobs.get(ticket).results) == 1


def test_layers_of_an_image_belong_together(room):
    ticket = room.studio.submit(Workspace(prompt="bark"))
    room.accept(ticket)
    room.image(ticket, layer="normal", layer_index=1)
    room.image(ticket, index=1)
    room.image(ticket)

    whole = [each for each in room.studio.jobs.get(ticket).results if each.layer_index == 0 and each.image_index == 0]
    assert [each.name for each in room.studio.layers_of(whole[0])] == ["bark [5]", "bark normal [5]"]


def test_settings_and_results_come_back_with_the_document(room, enter):
    document = room.host.document()
    room.studio.attend(document)
    room.studio.use(Workspace(mode="refine", prompt="moss", strengths={"refine": 0.4}))
    result = room.drawn(room.studio.workspace)
    room.studio.apply(result)
    room.studio.stop()

    again = enter(host=room.host)
    workspace = again.studio.attend(document)

    assert (workspace.mode, workspace.prompt, workspace.strength) == ("refine", "moss", 0.4)
    [entry] = again.studio.history.entries
    assert (entry.sha256, entry.seed, entry.applied, entry.bounds) == ("a" * 64, 5, True, (0, 0, 64, 64))
    assert again.studio.history.prompts == ["moss"]


def test_a_result_of_the_history_is_fetched_when_it_is_shown(room, enter):
    document = room.host.document()
    room.studio.attend(document)
    room.drawn()
    again = enter(host=room.host)
    again.studio.attend(document)
    result = again.studio.reopen(again.studio.history.entries[0])
    again.studio.show(result)

    [fetch] = again.line.channel.of("fetch")
    assert (fetch["sha256"], fetch["region"]["width_px"]) == ("a" * 64, 64)
    again.say("asset", bytes(16), ticket=fetch["ticket"], picture={"width_px": 2, "height_px": 2, "format": "rgba8"})
    assert again.host.shown.data == bytes(16)


def test_a_picture_that_is_gone_is_a_notice(room, enter):
    document = room.host.document()
    room.studio.attend(document)
    room.drawn()
    again = enter(host=room.host)
    again.studio.attend(document)
    again.studio.apply(again.studio.reopen(again.studio.history.entries[0]))
    [fetch] = again.line.channel.of("fetch")
    again.say("rejected", ticket=fetch["ticket"], error={"code": "NOT_FOUND", "message": "no such asset"})

    assert "not there any more" in again.studio.notice


def test_open_jobs_are_taken_over_from_a_program_that_is_gone(room, enter, tmp_path):
    ticket = room.studio.submit(Workspace(prompt="moss"))
    room.accept(ticket)
    alive = enter(tmp_path)
    alive.studio.start()
    assert alive.studio.orphans == []
    room.pending._lock.close()  # as the system does for a process that is gone

    back = enter(tmp_path)
    back.host.create("new-key")
    back.studio.start()
    assert [each.waiting.job for each in back.studio.orphans] == ["job-1"]
    back.studio.attend(back.host.document())

    [follow] = back.line.channel.of("follow")
    assert follow["job"] == "job-1"
    back.image(ticket)
    back.finish(ticket)
    assert [each.title for each in back.studio.results] == ["moss"]
    back.studio.stop()
    alive.studio.stop()
    assert list((tmp_path / "jobs").glob("*.json")) == []


def job_of_a_closed_document(room):
    """Its ticket: it was accepted, and then the document was closed."""
    ticket = room.studio.submit(Workspace(prompt="moss"))
    room.accept(ticket)
    document = room.host.document()
    room.host.close("one")
    room.studio.close(document)
    return ticket


def test_a_job_of_a_closed_document_goes_on_where_the_document_is_opened_again(room):
    ticket = job_of_a_closed_document(room)
    assert room.studio.queue() == []

    again = room.host.create("later").document
    room.studio.attend(again)

    [follow] = room.line.channel.of("follow")
    assert follow["job"] == "job-1"
    assert follow["ticket"] != ticket
    room.image(follow["ticket"])
    room.finish(follow["ticket"])
    assert [each.document.key for each in room.studio.results] == ["later"]
    assert room.studio.history.waiting == []
    assert room.studio.notice == ""


def test_a_job_of_a_closed_document_may_be_fetched_into_another(room):
    job_of_a_closed_document(room)
    other = room.host.create("two", title="Another").document
    room.studio.attend(other)
    assert room.line.channel.of("follow") == []

    [orphan] = room.studio.orphans
    room.studio.adopt(orphan, other)
    [follow] = room.line.channel.of("follow")
    room.image(follow["ticket"])
    room.finish(follow["ticket"])

    assert [each.document.key for each in room.studio.results] == ["two"]
    assert room.studio.orphans == []


def test_a_dismissed_job_of_a_closed_document_is_cancelled_and_forgotten(room, tmp_path):
    ticket = job_of_a_closed_document(room)
    room.changes.clear()
    room.studio.dismiss(room.studio.orphans[0])

    assert [header["ticket"] for header in room.line.channel.of("cancel")] == [ticket]
    assert room.line.channel.of("follow") == []
    assert room.studio.orphans == []
    assert room.changes == [{"orphans"}]
    room.studio.stop()
    assert list((tmp_path / "jobs").glob("*.json")) == []


def test_a_dismissed_job_of_an_earlier_life_is_cancelled_too(room, enter, tmp_path):
    room.accept(room.studio.submit(Workspace(prompt="moss")))
    room.pending._lock.close()  # as the system does for a process that is gone
    back = enter(tmp_path)
    back.studio.start()
    [orphan] = back.studio.orphans
    back.studio.dismiss(orphan)

    [follow], [cancel] = back.line.channel.of("follow"), back.line.channel.of("cancel")
    assert (follow["job"], follow["ticket"]) == ("job-1", cancel["ticket"])
    back.finish(follow["ticket"], "cancelled")
    assert (back.studio.queue(), back.studio.results) == ([], [])


def test_transparency_is_kept_where_the_artist_says_so(room):
    room.studio.submit(Workspace(mode="refine"))
    assert room.submitted()["region"]["keep_alpha"] is True

    room.studio.submit(Workspace(mode="refine", keep_alpha=False))
    assert "keep_alpha" not in room.submitted()["region"]


def test_the_observer_is_told_what_to_redraw_and_only_that(room):
    room.changes.clear()
    room.studio.drain()
    assert room.changes == []

    ticket = room.studio.submit(Workspace())
    assert "queue" in room.changes[-1]
    assert "session" not in set().union(*room.changes)
    room.accept(ticket)
    assert room.changes[-1] == {"queue"}


@pytest.mark.parametrize(
    "damage", [b"", b"{", b"[]", b'{"results": [{"key": 1}], "prompts": 5, "waiting": [[]]}', b"\xff\xfe"]
)
def test_a_damaged_history_is_an_empty_one(damage):
    history = History.from_bytes(damage)

    assert (history.prompts, history.entries, history.waiting) == ([], [], [])


@pytest.mark.parametrize(
    "damage",
    [
        None,
        [],
        {"mode": "fly"},
        {"count": 0, "seed": -1, "steps": "many"},
        {"conditioners": [{}, 5], "regions": {}},
        {"edge": {"grow_px": "x"}, "context": {"mode": 3}, "strengths": {"refine": 9, "x": 1}},
        {"tile": ["x"], "sampler": [], "mode": {}},
    ],
)
def test_a_damaged_workspace_is_at_its_defaults(damage):
    assert Workspace.from_json(damage) == Workspace()


def test_a_workspace_comes_back_as_it_was():
    workspace = Workspace(
        mode="fill", prompt="a", tile="x", count=3, seed=9, keep_seed=True, steps=5,
        sampler=Chosen("s.euler", {"eta": 1.0}),
        conditioners=[Chosen("c.net", {"image": {"layer": "k"}}, on=False)], regions=[Region("k", "lake")],
    )  # fmt: skip
    workspace.strength = 0.7

    assert Workspace.from_json(workspace.to_json()) == workspace
