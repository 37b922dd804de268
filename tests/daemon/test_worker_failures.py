"""The worker dies, hangs, never starts or talks nonsense; jobs go on, and only the guilty fail."""

import os
import signal
import sys

import pytest

from sfumato.daemon.patience import Patience
from sfumato.daemon.suspicion import Suspicion
from sfumato.v1 import catalog_pb2, jobs_pb2, server_pb2
from tests.daemon.house import kinds, refusal, succeeded, until


def worker_of(front):
    return front.server.GetServerInfo(server_pb2.GetServerInfoRequest()).worker


def kill_worker(front):
    """Kill the worker, and return when the front has noticed."""
    front.server.StartWorker(server_pb2.StartWorkerRequest())
    worker = worker_of(front)
    assert worker.pid > 1  # 0 would be ourselves
    os.kill(worker.pid, signal.SIGKILL)
    until(lambda: worker_of(front).crash_count > worker.crash_count)


def runs_of(house, job):
    return [(line["image"], line["step"]) for line in house.diary if line["event"] == "run" and line["job"] == job.id]


def test_a_job_goes_on_from_its_checkpoint_after_a_crash(front, house):
    job, events = front.finished(front.create("once@3", steps=6).id)
    assert succeeded(job)
    assert job.crash_count == 1
    assert runs_of(house, job) == [(0, 0), (0, 3)]
    assert [event.started.step_index for event in events if event.HasField("started")] == [0, 3]
    (interrupted,) = [event.interrupted for event in events if event.HasField("interrupted")]
    assert "exit code 9" in interrupted.description
    assert "going down" in interrupted.description


def test_images_that_are_done_are_not_made_again(front, house):
    job, events = front.finished(front.create("once@2", steps=4, count=3).id)
    assert succeeded(job)
    assert kinds(events).count("artifact") == 3
    assert len({artifact.sha256 for artifact in job.artifacts}) == 3


def test_a_job_that_always_kills_the_worker_fails_and_the_others_live(front, house):
    killer = front.create("crash@2 slow@0.01", steps=8)
    others = [front.create("slow@0.01", steps=8) for _ in range(4)]
    failed, events = front.finished(killer.id)
    assert failed.state == jobs_pb2.JOB_STATE_FAILED
    assert failed.crash_count == 3
    assert kinds(events).count("interrupted") == 3
    assert "died 3 times" in failed.error.message
    for job in others:
        done, _ = front.finished(job.id)
        assert succeeded(done)
        assert done.crash_count <= 1
    assert succeeded(front.finished(front.create("afterwards").id)[0])
    assert worker_of(front).crash_count == 3


def test_a_worker_killed_from_outside_costs_no_job(front, house):
    jobs = [front.create("hold@6 until@killed", steps=12) for _ in range(3)]
    for _ in range(2):
        front.wait_for(jobs[0].id, "step")
        kill_worker(front)
    house.let_go("killed")
    assert all(succeeded(front.finished(job.id)[0]) for job in jobs)


def test_a_job_cancelled_while_its_worker_dies_does_not_come_back(front, house):
    job = front.create("hang@2 slow@0.01")
    front.wait_for_step(job.id, 2)
    front.cancel(job.id)
    kill_worker(front)
    assert front.finished(job.id)[0].state == jobs_pb2.JOB_STATE_CANCELLED
    assert len(runs_of(house, job)) == 1


def test_the_worker_ends_with_the_front(house):
    with house.start() as front:
        front.finished(front.create("a").id)
        worker = worker_of(front).pid
        front.kill()
    until(lambda: {"pid": worker, "event": "front gone"} in house.diary)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("raise SystemExit('no torch here')", "no torch here"),
        ("print('hello, I am a worker')", "broke the protocol"),
        ("import os; os.write(1, bytes(8) + b'rest')", "broke the protocol"),
    ],
)
def test_a_worker_that_never_becomes_ready_is_given_up_with_its_last_words(house, tmp_path, code, said):
    script = tmp_path / "broken.py"
    script.write_text(code)
    with house.start("--worker-command", f"{sys.executable} {script}") as front:
        with refusal() as refused:
            front.server.StartWorker(server_pb2.StartWorkerRequest())
        assert refused.error.reason == "WORKER_CRASHED"
        assert said in refused.error.message
        assert "worker.log" in refused.error.message
        assert worker_of(front).state == "stopped"


def test_a_program_that_does_not_exist_is_named(house):
    with house.start("--worker-command", "/nowhere/python") as front:
        with refusal() as refused:
            front.create("a")
        assert "/nowhere/python" in refused.error.message


def test_jobs_that_wait_for_a_worker_that_never_comes_fail(house, tmp_path):
    with house.start() as front:
        front.finished(front.create("leave a catalogue").id)
        front.terminate()
    script = tmp_path / "broken.py"
    script.write_text("raise SystemExit('driver too old')")
    with house.start("--worker-command", f"{sys.executable} {script}") as front:
        job, _ = front.finished(front.create("a").id)
        assert job.state == jobs_pb2.JOB_STATE_FAILED
        assert "driver too old" in job.error.message


