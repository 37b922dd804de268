from sfumato.v1 import jobs_pb2 as _jobs_pb2
from sfumato.v1 import recipes_pb2 as _recipes_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Iterable as _Iterable, Mapping as _Mapping, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class LivePicture(_message.Message):
    __slots__ = ("name", "width_px", "height_px", "rgb", "rgba", "gray", "file")
    NAME_FIELD_NUMBER: _ClassVar[int]
    WIDTH_PX_FIELD_NUMBER: _ClassVar[int]
    HEIGHT_PX_FIELD_NUMBER: _ClassVar[int]
    RGB_FIELD_NUMBER: _ClassVar[int]
    RGBA_FIELD_NUMBER: _ClassVar[int]
    GRAY_FIELD_NUMBER: _ClassVar[int]
    FILE_FIELD_NUMBER: _ClassVar[int]
    name: str
    width_px: int
    height_px: int
    rgb: bytes
    rgba: bytes
    gray: bytes
    file: bytes
    def __init__(self, name: _Optional[str] = ..., width_px: _Optional[int] = ..., height_px: _Optional[int] = ..., rgb: _Optional[bytes] = ..., rgba: _Optional[bytes] = ..., gray: _Optional[bytes] = ..., file: _Optional[bytes] = ...) -> None: ...

class PaintRequest(_message.Message):
    __slots__ = ("frame", "recipe", "pictures")
    FRAME_FIELD_NUMBER: _ClassVar[int]
    RECIPE_FIELD_NUMBER: _ClassVar[int]
    PICTURES_FIELD_NUMBER: _ClassVar[int]
    frame: int
    recipe: _recipes_pb2.Recipe
    pictures: _containers.RepeatedCompositeFieldContainer[LivePicture]
    def __init__(self, frame: _Optional[int] = ..., recipe: _Optional[_Union[_recipes_pb2.Recipe, _Mapping]] = ..., pictures: _Optional[_Iterable[_Union[LivePicture, _Mapping]]] = ...) -> None: ...

class PaintResponse(_message.Message):
    __slots__ = ("frame", "final", "step_index", "step_count", "picture", "seed", "adjustments")
    FRAME_FIELD_NUMBER: _ClassVar[int]
    FINAL_FIELD_NUMBER: _ClassVar[int]
    STEP_INDEX_FIELD_NUMBER: _ClassVar[int]
    STEP_COUNT_FIELD_NUMBER: _ClassVar[int]
    PICTURE_FIELD_NUMBER: _ClassVar[int]
    SEED_FIELD_NUMBER: _ClassVar[int]
    ADJUSTMENTS_FIELD_NUMBER: _ClassVar[int]
    frame: int
    final: bool
    step_index: int
    step_count: int
    picture: LivePicture
    seed: int
    adjustments: _containers.RepeatedCompositeFieldContainer[_jobs_pb2.Adjustment]
    def __init__(self, frame: _Optional[int] = ..., final: bool = ..., step_index: _Optional[int] = ..., step_count: _Optional[int] = ..., picture: _Optional[_Union[LivePicture, _Mapping]] = ..., seed: _Optional[int] = ..., adjustments: _Optional[_Iterable[_Union[_jobs_pb2.Adjustment, _Mapping]]] = ...) -> None: ...
