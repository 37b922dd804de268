"""Jobs through a real front and a fake worker: accepted, watched, listed, cancelled."""

import threading
import uuid

import grpc
import pytest

from sfumato.images import size_of
from sfumato.v1 import assets_pb2, jobs_pb2, recipes_pb2
from tests.daemon.house import kinds, refusal, succeeded


def test_a_job_becomes_pictures(shared_front):
    job, _ = shared_front.finished(shared_front.create("a wall", count=2, width_px=128).id)
    assert succeeded(job)
    assert [artifact.image_index for artifact in job.artifacts] == [0, 1]
    assert [artifact.seed for artifact in job.artifacts] == [job.recipe.seed, job.recipe.seed + 1]
    for artifact in job.artifacts:
        request = assets_pb2.DownloadAssetRequest(sha256=artifact.sha256)
        data = b"".join(part.chunk for part in shared_front.assets.DownloadAsset(request))
        assert len(data) == artifact.size_bytes
        assert size_of(data) == (artifact.width_px, artifact.height_px) == (128, 64)


def test_events_are_numbered_in_order_and_end_with_finished(shared_front):
    _, events = shared_front.finished(shared_front.create("a wall").id)
    numbers = [event.event for event in events]
    assert numbers == sorted(set(numbers))
    assert numbers[0] == 1
    assert [kind for kind in kinds(events) if kind != "step"] == ["queued", "started", "stage", "artifact", "finished"]
    assert events[-1].finished.state == jobs_pb2.JOB_STATE_SUCCEEDED
    assert events[-1].finished.engine_elapsed_s > 0


def test_a_watch_goes_on_behind_the_event_it_saw_last(shared_front):
    job, events = shared_front.finished(shared_front.create("a wall", count=2).id)
    durable = [event for event in events if not event.HasField("step")]
    for seen in durable:
        again = list(shared_front.watch(job.id, after=seen.event))
        assert again == [event for event in durable if event.event > seen.event]


def test_many_watch_one_job_and_a_late_one_sees_the_newest_step(shared_front, shared_house):
    job = shared_front.create("hold@5 until@looked", steps=12)
    first = shared_front.watch(job.id)
    assert next(event for event in first if event.HasField("step") and event.step.step_index == 5)
    late = shared_front.watch(job.id)
    assert next(event for event in late if event.HasField("step")).step.step_index == 5
    shared_house.let_go("looked")
    rest = list(late)
    assert [event.step.step_index for event in rest if event.HasField("step")][-1] == 12
    assert kinds(rest)[-1] == kinds(list(first))[-1] == "finished"


def test_previews_travel_only_to_those_who_want_them(shared_front):
    job = shared_front.create("hold@2 until@never")
    seen, unseen = (
        next(event.step for event in shared_front.watch(job.id, previews=previews) if event.HasField("step"))
        for previews in (True, False)
    )
    shared_front.cancel(job.id)
    assert seen.preview == jobs_pb2.Preview(width_px=2, height_px=2, rgb=bytes(12))
    assert not unseen.HasField("preview")


def test_closing_a_watch_does_not_cancel(shared_front):
    job = shared_front.create("slow@0.02", steps=8)
    stream = shared_front.watch(job.id)
    next(stream)
    stream.cancel()
    assert succeeded(shared_front.finished(job.id)[0])


def test_a_watcher_that_does_not_read_holds_nobody_up(shared_front):
    job = shared_front.create("slow@0.001", steps=400)
    lazy = shared_front.watch(job.id, previews=True)
    assert succeeded(shared_front.finished(job.id)[0])
    assert kinds(list(lazy))[-1] == "finished"


