"""Jobs in, events out: order, stages, priority, previews, errors."""

from __future__ import annotations

import pytest
import torch

from sfumato.engine.events import Ended, ImageReady, PreviewReady, StageEntered, Started, Stepped
from sfumato.errors import InvalidRecipe, NotFound, OutOfMemory, SfumatoError
from sfumato.recipe import Selection
from tests.engine.gaussian import Studio, recipe


def kinds(events):
    return [event.stage if isinstance(event, StageEntered) else type(event).__name__ for event in events]


def test_a_job_goes_through_its_stages_and_ends_once():
    events = Studio().run(recipe(steps=2), priority=3)

    assert kinds(events) == [
        "Started", "prepare", "denoise", "Stepped", "Stepped", "decode", "finish", "ImageReady", "Ended",
    ]  # fmt: skip


def test_a_step_tells_how_far_it_got_and_shows_a_preview():
    steps = [event for event in Studio().run(recipe(steps=3)) if isinstance(event, Stepped)]

    assert [(step.step_index, step.step_count) for step in steps] == [(1, 3), (2, 3), (3, 3)]
    assert steps[0].sigma > steps[1].sigma > steps[2].sigma == 0
    assert {(step.preview.width_px, step.preview.height_px, len(step.preview.data)) for step in steps} == {(8, 8, 192)}


def test_each_image_of_a_job_is_the_image_of_its_own_seed():
    studio = Studio()
    together = [event for event in studio.run(recipe(count=3)) if isinstance(event, ImageReady)]

    assert [(event.image_index, event.seed) for event in together] == [(0, 7), (1, 8), (2, 9)]
    assert [event.pixels for event in together] == [studio.pictures(recipe(seed=seed))[0] for seed in (7, 8, 9)]


def test_the_same_recipe_gives_the_same_bytes_and_another_seed_does_not():
    ancestral = recipe(sampler="sfumato.euler-ancestral")

    assert Studio().pictures(ancestral) == Studio().pictures(ancestral)
    assert Studio().pictures(ancestral) != Studio().pictures(recipe(sampler="sfumato.euler-ancestral", seed=8))


def test_the_branches_of_one_image_share_one_call():
    studio = Studio()
    studio.run(recipe(steps=4))

    assert [[call.prompt for call in calls] for calls in studio.family.called] == [[0.012, 0.0]] * 4


def test_the_global_random_state_is_left_alone():
    before = torch.get_rng_state()
    Studio().run(recipe(sampler="sfumato.dpmpp-sde"))

    assert torch.equal(before, torch.get_rng_state())


def test_an_interactive_job_gets_its_first_evaluation_within_two_turns_of_a_batch_of_100():
    studio = Studio()
    studio.engine.submit("batch", recipe(count=100, steps=20))
    for _ in range(30):
        studio.engine.turn()
    studio.family.called.clear()

    studio.engine.submit("interactive", recipe(prompt="moss"), priority=10)
    studio.engine.turn()
    studio.engine.turn()

    assert studio.family.called[-1][0].prompt == 0.004
    assert len(studio.family.called) == 1


def test_an_interactive_job_waits_for_one_tile_when_another_is_being_decoded():
    studio = Studio()
    studio.engine.submit("batch", recipe(steps=1))
    while not studio.family.decoded:
        studio.engine.turn()

    studio.engine.submit("interactive", recipe(steps=1), priority=1)
    while not studio.of("interactive") or not isinstance(studio.of("interactive")[-1], Ended):
        studio.engine.turn()

    assert studio.family.decoded == 1 + 8
    assert not any(isinstance(event, ImageReady) for event in studio.of("batch"))


def test_jobs_of_one_priority_are_done_in_the_order_of_their_arrival():
    studio = Studio()
    for name in ("first", "second", "third"):
        studio.engine.submit(name, recipe())
    while studio.engine.turn():
        pass

    assert [event.job_id for event in studio.told if isinstance(event, Ended)] == ["first", "second", "third"]


def test_nothing_to_do_is_told():
    studio = Studio()

    assert studio.engine.turn() is False


