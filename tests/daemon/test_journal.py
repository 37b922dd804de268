"""The journal, the fan-out of events and the rest of the front's small parts, each by itself."""

import asyncio
import sqlite3
import threading
import time
import uuid
from dataclasses import replace
from types import SimpleNamespace

import pytest

from sfumato.daemon.admission import Admitted
from sfumato.daemon.answers import Answers, Promise
from sfumato.daemon.asset_store import AssetStore
from sfumato.daemon.commit_thread import CommitThread
from sfumato.daemon.event_feed import RESTART_GAP, EventFeed
from sfumato.daemon.failures import fitting_status, named
from sfumato.daemon.housekeeping import tidy
from sfumato.daemon.job_record import FAILED, RUNNING, SUCCEEDED, Artifact, JobRecord
from sfumato.daemon.job_service import JobService
from sfumato.daemon.job_table import JobTable
from sfumato.daemon.journal import Journal
from sfumato.errors import DaemonUnavailable, InvalidRecipe, NotFound, SfumatoError, StorageFull, Violation
from sfumato.recipe import Recipe, Selection
from sfumato.v1 import jobs_pb2, recipes_pb2
from tests.daemon.house import PATIENCE_S

RECIPE = Recipe(
    model="ground", prompt="wände, 壁", width_px=64, height_px=64, seed=3, steps=4, count=2,
    sampler=Selection(id="s", params={"eta": 0.5}), schedule=Selection(id="t"), guider=Selection(id="g"),
)  # fmt: skip


def record(name, **changes):
    bare = JobRecord(
        id=name, request_id=f"request {name}", request_digest="d", recipe=RECIPE, inputs=("1" * 64,), priority=2,
        create_ns=1,
    )  # fmt: skip
    return replace(bare, **changes)


def events(*names):
    feed = EventFeed()
    made = {
        "queued": {"queued": jobs_pb2.QueuedEvent()},
        "step": {"step": jobs_pb2.StepEvent()},
        "finished": {"finished": jobs_pb2.FinishedEvent()},
    }
    return [feed.numbered(**made[name]) for name in names]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "journal.sqlite3"


@pytest.fixture
async def journal(path):
    journal = Journal(path)
    yield journal
    journal.close()


async def test_a_job_comes_back_as_it_was_written(journal):
    queued, finished = events("queued", "finished")
    artifact = Artifact(image_index=1, sha256="2" * 64, size_bytes=5, seed=4, width_px=64, height_px=64)
    await journal.accept(record("a"), queued)
    error = InvalidRecipe([Violation(field="prompt", description="too long")])
    ended = record("a", state=FAILED, end_ns=7, crash_count=2, artifacts=(artifact,), error=error)
    await journal.save(ended, finished)
    found = journal.find("a")
    assert found.error.violations == error.violations
    assert replace(found, error=error) == replace(ended, sequence=1, last_event=finished.event)
    assert await journal.events("a", 0) == [queued, finished]
    assert journal.find_request("request a").id == "a"
    assert journal.find("b") is None


async def test_a_request_id_is_written_once(journal):
    (queued,) = events("queued")
    await journal.accept(record("a"), queued)
    with pytest.raises(sqlite3.IntegrityError):
        await journal.accept(record("b", request_id="request a"), queued)
    assert journal.find("b") is None


async def test_images_are_written_once(journal):
    (queued,) = events("queued")
    await journal.accept(record("a"), queued)
    for _ in range(2):
        await journal.save(record("a", artifacts=(Artifact(image_index=0, sha256="2" * 64),)))
    assert len(journal.find("a").artifacts) == 1


async def test_old_jobs_are_forgotten_with_all_that_is_theirs(journal, path):
    (queued,) = events("queued")
    for name, end_ns in (("old", 1), ("new", 100), ("newest", 200)):
        await journal.accept(record(name), queued)
        await journal.save(record(name, state=SUCCEEDED, end_ns=end_ns))
        await journal.settle(name)
    await journal.accept(record("running"), queued)
    await journal.save(record("running", state=RUNNING))
    assert await journal.forget(ended_before_ns=50, keep=10) == 1
    assert await journal.forget(ended_before_ns=0, keep=1) == 1
    assert [found.id for found in await journal.page(None, 100, 100)] == ["running", "newest"]
    with sqlite3.connect(path) as other:
        assert {job for (job,) in other.execute("SELECT job FROM events UNION SELECT job FROM inputs")} == {
            "running",
            "newest",
        }
    other.close()


async def test_housekeeping_keeps_what_is_young(journal, tmp_path):
    (queued,) = events("queued")
    await journal.accept(record("a"), queued)
    await journal.save(record("a", state=SUCCEEDED, end_ns=time.time_ns()))
    await journal.settle("a")
    await tidy(journal, AssetStore(tmp_path / "assets"))
    assert journal.find("a")


async def test_a_full_disk_refuses_the_job_and_the_journal_goes_on(journal, path):
    (queued,) = events("queued")
    await journal.accept(record("a"), queued)
    await limit_pages(journal, grow_by=0)
    with pytest.raises(StorageFull, match="no room on the disk for the journal"):
        await journal.accept(record("big", recipe=replace(RECIPE, prompt="x" * 2**20)), queued)
    await limit_pages(journal, grow_by=1000)
    await journal.accept(record("b"), queued)
    assert [found.id for found in await journal.page(None, 100, 100)] == ["b", "a"]


async def limit_pages(journal, *, grow_by):
    def work(connection):
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages + grow_by}")

    await journal._write(work, synced=False)


