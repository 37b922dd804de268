"""An engine that is given another registry: jobs that it has keep theirs, event hooks included."""

from dataclasses import replace

import pytest

from sfumato.catalogue import PluginCard
from sfumato.engine.events import Ended
from sfumato.engine.model_store import ModelStore
from sfumato.engine.registry import Registry
from sfumato.errors import NotFound
from tests.engine.gaussian import CARD, Gaussian, Studio, recipe, registry


def watched_by(diary: list[str]) -> Registry:
    """The registry of the studio with a plugin that notes whose jobs it hears of."""
    found = registry()
    intake = found.intake(PluginCard(name="watcher", version="1"))
    for hook in ("sfumato_job_started", "sfumato_step", "sfumato_job_finished"):
        intake.observe(hook, lambda occasion, hook=hook: diary.append(f"{hook} {occasion.job_id}"))
    intake.accept()
    return found


def test_a_job_s_events_go_to_the_plugins_that_it_began_with():
    old: list[str] = []
    new: list[str] = []
    studio = Studio()
    studio.engine.use(watched_by(old))
    studio.engine.submit("first", recipe(steps=3))
    while not old:
        studio.turn()
    studio.engine.use(watched_by(new))
    studio.engine.submit("second", recipe(steps=2))
    while not all(any(isinstance(event, Ended) for event in studio.of(job)) for job in ("first", "second")):
        studio.turn()

    heard = ["sfumato_job_started", *["sfumato_step"] * 3, "sfumato_job_finished"]
    assert old == [f"{hook} first" for hook in heard]
    assert new == [f"{hook} second" for hook in (heard[0], *heard[2:])]


class Before(Gaussian):
    """A family as a plugin had it before its file was edited."""

    @classmethod
    def describe(cls, source):
        return replace(CARD, source=str(source))

    @classmethod
    def load(cls, source, card, *, device, dtype):
        return cls(card)


class After(Before):
    """The same family after the edit."""


def test_a_loaded_model_is_let_go_when_its_family_is_another_one(tmp_path):
    store = ModelStore(tmp_path, families=[Before], built_in={"gaussian": tmp_path}, device="cpu", dtype="float32")
    first = store.load("gaussian")
    store.use([Before])
    assert store.load("gaussian") is first

    store.use([After])
    assert type(store.load("gaussian")) is After
    store.use([])
    with pytest.raises(NotFound, match=r"needs the family test\.gaussian"):
        store.load("gaussian")
