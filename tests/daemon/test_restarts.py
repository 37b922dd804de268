"""The front is killed and started again: nothing accepted is lost, nothing is done twice."""

import json
import random
import signal
import sqlite3
import time
import uuid

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from sfumato.daemon.event_feed import RESTART_GAP
from sfumato.v1 import assets_pb2, jobs_pb2, server_pb2
from tests.daemon.house import PATIENCE_S, kinds, refusal, succeeded, until

KILLS = 15


def test_fifteen_kills_lose_nothing_and_do_nothing_twice(house):
    chance = random.Random(7)
    accepted, ended, requests = {}, set(), {}
    for _ in range(KILLS):
        with house.start() as front:
            ended |= {job_id for job_id in accepted if succeeded(front.get(job_id))}
            mark = len(house.diary)
            ask_for_more(front, chance, accepted, requests)
            time.sleep(chance.random() * 0.2)
            front.kill()
        begun_again = {line["job"] for line in house.diary[mark:] if line["event"] == "run"}
        assert not begun_again & ended
    with house.start() as front:
        for job_id, count in accepted.items():
            job, events = front.finished(job_id)
            assert succeeded(job)
            assert [artifact.image_index for artifact in job.artifacts] == list(range(count))
            assert kinds(events).count("finished") == 1
            assert sorted(e.artifact.artifact.image_index for e in events if e.HasField("artifact")) == [*range(count)]
            assert [event.event for event in events] == sorted({event.event for event in events})
            for artifact in job.artifacts:
                assert front.assets.GetAsset(assets_pb2.GetAssetRequest(sha256=artifact.sha256)).complete


def ask_for_more(front, chance, accepted, requests):
    """Create jobs, and send some requests of before once more: they must give the job of before."""
    for _ in range(2):
        count = chance.randint(1, 3)
        request_id = str(uuid.uuid4())
        job = front.create("slow@0.01", request_id=request_id, count=count, steps=chance.randint(1, 6))
        accepted[job.id] = count
        requests[request_id] = (job.id, job.recipe.count, job.recipe.steps)
    request_id, (job_id, count, steps) = chance.choice(list(requests.items()))
    assert front.create("slow@0.01", request_id=request_id, count=count, steps=steps).id == job_id


def test_an_ended_job_is_the_same_after_a_restart(house):
    with house.start() as front:
        before, events = front.finished(front.create("a", count=2).id)
        front.kill()
    with house.start() as front:
        assert front.get(before.id) == before
        durable = [event for event in events if not event.HasField("step")]
        assert list(front.watch(before.id)) == durable
        assert list(front.watch(before.id, after=durable[-2].event)) == durable[-1:]


def test_numbers_that_a_watch_may_have_seen_are_not_given_twice(house):
    with house.start() as front:
        job = front.create("hold@3 until@killed", steps=6)
        seen = front.wait_for_step(job.id, 3).event
        until(lambda: job.id in ids_of(front, jobs_pb2.JOB_STATE_RUNNING))
        front.kill()
    house.let_go("killed")
    with house.start() as front:
        later = list(front.watch(job.id, after=seen))
        assert later[0].interrupted.description == "the daemon ended"
        assert later[0].event > RESTART_GAP
        assert kinds(later)[-1] == "finished"


def ids_of(front, state):
    """Jobs in a state, as the journal has it."""
    return {job.id for job in front.jobs.ListJobs(jobs_pb2.ListJobsRequest(state=state)).jobs}


def test_a_running_job_goes_on_from_its_checkpoint(house):
    with house.start() as front:
        job = front.create("hold@5 until@killed", steps=30)
        kept = house.data / "checkpoints" / f"{job.id}.safetensors"
        until(lambda: kept.exists() and kept.read_bytes() == b"[0, 5]")
        front.kill()
    house.let_go("killed")
    with house.start() as front:
        assert succeeded(front.finished(job.id)[0])
    assert [line["step"] for line in house.diary if line["event"] == "run"] == [0, 5]