async def test_the_end_of_a_job_waits_for_room_on_the_disk(journal, caplog):
    jobs = JobTable(journal, max_queued=5)
    job = jobs.accept(RECIPE, (), request_id="request", request_digest="d", priority=0)
    await job.accepted
    await limit_pages(journal, grow_by=0)
    ending = asyncio.create_task(jobs.finish(job, FAILED, error=SfumatoError("x" * 2**20)))
    async with asyncio.timeout(PATIENCE_S):
        while "cannot be written down yet" not in caplog.text:
            await asyncio.sleep(0.01)
    assert not ending.done()
    assert not jobs.find(job.id).ended
    await limit_pages(journal, grow_by=1000)
    await ending
    assert journal.find(job.id).state == FAILED
    assert [event.WhichOneof("kind") for event in await journal.events(job.id, 0)] == ["queued", "finished"]


async def test_a_request_that_comes_again_while_it_is_checked_makes_no_second_job(journal):
    class Checking:
        """While it checks a request, the same one comes again, is accepted, and its job ends."""

        made = None

        async def admit(self, message):
            if self.made is None:
                self.made = ""
                self.made = (await service.CreateJob(request, None)).job.id
                await jobs.finish(jobs.live(self.made), SUCCEEDED)
            return Admitted(recipe=RECIPE, inputs=(), adjustments=())

    jobs, checking = JobTable(journal, max_queued=5), Checking()
    service = JobService(jobs, checking, SimpleNamespace(queue=lambda job: None), None)
    request = jobs_pb2.CreateJobRequest(request_id=str(uuid.uuid4()), recipe=recipes_pb2.Recipe(prompt="a"))

    assert (await service.CreateJob(request, None)).job.id == checking.made


async def test_waiting_commits_share_a_transaction_and_fail_alone(tmp_path):
    path = tmp_path / "some.sqlite3"
    gate = threading.Event()
    commits = CommitThread(lambda: sqlite3.connect(path, isolation_level=None, check_same_thread=False))
    commits.submit(lambda connection: connection.execute("CREATE TABLE t (x UNIQUE)"), synced=True).result()
    first = commits.submit(lambda connection: gate.wait(PATIENCE_S), synced=False)
    rows = [1, 2, 2, 3]
    orders = [
        commits.submit(lambda c, x=x: c.execute("INSERT INTO t VALUES (?)", (x,)).rowcount, synced=True) for x in rows
    ]
    gate.set()
    assert first.result() is True
    assert [order.exception() is None for order in orders] == [True, True, False, True]
    commits.close()
    with sqlite3.connect(path) as reader:
        assert reader.execute("SELECT x FROM t").fetchall() == [(1,), (2,), (3,)]
    reader.close()


async def test_a_slow_watcher_gets_the_newest_step_and_everything_else():
    feed = EventFeed()
    watch = feed.watch(0)
    feed.publish(feed.numbered(queued=jobs_pb2.QueuedEvent()))
    for step_index in range(1000):
        feed.publish(feed.numbered(step=jobs_pb2.StepEvent(step_index=step_index)))
    feed.publish(feed.numbered(finished=jobs_pb2.FinishedEvent()))
    got = [event async for event in watch]
    assert [event.WhichOneof("kind") for event in got] == ["queued", "step", "finished"]
    assert got[1].step.step_index == 999
    assert [event.event for event in got] == [1, 1001, 1002]


async def test_a_broken_off_watch_says_that_the_job_goes_on():
    feed = EventFeed()
    watch = feed.watch(0)
    feed.publish(feed.numbered(queued=jobs_pb2.QueuedEvent()))
    feed.break_off()
    coming = aiter(watch)
    assert (await anext(coming)).HasField("queued")
    with pytest.raises(DaemonUnavailable, match="watch it again"):
        await anext(coming)
    late = aiter(feed.watch(0))
    assert (await anext(late)).HasField("queued")
    with pytest.raises(DaemonUnavailable, match="watch it again"):
        await anext(late)


def test_numbers_jump_over_what_was_not_journaled():
    past = events("queued")
    assert EventFeed(past).numbered(queued=jobs_pb2.QueuedEvent()).event == 1 + RESTART_GAP + 1


async def test_a_promise_is_kept_refused_and_made_again():
    promise = Promise()
    first, second = asyncio.create_task(promise.wait()), asyncio.create_task(promise.wait())
    await asyncio.sleep(0)
    assert promise.wanted
    first.cancel()
    promise.keep()
    await second
    await promise.wait()
    promise.renew()
    third = asyncio.create_task(promise.wait())
    await asyncio.sleep(0)
    promise.refuse(SfumatoError("never"))
    with pytest.raises(SfumatoError, match="never"):
        await third
    assert not promise.wanted


async def test_answers_find_who_asked():
    answers = Answers()
    number, mine = answers.expect()
    _, shared = answers.expect("a key")
    assert answers.expect("a key")[1] is shared
    answers.give(number, "yes")
    answers.give("nobody asked", "no")
    answers.refuse_all(NotFound("gone"))
    assert await mine == "yes"
    with pytest.raises(NotFound):
        await shared
    assert not answers


def test_what_nobody_foresaw_is_explained_in_the_log_and_not_on_the_wire(caplog):
    error = named(ZeroDivisionError("a secret of the house"))
    assert "secret" not in error.message
    assert error.metadata["incident"] in error.message
    assert error.metadata["incident"] in caplog.text
    assert "a secret of the house" in caplog.text


@pytest.mark.parametrize(
    "error",
    [
        SfumatoError("ü" * 2**20, what="ü" * 2**20),
        SfumatoError("many", **{f"key{number}": "x" * 100 for number in range(1000)}),
        InvalidRecipe(Violation(field="ü" * 9999, description="ü" * 9999) for _ in range(100)),
    ],
)
def test_the_longest_error_fits_into_the_trailing_metadata(error):
    status = fitting_status(error)
    assert status.ByteSize() <= 4096
    assert status.message
    assert status.details
