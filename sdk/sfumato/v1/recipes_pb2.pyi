from sfumato.v1 import parameters_pb2 as _parameters_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Iterable as _Iterable, Mapping as _Mapping, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Selection(_message.Message):
    __slots__ = ("id", "params")
    class ParamsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: _parameters_pb2.ParameterValue
        def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[_parameters_pb2.ParameterValue, _Mapping]] = ...) -> None: ...
    ID_FIELD_NUMBER: _ClassVar[int]
    PARAMS_FIELD_NUMBER: _ClassVar[int]
    id: str
    params: _containers.MessageMap[str, _parameters_pb2.ParameterValue]
    def __init__(self, id: _Optional[str] = ..., params: _Optional[_Mapping[str, _parameters_pb2.ParameterValue]] = ...) -> None: ...

class Margins(_message.Message):
    __slots__ = ("left_px", "top_px", "right_px", "bottom_px")
    LEFT_PX_FIELD_NUMBER: _ClassVar[int]
    TOP_PX_FIELD_NUMBER: _ClassVar[int]
    RIGHT_PX_FIELD_NUMBER: _ClassVar[int]
    BOTTOM_PX_FIELD_NUMBER: _ClassVar[int]
    left_px: int
    top_px: int
    right_px: int
    bottom_px: int
    def __init__(self, left_px: _Optional[int] = ..., top_px: _Optional[int] = ..., right_px: _Optional[int] = ..., bottom_px: _Optional[int] = ...) -> None: ...

class Recipe(_message.Message):
    __slots__ = ("model", "prompt", "negative_prompt", "width_px", "height_px", "count", "seed", "steps", "sampler", "schedule", "guider", "tile", "init", "mask", "strength", "outpaint", "conditioners", "post_processors")
    MODEL_FIELD_NUMBER: _ClassVar[int]
    PROMPT_FIELD_NUMBER: _ClassVar[int]
    NEGATIVE_PROMPT_FIELD_NUMBER: _ClassVar[int]
    WIDTH_PX_FIELD_NUMBER: _ClassVar[int]
    HEIGHT_PX_FIELD_NUMBER: _ClassVar[int]
    COUNT_FIELD_NUMBER: _ClassVar[int]
    SEED_FIELD_NUMBER: _ClassVar[int]
    STEPS_FIELD_NUMBER: _ClassVar[int]
    SAMPLER_FIELD_NUMBER: _ClassVar[int]
    SCHEDULE_FIELD_NUMBER: _ClassVar[int]
    GUIDER_FIELD_NUMBER: _ClassVar[int]
    TILE_FIELD_NUMBER: _ClassVar[int]
    INIT_FIELD_NUMBER: _ClassVar[int]
    MASK_FIELD_NUMBER: _ClassVar[int]
    STRENGTH_FIELD_NUMBER: _ClassVar[int]
    OUTPAINT_FIELD_NUMBER: _ClassVar[int]
    CONDITIONERS_FIELD_NUMBER: _ClassVar[int]
    POST_PROCESSORS_FIELD_NUMBER: _ClassVar[int]
    model: str
    prompt: str
    negative_prompt: str
    width_px: int
    height_px: int
    count: int
    seed: int
    steps: int
    sampler: Selection
    schedule: Selection
    guider: Selection
    tile: str
    init: str
    mask: str
    strength: float
    outpaint: Margins
    conditioners: _containers.RepeatedCompositeFieldContainer[Selection]
    post_processors: _containers.RepeatedCompositeFieldContainer[Selection]
    def __init__(self, model: _Optional[str] = ..., prompt: _Optional[str] = ..., negative_prompt: _Optional[str] = ..., width_px: _Optional[int] = ..., height_px: _Optional[int] = ..., count: _Optional[int] = ..., seed: _Optional[int] = ..., steps: _Optional[int] = ..., sampler: _Optional[_Union[Selection, _Mapping]] = ..., schedule: _Optional[_Union[Selection, _Mapping]] = ..., guider: _Optional[_Union[Selection, _Mapping]] = ..., tile: _Optional[str] = ..., init: _Optional[str] = ..., mask: _Optional[str] = ..., strength: _Optional[float] = ..., outpaint: _Optional[_Union[Margins, _Mapping]] = ..., conditioners: _Optional[_Iterable[_Union[Selection, _Mapping]]] = ..., post_processors: _Optional[_Iterable[_Union[Selection, _Mapping]]] = ...) -> None: ...