def test_a_full_preview_comes_before_the_next_evaluation():
    studio = Studio()
    studio.engine.submit("job", recipe())
    for _ in range(3):
        studio.engine.turn()
    evaluations = len(studio.family.called)

    studio.engine.request_preview("job", 0)
    while not isinstance(studio.told[-1], PreviewReady):
        studio.engine.turn()

    assert (studio.told[-1].pixels.width_px, studio.told[-1].pixels.height_px) == (64, 64)
    assert len(studio.family.called) == evaluations


@pytest.mark.parametrize(("job_id", "image_index"), [("job", 0), ("job", 5), ("nobody", 0)])
def test_a_preview_of_what_is_not_there_is_answered_with_nothing(job_id, image_index):
    studio = Studio()
    studio.engine.submit("job", recipe())
    studio.engine.request_preview(job_id, image_index)

    assert studio.told == [PreviewReady(job_id=job_id, image_index=image_index, pixels=None)]


def test_a_preview_of_a_job_that_is_dropped_is_answered_before_its_end():
    studio = Studio()
    studio.engine.submit("job", recipe())
    for _ in range(3):
        studio.engine.turn()
    studio.engine.request_preview("job", 0)
    studio.engine.cancel("job")
    studio.engine.turn()

    assert studio.told[-2] == PreviewReady(job_id="job", image_index=0, pixels=None)
    assert studio.told[-1].outcome == "cancelled"


def test_previews_without_end_neither_stop_a_job_nor_change_its_picture():
    looked_at, left_alone = Studio(), Studio()
    looked_at.engine.submit("job", recipe())
    for _ in range(200):
        looked_at.engine.request_preview("job", 0)
        looked_at.engine.turn()
    finished = [event.pixels for event in looked_at.told if isinstance(event, ImageReady)]

    assert finished == left_alone.pictures(recipe())


def test_generate_returns_the_images_and_raises_the_error():
    studio = Studio()

    assert studio.engine.generate(recipe(count=2)) == studio.pictures(recipe(count=2))
    with pytest.raises(NotFound, match=r"did you mean sfumato\.euler"):
        studio.engine.generate(recipe(sampler="sfumato.eule"))


def test_wrong_parameters_are_named_by_their_path():
    with pytest.raises(InvalidRecipe) as caught:
        Studio().engine.generate(recipe(guider=Selection(id="sfumato.cfg", params={"scale": -1.0})))
    assert caught.value.violations[0].field == "guider.params.scale"


def test_a_failed_job_leaves_the_others_alone():
    studio = Studio()
    studio.engine.submit("broken", recipe(schedule="sfumato.none"))
    studio.engine.submit("sound", recipe())
    while studio.engine.turn():
        pass

    assert [studio.of(name)[-1].outcome for name in ("broken", "sound")] == ["failed", "succeeded"]


def test_a_job_id_that_is_here_already_is_refused():
    studio = Studio()
    studio.engine.submit("job", recipe())

    with pytest.raises(ValueError, match="take another id"):
        studio.engine.submit("job", recipe())


@pytest.mark.parametrize(
    "error",
    [torch.OutOfMemoryError("CUDA out of memory"), RuntimeError("[enforce fail] not enough memory: you tried 9 TB")],
)
def test_memory_that_is_short_is_told_with_a_size_that_may_fit(error):
    studio = Studio()

    def fail(calls):
        raise error

    studio.family.before_evaluate = fail
    ended = studio.run(recipe(width_px=128))[-1]

    assert isinstance(ended.error, OutOfMemory)
    assert "128x64" in str(ended.error)
    assert "try 96x48" in str(ended.error)


def test_a_defect_of_ours_fails_the_job_and_not_the_engine(caplog):
    studio = Studio()
    ended = studio.run(recipe(model="missing"))[-1]

    assert type(ended.error) is SfumatoError
    assert "KeyError" in caplog.text
    assert studio.pictures(recipe())


def test_the_elapsed_time_begins_with_the_work():
    now = [0.0]
    studio = Studio(clock=lambda: now[0])
    studio.engine.submit("job", recipe())
    now[0] = 10.0
    studio.engine.turn()
    now[0] = 12.5
    studio.engine.cancel("job")
    studio.engine.turn()

    assert studio.told[-1].elapsed_s == 2.5
    assert isinstance(studio.told[0], Started)
