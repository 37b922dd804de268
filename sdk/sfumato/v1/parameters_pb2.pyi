from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Iterable as _Iterable, Mapping as _Mapping, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ParameterValue(_message.Message):
    __slots__ = ("bool_value", "int_value", "float_value", "string_value")
    BOOL_VALUE_FIELD_NUMBER: _ClassVar[int]
    INT_VALUE_FIELD_NUMBER: _ClassVar[int]
    FLOAT_VALUE_FIELD_NUMBER: _ClassVar[int]
    STRING_VALUE_FIELD_NUMBER: _ClassVar[int]
    bool_value: bool
    int_value: int
    float_value: float
    string_value: str
    def __init__(self, bool_value: bool = ..., int_value: _Optional[int] = ..., float_value: _Optional[float] = ..., string_value: _Optional[str] = ...) -> None: ...

class ParameterChoice(_message.Message):
    __slots__ = ("value", "label")
    VALUE_FIELD_NUMBER: _ClassVar[int]
    LABEL_FIELD_NUMBER: _ClassVar[int]
    value: str
    label: str
    def __init__(self, value: _Optional[str] = ..., label: _Optional[str] = ...) -> None: ...

class ParameterSpec(_message.Message):
    __slots__ = ("id", "kind", "default_value", "label", "help", "group", "unit", "minimum", "maximum", "display_minimum", "display_maximum", "step", "choices", "multi_line", "depends_on", "renamed_from")
    ID_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    DEFAULT_VALUE_FIELD_NUMBER: _ClassVar[int]
    LABEL_FIELD_NUMBER: _ClassVar[int]
    HELP_FIELD_NUMBER: _ClassVar[int]
    GROUP_FIELD_NUMBER: _ClassVar[int]
    UNIT_FIELD_NUMBER: _ClassVar[int]
    MINIMUM_FIELD_NUMBER: _ClassVar[int]
    MAXIMUM_FIELD_NUMBER: _ClassVar[int]
    DISPLAY_MINIMUM_FIELD_NUMBER: _ClassVar[int]
    DISPLAY_MAXIMUM_FIELD_NUMBER: _ClassVar[int]
    STEP_FIELD_NUMBER: _ClassVar[int]
    CHOICES_FIELD_NUMBER: _ClassVar[int]
    MULTI_LINE_FIELD_NUMBER: _ClassVar[int]
    DEPENDS_ON_FIELD_NUMBER: _ClassVar[int]
    RENAMED_FROM_FIELD_NUMBER: _ClassVar[int]
    id: str
    kind: str
    default_value: ParameterValue
    label: str
    help: str
    group: str
    unit: str
    minimum: float
    maximum: float
    display_minimum: float
    display_maximum: float
    step: float
    choices: _containers.RepeatedCompositeFieldContainer[ParameterChoice]
    multi_line: bool
    depends_on: str
    renamed_from: str
    def __init__(self, id: _Optional[str] = ..., kind: _Optional[str] = ..., default_value: _Optional[_Union[ParameterValue, _Mapping]] = ..., label: _Optional[str] = ..., help: _Optional[str] = ..., group: _Optional[str] = ..., unit: _Optional[str] = ..., minimum: _Optional[float] = ..., maximum: _Optional[float] = ..., display_minimum: _Optional[float] = ..., display_maximum: _Optional[float] = ..., step: _Optional[float] = ..., choices: _Optional[_Iterable[_Union[ParameterChoice, _Mapping]]] = ..., multi_line: bool = ..., depends_on: _Optional[str] = ..., renamed_from: _Optional[str] = ...) -> None: ...
