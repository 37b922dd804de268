"""Live painting: the newest frame first, no work while nothing changes, and nothing kept.

The front is real, the worker computes nothing.
"""

import itertools
import subprocess
import sys
import threading

import pytest
from PIL import Image

import sfumato
from sfumato.errors import DaemonUnavailable, InvalidRecipe, SfumatoError, WorkerCrashed
from sfumato.images import Pixels
from sfumato.v1 import jobs_pb2, live_pb2, recipes_pb2, server_pb2
from tests.daemon.house import PATIENCE_S, refusal, until

SIZE_PX = 64


def canvas(shade, size_px=SIZE_PX):
    return Image.new("RGB", (size_px, size_px), (shade, shade, shade))


def raw(name, shade=0, size_px=SIZE_PX, **fields):
    fields = {"rgb": bytes([shade]) * (3 * size_px * size_px)} | fields
    return live_pb2.LivePicture(name=name, width_px=size_px, height_px=size_px, **fields)


def connected(front):
    return sfumato.connect(front.announced["address"], token=front.announced["token"])


@pytest.fixture
def studio(front):
    with connected(front) as studio:
        yield studio


def happened(house, event):
    return [row for row in house.diary if row["event"] == event]


def test_every_step_and_the_picture_come_with_the_frames_number(studio):
    with studio.paint("moss", steps=3, strength=1.0, seed=7) as painting:
        assert painting.show(canvas(10)) == 1
        seen = []
        for result in painting:
            seen.append((result.frame, result.step_index, result.step_count, result.final, result.picture.width_px))
            if result.final:
                break

    # A client that reads slowly misses a preview, never the picture.
    assert seen == sorted(seen)
    assert set(seen[:-1]) <= {(1, 1, 3, False, 2), (1, 2, 3, False, 2), (1, 3, 3, False, 2)}
    assert seen[-1] == (1, 3, 3, True, SIZE_PX)
    assert result.picture == Pixels(width_px=64, height_px=64, data=bytes([7]) * (3 * 64 * 64))


def test_frames_that_wait_are_left_out_for_the_newest_and_none_comes_after_a_newer_one(house, studio):
    with studio.paint("hold@1 until@shown", steps=5, seed=1) as painting:
        painting.show(canvas(0))
        results = [next(painting)]
        for shade in range(1, 50):
            painting.show(canvas(shade), prompt="hold@0 until@seen")
        house.let_go("shown")
        for result in painting:
            results.append(result)
            if result.final:
                house.let_go("seen")  # before, a newer preview could take the place of this picture
            if result.final and result.frame == 50:
                break

    frames = [result.frame for result in results]
    assert frames == sorted(frames)
    assert frames[-1] == 50
    assert len(set(frames)) < 10
    assert [result.final for result in results if result.frame == 1].count(True) == 1


def test_a_frame_that_has_shown_nothing_gives_way_but_not_two_in_a_row(house, studio):
    with studio.paint("slow@1 hold@0 until@shown", steps=4, seed=1) as painting:
        painting.show(canvas(0))
        until(lambda: len(happened(house, "run")) == 1)
        painting.show(canvas(1))
        until(lambda: len(happened(house, "run")) == 2)
        for shade in range(2, 20):
            painting.show(canvas(shade))
        house.let_go("shown")
        first = next(painting)

    assert first.frame == 2
    assert happened(house, "ended")[0]["outcome"] == "cancelled"


def test_nothing_is_drawn_while_canvas_and_recipe_are_the_same(house, studio):
    with studio.paint("moss", steps=2, seed=1) as painting:
        painting.show(canvas(1))
        first = painting.settle()
        painting.show(canvas(1))
        again = painting.settle()
        painting.show(canvas(1), steps=3)
        changed = painting.settle()

    assert (first.frame, again.frame, changed.frame) == (1, 2, 3)
    assert again.picture == first.picture
    assert changed.step_count == 3
    assert len(happened(house, "run")) == 2


def test_a_recipe_without_a_seed_keeps_one_for_the_whole_stream(studio):
    with studio.paint("moss", steps=1) as painting:
        seeds = set()
        for shade in range(3):
            painting.show(canvas(shade))
            seeds.add(painting.settle().seed)

    assert len(seeds) == 1


