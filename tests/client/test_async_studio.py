"""The asyncio client against a real front: it does what the blocking one does."""

import asyncio
import inspect

import pytest

import sfumato
from sfumato.client import AsyncJobHandle, AsyncPainting, AsyncStudio, JobHandle, Painting, Studio, events
from sfumato.errors import DaemonUnavailable, InvalidRecipe, SfumatoError
from tests.client.test_studio import grey_png


@pytest.fixture
async def studio(front):
    async with await sfumato.aconnect(front.announced["address"], token=front.announced["token"]) as studio:
        yield studio


@pytest.mark.parametrize(
    ("blocking", "awaiting"), [(Studio, AsyncStudio), (JobHandle, AsyncJobHandle), (Painting, AsyncPainting)]
)
def test_both_clients_offer_the_same(blocking, awaiting):
    def methods(cls):
        public = {name: method for name, method in vars(cls).items() if not name.startswith("_")}
        return {name: list(inspect.signature(method).parameters) for name, method in public.items()}

    assert methods(awaiting) == methods(blocking)


async def test_generate_gives_pictures_and_tells_every_step(studio, house):
    seen = []

    def look(step):
        seen.append(step)
        house.let_go("told")

    pictures = await studio.generate("hold@1 until@told", count=2, steps=2, on_step=look)

    assert [picture.size for picture in pictures] == [(64, 64), (64, 64)]
    assert seen[-1].step_count == 2


async def test_pictures_go_up_and_come_down(studio):
    sha256 = await studio.upload(grey_png())

    assert await studio.download(sha256) == grey_png()


async def test_jobs_run_side_by_side_on_one_connection(studio):
    pictures = await asyncio.gather(*(studio.generate("moss", seed=seed) for seed in range(5)))

    assert len({picture.png for picture in pictures}) == 5


async def test_a_cancelled_task_cancels_its_job(studio):
    began = asyncio.Event()
    generating = asyncio.create_task(studio.generate("hold@1 until@never", on_step=lambda _: began.set()))
    await began.wait()
    generating.cancel()
    with pytest.raises(asyncio.CancelledError):
        await generating

    job = await studio.job((await studio.jobs())[0].id)
    last = [event async for event in job.watch()][-1]
    assert isinstance(last, events.Finished)
    assert last.state == "cancelled"


async def test_errors_arrive_as_what_they_are(studio):
    with pytest.raises(InvalidRecipe, match="width_px"):
        await studio.submit("moss", size=(100, 64))
    with pytest.raises(SfumatoError, match="it did not work"):
        await studio.generate("fail@1")


async def test_the_rest_of_the_daemon(studio, tmp_path):
    (tmp_path / "tiny").mkdir()
    recipe = await studio.validate("moss", seed=1)
    job = await studio.submit(recipe)

    assert (await job.info()).recipe == recipe
    assert len(await job.result()) == 1
    assert (await studio.start_worker()).state == (await studio.info()).worker.state == "ready"
    assert (await studio.inspect_model(str(tmp_path / "tiny"))).id == "tiny"
    await studio.add_model(str(tmp_path / "tiny"), "mine")
    assert [card.id for card in await studio.models()] == ["ground", "mine"]
    await studio.remove_model("mine")
    assert (await studio.catalogue()).contribution("sampler", "euler")
    held = await studio.submit("hold@1 until@never")
    async for event in held.watch():
        if isinstance(event, events.Stepped):
            break
    assert (await held.preview()).width_px == 4
    await held.cancel()


async def test_a_studio_that_was_closed_says_so(front):
    studio = await sfumato.aconnect(front.announced["address"], token=front.announced["token"])
    await studio.close()
    with pytest.raises(DaemonUnavailable, match="closed"):
        await studio.info()
