from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Iterable as _Iterable, Mapping as _Mapping, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Limits(_message.Message):
    __slots__ = ("max_asset_bytes", "max_chunk_bytes", "max_prompt_characters", "max_count", "max_steps", "max_queued_jobs", "max_frame_bytes")
    MAX_ASSET_BYTES_FIELD_NUMBER: _ClassVar[int]
    MAX_CHUNK_BYTES_FIELD_NUMBER: _ClassVar[int]
    MAX_PROMPT_CHARACTERS_FIELD_NUMBER: _ClassVar[int]
    MAX_COUNT_FIELD_NUMBER: _ClassVar[int]
    MAX_STEPS_FIELD_NUMBER: _ClassVar[int]
    MAX_QUEUED_JOBS_FIELD_NUMBER: _ClassVar[int]
    MAX_FRAME_BYTES_FIELD_NUMBER: _ClassVar[int]
    max_asset_bytes: int
    max_chunk_bytes: int
    max_prompt_characters: int
    max_count: int
    max_steps: int
    max_queued_jobs: int
    max_frame_bytes: int
    def __init__(self, max_asset_bytes: _Optional[int] = ..., max_chunk_bytes: _Optional[int] = ..., max_prompt_characters: _Optional[int] = ..., max_count: _Optional[int] = ..., max_steps: _Optional[int] = ..., max_queued_jobs: _Optional[int] = ..., max_frame_bytes: _Optional[int] = ...) -> None: ...

class Worker(_message.Message):
    __slots__ = ("state", "device", "crash_count", "pid")
    STATE_FIELD_NUMBER: _ClassVar[int]
    DEVICE_FIELD_NUMBER: _ClassVar[int]
    CRASH_COUNT_FIELD_NUMBER: _ClassVar[int]
    PID_FIELD_NUMBER: _ClassVar[int]
    state: str
    device: str
    crash_count: int
    pid: int
    def __init__(self, state: _Optional[str] = ..., device: _Optional[str] = ..., crash_count: _Optional[int] = ..., pid: _Optional[int] = ...) -> None: ...

class GetServerInfoRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class GetServerInfoResponse(_message.Message):
    __slots__ = ("version", "capabilities", "limits", "worker", "active_job_count", "pid")
    VERSION_FIELD_NUMBER: _ClassVar[int]
    CAPABILITIES_FIELD_NUMBER: _ClassVar[int]
    LIMITS_FIELD_NUMBER: _ClassVar[int]
    WORKER_FIELD_NUMBER: _ClassVar[int]
    ACTIVE_JOB_COUNT_FIELD_NUMBER: _ClassVar[int]
    PID_FIELD_NUMBER: _ClassVar[int]
    version: str
    capabilities: _containers.RepeatedScalarFieldContainer[str]
    limits: Limits
    worker: Worker
    active_job_count: int
    pid: int
    def __init__(self, version: _Optional[str] = ..., capabilities: _Optional[_Iterable[str]] = ..., limits: _Optional[_Union[Limits, _Mapping]] = ..., worker: _Optional[_Union[Worker, _Mapping]] = ..., active_job_count: _Optional[int] = ..., pid: _Optional[int] = ...) -> None: ...

class StartWorkerRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class StartWorkerResponse(_message.Message):
    __slots__ = ("worker",)
    WORKER_FIELD_NUMBER: _ClassVar[int]
    worker: Worker
    def __init__(self, worker: _Optional[_Union[Worker, _Mapping]] = ...) -> None: ...

class ShutdownRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ShutdownResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...