def test_nothing_is_kept(house, front, studio):
    with studio.paint("moss", steps=2, seed=1) as painting:
        for shade in range(3):
            painting.show(canvas(shade), mask=canvas(255).convert("L"))
            painting.settle()

    assert list(front.jobs.ListJobs(jobs_pb2.ListJobsRequest()).jobs) == []
    assert [path for path in (house.data / "assets").rglob("*") if path.is_file()] == []
    assert [path for path in (house.data / "checkpoints").rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("closed", ["painting", "connection"])
def test_a_stream_that_is_closed_stops_its_work(house, front, closed):
    studio = connected(front)
    painting = studio.paint("slow@0.05", steps=1000, seed=1)
    painting.show(canvas(1))
    next(painting)
    (painting if closed == "painting" else studio).close()
    until(lambda: happened(house, "ended"))
    studio.close()

    assert [row["outcome"] for row in happened(house, "ended")] == ["cancelled"]


_PAINTER = """
import sys, sfumato
from PIL import Image
painting = sfumato.connect(sys.argv[1], token=sys.argv[2]).paint("slow@0.05", steps=1000, seed=1)
painting.show(Image.new("RGB", (64, 64)))
for result in painting:
    print(result.frame, flush=True)
"""


def test_a_client_that_is_killed_stops_its_work(house, front):
    endpoint = (front.announced["address"], front.announced["token"])
    with subprocess.Popen([sys.executable, "-c", _PAINTER, *endpoint], stdout=subprocess.PIPE, text=True) as painter:
        assert painter.stdout.readline() == "1\n"
        painter.kill()
    until(lambda: happened(house, "ended"))

    assert [row["outcome"] for row in happened(house, "ended")] == ["cancelled"]


def test_a_stream_whose_client_has_said_everything_ends_with_the_newest_frame(studio):
    with studio.paint("moss", steps=2, seed=1) as painting:
        painting.show(canvas(1))
        painting.finish()
        results = list(painting)
        with pytest.raises(DaemonUnavailable, match="closed"):
            painting.show(canvas(2))

    assert results[-1].final
    assert [result.final for result in results].count(True) == 1


def test_several_paint_at_once_and_a_bad_one_disturbs_nobody(front):
    found = {}

    def paint(name, **options):
        with connected(front) as studio, studio.paint("slow@0.01", steps=3, **options) as painting:
            try:
                for shade in range(5):
                    painting.show(canvas(shade))
                    found[name] = painting.settle().picture.data[0]
            except SfumatoError as error:
                found[name] = error

    options = {"one": {"seed": 1}, "two": {"seed": 2}, "bad": {"sampler": "no-such"}, "three": {"seed": 3}}
    threads = [threading.Thread(target=paint, args=(name,), kwargs=each) for name, each in options.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_S)

    assert isinstance(found.pop("bad"), InvalidRecipe)
    assert found == {"one": 1, "two": 2, "three": 3}


@pytest.mark.parametrize("priority", [0, 10])
def test_a_stroke_goes_before_a_batch_that_runs(front, studio, priority):
    batch = front.create("slow@0.05", count=60, steps=20, priority=priority)
    front.wait_for(batch.id, "step")
    with studio.paint("moss", steps=2, seed=1) as painting:
        painting.show(canvas(1))
        painting.settle()
    done = front.get(batch.id)
    front.cancel(batch.id)

    assert done.state == jobs_pb2.JOB_STATE_RUNNING
    assert len(done.artifacts) < 10


def test_the_newest_frame_is_drawn_again_when_the_worker_dies(house, studio):
    with studio.paint("once@2 slow@0.01", steps=4, seed=1) as painting:
        painting.show(canvas(1))
        for result in painting:
            if result.step_index == 2:
                break
        painting.show(canvas(2))
        last = painting.settle()
    pids = {row["pid"] for row in happened(house, "run")}
    drawn = {tuple(row["assets"]) for row in happened(house, "run")}

    assert last.final
    assert last.frame == 2
    assert len(pids) == 2
    assert len(drawn) == 2


def test_a_recipe_that_keeps_killing_the_worker_ends_its_stream_even_while_strokes_come(house, studio):
    with studio.paint("crash@2", steps=4, seed=1) as painting:
        painting.show(canvas(0))
        shades = itertools.cycle(range(256))
        with pytest.raises(WorkerCrashed, match="died 3 times under this job"):
            [painting.show(canvas(next(shades))) for _ in painting]
    assert len({row["pid"] for row in happened(house, "run")}) == 3

    with studio.paint("moss", steps=1, seed=1) as painting:
        painting.show(canvas(0))
        assert painting.settle().final


def test_a_batch_does_not_pay_for_a_painting_that_kills_the_worker(house, front, studio):
    batch = front.create("hold@1 until@crashed slow@0.02", count=2, steps=10)
    front.wait_for(batch.id, "step")
    with studio.paint("crash@2", steps=4, seed=1) as painting:
        painting.show(canvas(0))
        with pytest.raises(WorkerCrashed):
            painting.settle()
    house.let_go("crashed")
    done, _ = front.finished(batch.id)

    assert done.state == jobs_pb2.JOB_STATE_SUCCEEDED
    assert done.crash_count <= 1


def test_an_error_of_the_engine_ends_the_stream_with_it(studio):
    with studio.paint("fail@1", steps=4, seed=1) as painting:
        painting.show(canvas(0))
        with pytest.raises(SfumatoError, match="it did not work"):
            painting.settle()


def test_a_daemon_that_stops_says_so(front, studio):
    with studio.paint("slow@0.05", steps=1000, seed=1) as painting:
        painting.show(canvas(0))
        next(painting)
        assert front.terminate() == 0
        with pytest.raises(DaemonUnavailable):
            painting.settle()


RECIPE = recipes_pb2.Recipe(prompt="moss", steps=1, init="@canvas")
#: Messages, and the fields that the refusal names.
BAD = {
    "no recipe": ([live_pb2.PaintRequest(frame=1)], ["recipe"]),
    "a frame that falls": (
        [
            live_pb2.PaintRequest(frame=2, recipe=RECIPE, pictures=[raw("canvas")]),
            live_pb2.PaintRequest(frame=2, pictures=[raw("canvas", 1)]),
        ],
        ["frame"],
    ),
    "a negative frame": ([live_pb2.PaintRequest(frame=-1, recipe=RECIPE)], ["frame"]),
    "no name": ([live_pb2.PaintRequest(frame=1, recipe=RECIPE, pictures=[raw("")])], ["pictures.0.name"]),
    "no pixels": (
        [live_pb2.PaintRequest(frame=1, recipe=RECIPE, pictures=[live_pb2.LivePicture(name="canvas")])],
        ["pictures.0.data"],
    ),
    "too few pixels": (
        [live_pb2.PaintRequest(frame=1, recipe=RECIPE, pictures=[raw("canvas"), raw("mask", gray=b"123")])],
        ["pictures.1.gray"],
    ),
    "no width": (
        [live_pb2.PaintRequest(frame=1, recipe=RECIPE, pictures=[live_pb2.LivePicture(name="canvas", rgb=b"")])],
        ["pictures.0.width_px"],
    ),
    "a file that is none": (
        [live_pb2.PaintRequest(frame=1, recipe=RECIPE, pictures=[raw("canvas", file=b"GIF89a")])],
        ["pictures.0.file"],
    ),
    "a picture that never came": ([live_pb2.PaintRequest(frame=1, recipe=RECIPE)], ["init"]),
    "a size that no model takes": (
        [live_pb2.PaintRequest(frame=1, recipe=RECIPE, pictures=[raw("canvas", size_px=65)])],
        ["width_px", "height_px"],
    ),
    "a mask of another size": (
        [
            live_pb2.PaintRequest(
                frame=1,
                recipe=recipes_pb2.Recipe(prompt="moss", init="@canvas", mask="@mask"),
                pictures=[raw("canvas"), raw("mask", size_px=128)],
            )
        ],
        ["mask"],
    ),
    "several images": (
        [live_pb2.PaintRequest(frame=1, recipe=recipes_pb2.Recipe(prompt="moss", count=2))],
        ["count"],
    ),
    "an unknown sampler": (
        [
            live_pb2.PaintRequest(
                frame=1, recipe=recipes_pb2.Recipe(prompt="moss", sampler=recipes_pb2.Selection(id="no-such"))
            )
        ],
        ["sampler.id"],
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_refused_with_the_fields_path(shared_front, name):
    messages, fields = BAD[name]
    with refusal() as refused:
        list(shared_front.live.Paint(iter(messages)))

    assert refused.code.name == "INVALID_ARGUMENT"
    assert refused.fields == fields


def test_more_bytes_than_a_frame_may_have_are_refused(shared_front):
    limits = shared_front.server.GetServerInfo(server_pb2.GetServerInfoRequest()).limits
    side = 4096
    half = raw("a", size_px=side, rgb=bytes(3 * side * side))
    assert limits.max_frame_bytes == 64 * 2**20
    messages = [
        live_pb2.PaintRequest(recipe=RECIPE, pictures=[half]),
        live_pb2.PaintRequest(frame=1, pictures=[raw("b", size_px=side, rgb=bytes(3 * side * side))]),
    ]
    with refusal() as refused:
        list(shared_front.live.Paint(iter(messages)))

    assert refused.fields == ["pictures"]


def test_a_frame_of_a_thousand_pixels_square_fits_into_one_message(shared_front):
    side = 1024
    picture = raw("canvas", size_px=side, rgba=bytes(4 * side * side))
    request = live_pb2.PaintRequest(frame=1, recipe=RECIPE, pictures=[picture])
    last = list(shared_front.live.Paint(iter([request])))[-1]

    assert last.final
    assert len(last.picture.rgb) == 3 * side * side


def test_control_images_come_by_name_like_the_canvas(shared_house, shared_front):
    guider = sfumato.recipe.Selection(id="sfumato.cfg", params={"control": canvas(3)})
    with connected(shared_front) as studio, studio.paint("moss", steps=1, seed=1, guider=guider) as painting:
        painting.show(canvas(4))
        painting.settle()
    run = happened(shared_house, "run")[-1]

    assert len(set(run["assets"])) == 2


def test_what_was_changed_for_the_client_is_told_once(shared_front):
    field_111 = b"\xf8\x06\x01"
    recipe = recipes_pb2.Recipe.FromString(RECIPE.SerializeToString() + field_111)
    message = live_pb2.PaintRequest(frame=1, recipe=recipe, pictures=[raw("canvas")])
    responses = list(shared_front.live.Paint(iter([message])))

    assert [row.field for response in responses for row in response.adjustments] == ["recipe.111"]


def test_the_capability_is_told(shared_front):
    assert "sfumato.live/1" in shared_front.server.GetServerInfo(server_pb2.GetServerInfoRequest()).capabilities