def test_sigterm_drains(house):
    with house.start() as front:
        running = front.create("hold@5 until@drained", steps=40)
        stream = front.watch(running.id)
        assert next(event for event in stream if event.HasField("step"))
        assert front.terminate() == 0
        with refusal() as refused:
            list(stream)
        assert refused.code == grpc.StatusCode.UNAVAILABLE
    assert "stop" in [line["event"] for line in house.diary]
    assert house.announced() is None
    assert not (house.runtime / "daemon.sock").exists()
    house.let_go("drained")
    with house.start() as front:
        assert succeeded(front.finished(running.id)[0])
    assert [line["step"] for line in house.diary if line["event"] == "run"][1] > 0


def test_a_draining_daemon_takes_no_jobs(house):
    with house.start() as front:
        front.finished(front.create("a").id)
        hung = front.create("hang@1 slow@0.01")
        front.wait_for(hung.id, "step")
        front.process.send_signal(signal.SIGTERM)
        with refusal() as refused:
            while True:
                front.create("too late")
        assert refused.code == grpc.StatusCode.UNAVAILABLE
        health = health_pb2_grpc.HealthStub(front.channel).Check(health_pb2.HealthCheckRequest())
        assert health.status == health_pb2.HealthCheckResponse.NOT_SERVING
        front.process.send_signal(signal.SIGTERM)  # the second one does not wait for the worker
        assert front.process.wait(PATIENCE_S) == 0
        assert "the worker did not end within" not in front.process.stdout.read()


def test_shutdown_stops_the_daemon(house):
    with house.start() as front:
        front.server.Shutdown(server_pb2.ShutdownRequest())
        assert front.process.wait(PATIENCE_S) == 0


def test_a_cancelled_job_stays_cancelled_when_the_front_is_killed(house):
    with house.start() as front:
        job = front.create("hang@1 slow@0.01")
        front.wait_for(job.id, "step")
        front.cancel(job.id)
        front.kill()
    with house.start() as front:
        assert front.finished(job.id)[0].state == jobs_pb2.JOB_STATE_CANCELLED


@pytest.mark.parametrize("damage", ["lost", "torn"])
def test_a_picture_that_did_not_survive_a_loss_of_power_is_made_again(house, damage):
    with house.start() as front:
        job, _ = front.finished(front.create("a", count=2).id)
        front.terminate()
    lost, kept = (artifact.sha256 for artifact in job.artifacts)
    unsettle(house, job.id, lost, torn=damage == "torn")
    with house.start() as front:
        again, events = front.finished(job.id)
        assert succeeded(again)
        assert [artifact.sha256 for artifact in again.artifacts] == [lost, kept]
        assert kinds(events).count("finished") == 1
        assert front.assets.GetAsset(assets_pb2.GetAssetRequest(sha256=lost)).complete


def unsettle(house, job_id, sha256, *, torn):
    """What the disk looks like when the power goes between telling and syncing."""
    with sqlite3.connect(house.data / "journal.sqlite3") as journal:
        journal.execute("UPDATE jobs SET settled = 0 WHERE id = ?", (job_id,))
    journal.close()
    place = house.data / "assets" / sha256[:2] / sha256[2:]
    data = place.read_bytes()
    place.unlink()
    if torn:
        (house.data / "assets" / "unsettled" / sha256).write_bytes(data[: len(data) // 2])


def test_a_second_daemon_says_who_runs(house):
    with house.start() as front, house.start_anyway() as second:
        assert second.wait(PATIENCE_S) == 3
        said = second.stdout.read()
        assert f"process id {front.process.pid}" in said
        assert succeeded(front.finished(front.create("still here").id)[0])


def test_a_journal_of_a_newer_version_is_left_alone(house):
    house.data.mkdir()
    with sqlite3.connect(house.data / "journal.sqlite3") as journal:
        journal.execute("PRAGMA user_version = 99")
    journal.close()
    with house.start_anyway() as process:
        assert process.wait(PATIENCE_S) == 2
        assert "schema 99" in process.stdout.read()


def test_a_file_that_is_no_journal_is_named(house):
    house.data.mkdir()
    (house.data / "journal.sqlite3").write_bytes(b"not a database at all" * 100)
    with house.start_anyway() as process:
        assert process.wait(PATIENCE_S) == 2
        assert "journal.sqlite3 cannot be used" in process.stdout.read()


def test_a_damaged_catalogue_is_asked_for_again(house):
    house.data.mkdir()
    (house.data / "catalogue.json").write_text(json.dumps({"models": [{"nonsense": 1}]}))
    with house.start() as front:
        assert succeeded(front.finished(front.create("a").id)[0])