def test_the_same_request_makes_one_job(shared_front, shared_house):
    request_id = str(uuid.uuid4())
    jobs = []
    threads = [
        threading.Thread(target=lambda: jobs.append(shared_front.create("the same", request_id=request_id)))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({job.id for job in jobs}) == 1
    assert len({job.recipe.seed for job in jobs}) == 1
    shared_front.finished(jobs[0].id)
    assert shared_front.create("the same", request_id=request_id).id == jobs[0].id
    assert [line["event"] for line in shared_house.diary if line.get("job") == jobs[0].id] == ["run", "ended"]


def test_a_request_id_serves_one_recipe(shared_front):
    request_id = str(uuid.uuid4())
    shared_front.create("one", request_id=request_id)
    with refusal() as refused:
        shared_front.create("another", request_id=request_id)
    assert refused.code == grpc.StatusCode.ALREADY_EXISTS
    assert refused.error.reason == "ALREADY_EXISTS"


def test_validating_completes_the_recipe_and_makes_no_job(shared_front):
    job = shared_front.create("only looking", validate_only=True)
    assert not job.id
    assert (job.recipe.model, job.recipe.steps, job.recipe.width_px) == ("ground", 4, 64)
    assert len(job.recipe_digest) == 64
    listed = shared_front.jobs.ListJobs(jobs_pb2.ListJobsRequest()).jobs
    assert "only looking" not in {listed_job.recipe.prompt for listed_job in listed}


def test_cancelling_ends_this_job_and_no_other(shared_front):
    doomed, other = shared_front.create("slow@0.02", steps=900), shared_front.create("slow@0.001")
    shared_front.wait_for(doomed.id, "started")
    for _ in range(3):
        shared_front.cancel(doomed.id)
    assert shared_front.finished(doomed.id)[0].state == jobs_pb2.JOB_STATE_CANCELLED
    assert succeeded(shared_front.finished(other.id)[0])
    assert succeeded(shared_front.cancel(other.id))


def test_an_urgent_job_passes_a_queue_that_has_filled_the_worker(shared_front):
    batch = [shared_front.create("hold@1 until@never", steps=900) for _ in range(66)]
    urgent = shared_front.create("now", priority=10)
    assert succeeded(shared_front.finished(urgent.id)[0])
    assert shared_front.get(batch[-1].id).state == jobs_pb2.JOB_STATE_QUEUED
    for job in batch:
        shared_front.cancel(job.id)
    for job in batch:
        shared_front.finished(job.id)


def test_a_waiting_job_is_cancelled_without_the_worker(shared_front, shared_house):
    busy = [shared_front.create("hold@0 until@never", priority=1) for _ in range(64)]
    waiting = shared_front.create("never sent")
    cancelled = shared_front.cancel(waiting.id)
    assert cancelled.state == jobs_pb2.JOB_STATE_CANCELLED
    assert kinds(list(shared_front.watch(waiting.id))) == ["queued", "finished"]
    for job in busy:
        shared_front.cancel(job.id)
    for job in busy:
        shared_front.finished(job.id)
    assert waiting.id not in {line.get("job") for line in shared_house.diary}


def test_a_running_job_shows_a_full_preview(shared_front):
    job = shared_front.create("hold@1 until@never", steps=100)
    shared_front.wait_for(job.id, "step")
    answer = shared_front.jobs.GetPreview(jobs_pb2.GetPreviewRequest(id=job.id))
    assert (answer.preview.width_px, answer.preview.height_px, len(answer.preview.rgb)) == (4, 4, 48)
    with refusal() as refused:
        shared_front.jobs.GetPreview(jobs_pb2.GetPreviewRequest(id=job.id, image_index=1))
    assert refused.fields == ["image_index"]
    shared_front.cancel(job.id)
    shared_front.finished(job.id)
    with refusal() as refused:
        shared_front.jobs.GetPreview(jobs_pb2.GetPreviewRequest(id=job.id))
    assert refused.code == grpc.StatusCode.NOT_FOUND


def test_a_failed_job_says_why(shared_front):
    job, events = shared_front.finished(shared_front.create("fail@2").id)
    assert job.state == events[-1].finished.state == jobs_pb2.JOB_STATE_FAILED
    assert job.error.message == events[-1].finished.error.message == "it did not work"


def test_success_without_all_images_is_a_failure(shared_front):
    job, _ = shared_front.finished(shared_front.create("short@1", count=2).id)
    assert job.state == jobs_pb2.JOB_STATE_FAILED
    assert "without images [1]" in job.error.message


def test_jobs_are_listed_newest_first_in_pages(front):
    made = [front.create(f"number {number}").id for number in range(7)]
    for job_id in made:
        front.finished(job_id)
    listed, token = [], ""
    while True:
        request = jobs_pb2.ListJobsRequest(page_size=3, page_token=token, state=jobs_pb2.JOB_STATE_SUCCEEDED)
        answer = front.jobs.ListJobs(request)
        listed.extend(job.id for job in answer.jobs)
        token = answer.next_page_token
        if not token:
            break
    assert listed == made[::-1]
    assert not front.jobs.ListJobs(jobs_pb2.ListJobsRequest(state=jobs_pb2.JOB_STATE_FAILED)).jobs


@pytest.mark.parametrize(
    ("request_message", "field"),
    [
        (jobs_pb2.ListJobsRequest(page_size=-1), "page_size"),
        (jobs_pb2.ListJobsRequest(page_size=100_000), "page_size"),
        (jobs_pb2.ListJobsRequest(page_token="²"), "page_token"),
        (jobs_pb2.ListJobsRequest(page_token="9" * 30), "page_token"),
    ],
)
def test_a_wrong_page_is_named(shared_front, request_message, field):
    with refusal() as refused:
        shared_front.jobs.ListJobs(request_message)
    assert refused.fields == [field]


def test_unknown_jobs_are_not_found(shared_front):
    calls = [
        lambda: shared_front.get("nobody"),
        lambda: shared_front.cancel("nobody"),
        lambda: list(shared_front.watch("nobody")),
        lambda: shared_front.jobs.GetPreview(jobs_pb2.GetPreviewRequest(id="nobody")),
    ]
    for call in calls:
        with refusal() as refused:
            call()
        assert refused.code == grpc.StatusCode.NOT_FOUND


def test_a_request_without_a_uuid_is_refused(shared_front):
    with refusal() as refused:
        shared_front.create("a", request_id="first")
    assert refused.fields == ["request_id"]


def test_fields_of_a_newer_client_are_answered_with_an_adjustment(shared_front):
    unknown_field = bytes([0x98, 0x06, 5])  # number 99, a varint
    selection = recipes_pb2.Selection.FromString(unknown_field)
    known = recipes_pb2.Recipe(prompt="a", sampler=selection, outpaint=recipes_pb2.Margins.FromString(unknown_field))
    recipe = recipes_pb2.Recipe.FromString(known.SerializeToString() + unknown_field)
    request = jobs_pb2.CreateJobRequest(recipe=recipe, validate_only=True)
    adjusted = [adjustment.field for adjustment in shared_front.jobs.CreateJob(request).adjustments]
    assert adjusted == ["recipe.99", "recipe.sampler.99", "recipe.outpaint.99"]


def test_a_burst_of_jobs_is_accepted_and_done(front):
    made = [front.create("a", steps=1).id for _ in range(100)]
    assert all(succeeded(front.finished(job_id)[0]) for job_id in made)
