"""Every operation of a client, written once for the blocking and the asyncio one."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterable, Callable, Iterable, Mapping
from typing import Any, Final

from sfumato import wire
from sfumato.adjustments import Adjustment
from sfumato.catalogue import Catalogue, ModelCard, PluginCard
from sfumato.client import answers
from sfumato.client.answers import Job, ServerInfo, WorkerInfo
from sfumato.client.assets import download, upload
from sfumato.client.effects import Call, Converse, Listen, Next, Operation, Watch
from sfumato.client.events import Artifact, Finished
from sfumato.client.patience import RESTARTING, Patience
from sfumato.client.picture import Picture
from sfumato.client.requests import PICTURES, PictureSource, is_asset_id, picture_bytes, request_of, selections_in
from sfumato.errors import DaemonUnavailable, InvalidRecipe
from sfumato.images import Pixels
from sfumato.recipe import Recipe
from sfumato.v1 import catalog_pb2, downloads_pb2, jobs_pb2, server_pb2

#: The worker imports torch before it can answer: seconds, but minutes from a slow disk on a busy machine.
_WORKER_DEADLINE_S: Final = 300.0
_PREVIEW_DEADLINE_S: Final = 60.0
_PAGE_SIZE: Final = 100
#: Larger images are downloaded, in chunks that go on where a lost connection left them.
_INLINE_BYTES: Final = 4 * 2**20
INTERACTIVE_PRIORITY: Final = 10

#: Called with the bytes of a download that are here, and how many there are.
OnDownload = Callable[[int, int], None]


def server_info() -> Operation[ServerInfo]:
    """Who the daemon is."""
    return answers.server_from_message((yield Call("server.GetServerInfo", server_pb2.GetServerInfoRequest())))


def greeting(address: str) -> Operation[ServerInfo]:
    """Who the daemon at `address` is. Raises DaemonUnavailable that names the address, Unauthenticated."""
    try:
        return (yield from server_info())
    except DaemonUnavailable as error:
        raise DaemonUnavailable(f"no daemon answers at {address} ({error.message})") from error


def start_worker() -> Operation[WorkerInfo]:
    """Start the worker now rather than at the first job; returns when it is ready."""
    answer = yield Call("server.StartWorker", server_pb2.StartWorkerRequest(), _WORKER_DEADLINE_S)
    return answers.worker_from_message(answer.worker)


def shut_down() -> Operation[None]:
    """Stop the daemon; running jobs go on at its next start."""
    yield Call("server.Shutdown", server_pb2.ShutdownRequest())


def models() -> Operation[tuple[ModelCard, ...]]:
    """All models."""
    answer = yield Call("catalog.ListModels", catalog_pb2.ListModelsRequest(), _WORKER_DEADLINE_S)
    return tuple(map(wire.model_from_message, answer.models))


def catalogue() -> Operation[Catalogue]:
    """All models, contributions and plugins."""
    cards = yield from models()
    request = catalog_pb2.ListContributionsRequest()
    answer = yield Call("catalog.ListContributions", request, _WORKER_DEADLINE_S)
    contributions = tuple(map(wire.contribution_from_message, answer.contributions))
    return Catalogue(
        models=cards, contributions=contributions, plugins=tuple(map(wire.plugin_from_message, answer.plugins))
    )


def inspect_model(path: str, on_download: OnDownload | None) -> Operation[ModelCard]:
    """What a folder or file on the daemon's machine is, or a name on the hub. Raises WeightsRefused, NotFound."""
    yield from _fetch(path, on_download)
    request = catalog_pb2.InspectModelRequest(path=path)
    return wire.model_from_message((yield Call("catalog.InspectModel", request, _WORKER_DEADLINE_S)).model)


def add_model(path: str, model_id: str, on_download: OnDownload | None) -> Operation[ModelCard]:
    """Add what `inspect_model` takes as a model. Raises WeightsRefused, NotFound."""
    yield from _fetch(path, on_download)
    request = catalog_pb2.AddModelRequest(path=path, id=model_id)
    return wire.model_from_message((yield Call("catalog.AddModel", request, _WORKER_DEADLINE_S)).model)


def remove_model(model_id: str) -> Operation[None]:
    """Forget a model. Raises NotFound."""
    yield Call("catalog.RemoveModel", catalog_pb2.RemoveModelRequest(id=model_id), _WORKER_DEADLINE_S)


def reload_plugins() -> Operation[tuple[PluginCard, ...]]:
    """All plugins, after the worker has looked for them again."""
    answer = yield Call("catalog.ReloadPlugins", catalog_pb2.ReloadPluginsRequest(), _WORKER_DEADLINE_S)
    return tuple(map(wire.plugin_from_message, answer.plugins))