def test_what_the_worker_prints_is_in_a_log(front, house):
    front.server.StartWorker(server_pb2.StartWorkerRequest())
    front.terminate()
    assert "fake worker: hello" in (house.data / "logs" / "worker.log").read_text()


def test_starting_the_worker_answers_when_it_is_ready(front):
    assert worker_of(front).state == "stopped"
    worker = front.server.StartWorker(server_pb2.StartWorkerRequest()).worker
    assert (worker.state, worker.device) == ("ready", "fake")
    assert worker.pid > 0


def test_models_are_administered_by_the_worker(front, tmp_path):
    (tmp_path / "paint").touch()
    looked = front.catalog.InspectModel(catalog_pb2.InspectModelRequest(path=str(tmp_path / "paint"))).model
    assert looked.id == "paint"
    front.catalog.AddModel(catalog_pb2.AddModelRequest(path=str(tmp_path / "paint"), id="paint"))
    assert succeeded(front.finished(front.create("with the new model", model="paint").id)[0])
    with refusal() as refused:
        front.catalog.AddModel(catalog_pb2.AddModelRequest(path="/nowhere", id="nothing"))
    assert refused.error.reason == "NOT_FOUND"
    front.catalog.RemoveModel(catalog_pb2.RemoveModelRequest(id="paint"))
    listed = front.catalog.ListModels(catalog_pb2.ListModelsRequest()).models
    assert [model.id for model in listed] == ["ground"]


def test_the_catalogue_outlives_the_worker(house):
    with house.start() as front:
        front.server.StartWorker(server_pb2.StartWorkerRequest())
        front.terminate()
    with house.start("--worker-command", "/nowhere/python") as front:
        listed = front.catalog.ListContributions(catalog_pb2.ListContributionsRequest(kind="guider"))
        assert [card.id for card in listed.contributions] == ["sfumato.cfg"]
        assert [spec.id for spec in listed.contributions[0].parameters] == ["scale", "control"]
        assert front.create("checked without a worker", validate_only=True).recipe.steps == 4


def test_a_worker_that_hangs_is_ended_and_the_job_goes_on(house):
    with house.start(hang_floor_s=8.0) as front:  # a worker has to start within it
        job, events = front.finished(front.create("nap@2").id)
        assert succeeded(job)
        (interrupted,) = [event.interrupted for event in events if event.HasField("interrupted")]
        assert "silent for 8 s" in interrupted.description


def test_a_full_queue_says_when_to_come_back(house):
    with house.start() as front:
        front.finished(front.create("leave a catalogue").id)
        front.terminate()
    never_ready = (sys.executable, "-c", "import sys; sys.stdin.read()")
    with house.start(max_queued_jobs=2, worker_command=never_ready) as front:
        waiting = [front.create("a") for _ in range(2)]
        with refusal() as refused:
            front.create("one too many")
        assert refused.error.reason == "QUEUE_FULL"
        assert refused.retry_s == 5
        assert front.cancel(waiting[0].id).state == jobs_pb2.JOB_STATE_CANCELLED
        assert front.create("now there is room").state == jobs_pb2.JOB_STATE_QUEUED


def test_patience_grows_with_the_steps_and_ignores_signs_of_life():
    now = [0.0]
    patience = Patience(10.0, clock=lambda: now[0])
    for op in ("started", "step", "step"):
        now[0] += 2.0
        patience.saw(op)
    assert patience.limit_s == 40.0
    now[0] += 39.0
    patience.saw("alive")
    assert not patience.exhausted
    now[0] += 2.0
    assert patience.exhausted
    patience.begin()
    assert not patience.exhausted


def test_loading_a_model_between_two_steps_is_not_a_step():
    now = [0.0]
    patience = Patience(10.0, clock=lambda: now[0])
    for op, elapsed_s in (("step", 1.0), ("stage", 5.0), ("step", 300.0)):
        now[0] += elapsed_s
        patience.saw(op)
    assert patience.limit_s == 10.0


def test_a_suspect_is_cleared_when_it_comes_further_than_before():
    suspicion = Suspicion()
    suspicion.reached("job", 0, 5)
    suspicion.blame("job", 1)
    assert suspicion.weighs_on("job")
    assert not suspicion.reached("job", 0, 5)
    assert suspicion.reached("job", 0, 6)
    assert not suspicion.weighs_on("job")


def test_after_a_second_death_a_suspect_stays_alone():
    suspicion = Suspicion()
    suspicion.blame("job", 1)
    suspicion.blame("job", 2)
    assert not suspicion.reached("job", 3, 9)
    assert suspicion.weighs_on("job")
    suspicion.forget("job")
    assert not suspicion.weighs_on("job")
