"""Cancelling stops the computing at the next turn, wherever the job is."""

from __future__ import annotations

import pytest

from sfumato.engine.events import Ended, ImageReady
from sfumato.errors import JobCancelled
from tests.engine.gaussian import Studio, recipe


def work(studio: Studio) -> tuple[int, int]:
    return len(studio.family.called), studio.family.decoded


@pytest.mark.parametrize("turns", range(14))
def test_nothing_is_computed_after_a_cancel(turns):
    # One turn prepares, four evaluate, eight decode, one finishes.
    studio = Studio()
    studio.engine.submit("job", recipe(steps=4))
    for _ in range(turns):
        studio.engine.turn()
    done = work(studio)

    studio.engine.cancel("job")
    while studio.engine.turn():
        pass

    assert work(studio) == done
    assert [event.outcome for event in studio.told if isinstance(event, Ended)] == ["cancelled"]
    assert isinstance(studio.told[-1], Ended)
    assert isinstance(studio.told[-1].error, JobCancelled)


def test_a_cancel_in_the_middle_of_a_turn_takes_effect_at_the_next():
    studio = Studio()
    studio.family.before_evaluate = lambda calls: studio.engine.cancel("job")
    studio.engine.submit("job", recipe(sampler="sfumato.heun"))
    while studio.engine.turn():
        pass

    assert work(studio) == (1, 0)


def test_cancelling_one_job_leaves_the_others_alone():
    studio = Studio()
    for name in ("one", "two"):
        studio.engine.submit(name, recipe())
    studio.engine.turn()
    studio.engine.cancel("one")
    while studio.engine.turn():
        pass

    assert studio.of("one")[-1].outcome == "cancelled"
    assert [event.pixels for event in studio.of("two") if isinstance(event, ImageReady)] == Studio().pictures(recipe())


def test_cancelling_what_has_ended_or_never_was_tells_nothing():
    studio = Studio()
    studio.run(recipe())
    told = len(studio.told)

    studio.engine.cancel("job-0")
    studio.engine.cancel("nobody")

    assert studio.engine.turn() is False
    assert len(studio.told) == told


def test_an_id_may_be_taken_again_after_its_job_was_cancelled():
    studio = Studio()
    studio.engine.submit("job", recipe())
    studio.engine.cancel("job")
    studio.engine.turn()
    studio.engine.submit("job", recipe())
    while studio.engine.turn():
        pass

    assert [event.outcome for event in studio.told if isinstance(event, Ended)] == ["cancelled", "succeeded"]


def test_a_long_prompt_is_no_longer_encoded_after_a_cancel():
    studio, pieces = Studio(), []

    def encode_in_pieces(text):
        for _ in range(50):
            pieces.append(text)
            yield
        return 0.0

    studio.family.encode_prompt = encode_in_pieces
    studio.engine.submit("job", recipe())
    for _ in range(3):
        studio.engine.turn()
    studio.engine.cancel("job")
    while studio.engine.turn():
        pass

    assert len(pieces) == 3
    assert studio.of("job")[-1].outcome == "cancelled"