def submit(
    what: str | Recipe, options: Mapping[str, Any], *, priority: int, max_asset_bytes: int, validate_only: bool = False
) -> Operation[tuple[Job, tuple[Adjustment, ...]]]:
    """Upload the pictures of a request and queue it. Raises InvalidRecipe, ImageRefused, QueueFull."""
    request = request_of(what, options)
    for field in PICTURES:
        if request.get(field, "") != "":
            request[field] = yield from _asset(request[field], field, max_asset_bytes)
    for selection in selections_in(request):
        for param, value in selection["params"].items():
            if not isinstance(value, bool | int | float | str):
                selection["params"][param] = yield from _asset(value, f"params.{param}", max_asset_bytes)
    message = jobs_pb2.CreateJobRequest(
        request_id=str(uuid.uuid4()),
        recipe=wire.request_to_message(request),
        validate_only=validate_only,
        priority=priority,
    )
    answer = yield from _create(message)
    adjustments = tuple(Adjustment(field=row.field, description=row.description) for row in answer.adjustments)
    return answers.job_from_message(answer.job), adjustments


def job(job_id: str) -> Operation[Job]:
    """One job. Raises NotFound."""
    return answers.job_from_message((yield from _twice(Call("jobs.GetJob", jobs_pb2.GetJobRequest(id=job_id)))).job)


def jobs(state: str) -> Operation[list[Job]]:
    """All jobs, newest first; those of one state where `state` names one. Raises InvalidRecipe for no such state."""
    wanted = f"JOB_STATE_{state.upper() or 'UNSPECIFIED'}"
    if wanted not in jobs_pb2.JobState.DESCRIPTOR.values_by_name:
        raise InvalidRecipe.of("state", f"got {state!r}, expected queued, running, succeeded, failed or cancelled")
    found: list[Job] = []
    token = ""
    while True:
        request = jobs_pb2.ListJobsRequest(state=wanted, page_size=_PAGE_SIZE, page_token=token)
        answer = yield from _twice(Call("jobs.ListJobs", request))
        found.extend(map(answers.job_from_message, answer.jobs))
        token = answer.next_page_token
        if not token:
            return found


def cancel(job_id: str) -> Operation[Job]:
    """Cancel a job; it may go on for one evaluation. Raises NotFound."""
    request = jobs_pb2.CancelJobRequest(id=job_id)
    return answers.job_from_message((yield from _twice(Call("jobs.CancelJob", request))).job)


def preview(job_id: str, image_index: int) -> Operation[Pixels | None]:
    """The job's current image in full size; None before it has one."""
    request = jobs_pb2.GetPreviewRequest(id=job_id, image_index=image_index)
    answer = yield Call("jobs.GetPreview", request, _PREVIEW_DEADLINE_S)
    return answers.pixels_from_message(answer.preview)


def watch(job_id: str, *, after: int, previews: bool, images: bool) -> Watch:
    """The job's events after number `after`, until it has ended; a broken stream is taken up again.

    With `images`, those that are not too large come within their event.
    """
    patience = Patience()
    while True:
        request = jobs_pb2.WatchJobRequest(
            id=job_id, after_event=after, previews=previews, inline_bytes=_INLINE_BYTES if images else 0
        )
        try:
            stream = yield Listen("jobs.WatchJob", request)
            try:
                while (message := (yield Next(stream))) is not None:
                    after = max(after, message.event)
                    patience.rest()
                    event = answers.event_from_message(message)
                    if event:
                        yield event
                    if isinstance(event, Finished):
                        return
            finally:
                stream.cancel()
            return
        except RESTARTING as error:
            yield from patience.wait(error)


def picture(artifact: Artifact) -> Operation[Picture]:
    """One finished image. Raises DataLoss where its bytes are not what its name says."""
    return Picture((yield from download(artifact.sha256)))


def converse(method: str, requests: Iterable[Any] | AsyncIterable[Any]) -> Operation[Any]:
    """Begin a conversation; the stream of what the daemon says in it."""
    return (yield Converse(method, requests))


def heard(stream: Any) -> Operation[Any]:
    """The next message of a stream, or None at its end."""
    return (yield Next(stream))


def _fetch(path: str, on_download: OnDownload | None) -> Operation[None]:
    """Have a name on the hub downloaded, for as long as that takes; nothing happens for a folder or file."""
    stream = yield Listen("downloads.FetchModel", downloads_pb2.FetchModelRequest(path=path))
    try:
        while (report := (yield Next(stream))) is not None:
            if on_download:
                on_download(report.done_bytes, report.total_bytes)
    finally:
        stream.cancel()


def _create(message: jobs_pb2.CreateJobRequest) -> Operation[Any]:
    """Queue a job; interrupted, leave none behind. Sent again under its id, a request gives the job that it gave."""
    call = Call("jobs.CreateJob", message, _WORKER_DEADLINE_S)
    try:
        return (yield from _twice(call))
    except (KeyboardInterrupt, asyncio.CancelledError):
        if not message.validate_only:
            created = yield call
            yield Call("jobs.CancelJob", jobs_pb2.CancelJobRequest(id=created.job.id))
        raise


def _asset(source: PictureSource, field: str, max_bytes: int) -> Operation[str]:
    if is_asset_id(source):
        return str(source)
    return (yield from upload(picture_bytes(source, field, max_bytes)))


def _twice(call: Call) -> Operation[Any]:
    """Ask once more where the daemon may have been restarted; only for calls that may safely come twice."""
    patience = Patience()
    try:
        return (yield call)
    except RESTARTING as error:
        yield from patience.wait(error)
    return (yield call)
