from sfumato.v1 import parameters_pb2 as _parameters_pb2
from sfumato.v1 import recipes_pb2 as _recipes_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Iterable as _Iterable, Mapping as _Mapping, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Model(_message.Message):
    __slots__ = ("id", "title", "family", "architecture", "prediction_type", "native_size_px", "size_multiple_px", "max_size_px", "latent_channels", "takes_inpaint_channels", "parameter_count", "licence", "default_steps", "default_sampler", "default_schedule", "default_guider", "control")
    ID_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    FAMILY_FIELD_NUMBER: _ClassVar[int]
    ARCHITECTURE_FIELD_NUMBER: _ClassVar[int]
    PREDICTION_TYPE_FIELD_NUMBER: _ClassVar[int]
    NATIVE_SIZE_PX_FIELD_NUMBER: _ClassVar[int]
    SIZE_MULTIPLE_PX_FIELD_NUMBER: _ClassVar[int]
    MAX_SIZE_PX_FIELD_NUMBER: _ClassVar[int]
    LATENT_CHANNELS_FIELD_NUMBER: _ClassVar[int]
    TAKES_INPAINT_CHANNELS_FIELD_NUMBER: _ClassVar[int]
    PARAMETER_COUNT_FIELD_NUMBER: _ClassVar[int]
    LICENCE_FIELD_NUMBER: _ClassVar[int]
    DEFAULT_STEPS_FIELD_NUMBER: _ClassVar[int]
    DEFAULT_SAMPLER_FIELD_NUMBER: _ClassVar[int]
    DEFAULT_SCHEDULE_FIELD_NUMBER: _ClassVar[int]
    DEFAULT_GUIDER_FIELD_NUMBER: _ClassVar[int]
    CONTROL_FIELD_NUMBER: _ClassVar[int]
    id: str
    title: str
    family: str
    architecture: str
    prediction_type: str
    native_size_px: int
    size_multiple_px: int
    max_size_px: int
    latent_channels: int
    takes_inpaint_channels: bool
    parameter_count: int
    licence: str
    default_steps: int
    default_sampler: _recipes_pb2.Selection
    default_schedule: _recipes_pb2.Selection
    default_guider: _recipes_pb2.Selection
    control: str
    def __init__(self, id: _Optional[str] = ..., title: _Optional[str] = ..., family: _Optional[str] = ..., architecture: _Optional[str] = ..., prediction_type: _Optional[str] = ..., native_size_px: _Optional[int] = ..., size_multiple_px: _Optional[int] = ..., max_size_px: _Optional[int] = ..., latent_channels: _Optional[int] = ..., takes_inpaint_channels: bool = ..., parameter_count: _Optional[int] = ..., licence: _Optional[str] = ..., default_steps: _Optional[int] = ..., default_sampler: _Optional[_Union[_recipes_pb2.Selection, _Mapping]] = ..., default_schedule: _Optional[_Union[_recipes_pb2.Selection, _Mapping]] = ..., default_guider: _Optional[_Union[_recipes_pb2.Selection, _Mapping]] = ..., control: _Optional[str] = ...) -> None: ...

class Contribution(_message.Message):
    __slots__ = ("id", "kind", "label", "description", "plugin", "plugin_version", "capability", "parameters", "needs")
    ID_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    LABEL_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    PLUGIN_FIELD_NUMBER: _ClassVar[int]
    PLUGIN_VERSION_FIELD_NUMBER: _ClassVar[int]
    CAPABILITY_FIELD_NUMBER: _ClassVar[int]
    PARAMETERS_FIELD_NUMBER: _ClassVar[int]
    NEEDS_FIELD_NUMBER: _ClassVar[int]
    id: str
    kind: str
    label: str
    description: str
    plugin: str
    plugin_version: str
    capability: str
    parameters: _containers.RepeatedCompositeFieldContainer[_parameters_pb2.ParameterSpec]
    needs: Needs
    def __init__(self, id: _Optional[str] = ..., kind: _Optional[str] = ..., label: _Optional[str] = ..., description: _Optional[str] = ..., plugin: _Optional[str] = ..., plugin_version: _Optional[str] = ..., capability: _Optional[str] = ..., parameters: _Optional[_Iterable[_Union[_parameters_pb2.ParameterSpec, _Mapping]]] = ..., needs: _Optional[_Union[Needs, _Mapping]] = ...) -> None: ...

class Needs(_message.Message):
    __slots__ = ("init", "mask", "families", "network", "memory_bytes")
    INIT_FIELD_NUMBER: _ClassVar[int]
    MASK_FIELD_NUMBER: _ClassVar[int]
    FAMILIES_FIELD_NUMBER: _ClassVar[int]
    NETWORK_FIELD_NUMBER: _ClassVar[int]
    MEMORY_BYTES_FIELD_NUMBER: _ClassVar[int]
    init: bool
    mask: bool
    families: _containers.RepeatedScalarFieldContainer[str]
    network: bool
    memory_bytes: int
    def __init__(self, init: bool = ..., mask: bool = ..., families: _Optional[_Iterable[str]] = ..., network: bool = ..., memory_bytes: _Optional[int] = ...) -> None: ...

class Plugin(_message.Message):
    __slots__ = ("name", "version", "error", "state")
    NAME_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    name: str
    version: str
    error: str
    state: str
    def __init__(self, name: _Optional[str] = ..., version: _Optional[str] = ..., error: _Optional[str] = ..., state: _Optional[str] = ...) -> None: ...

class ListModelsRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ListModelsResponse(_message.Message):
    __slots__ = ("models",)
    MODELS_FIELD_NUMBER: _ClassVar[int]
    models: _containers.RepeatedCompositeFieldContainer[Model]
    def __init__(self, models: _Optional[_Iterable[_Union[Model, _Mapping]]] = ...) -> None: ...

class ListContributionsRequest(_message.Message):
    __slots__ = ("kind",)
    KIND_FIELD_NUMBER: _ClassVar[int]
    kind: str
    def __init__(self, kind: _Optional[str] = ...) -> None: ...

class ListContributionsResponse(_message.Message):
    __slots__ = ("contributions", "plugins")
    CONTRIBUTIONS_FIELD_NUMBER: _ClassVar[int]
    PLUGINS_FIELD_NUMBER: _ClassVar[int]
    contributions: _containers.RepeatedCompositeFieldContainer[Contribution]
    plugins: _containers.RepeatedCompositeFieldContainer[Plugin]
    def __init__(self, contributions: _Optional[_Iterable[_Union[Contribution, _Mapping]]] = ..., plugins: _Optional[_Iterable[_Union[Plugin, _Mapping]]] = ...) -> None: ...

class InspectModelRequest(_message.Message):
    __slots__ = ("path",)
    PATH_FIELD_NUMBER: _ClassVar[int]
    path: str
    def __init__(self, path: _Optional[str] = ...) -> None: ...

class InspectModelResponse(_message.Message):
    __slots__ = ("model",)
    MODEL_FIELD_NUMBER: _ClassVar[int]
    model: Model
    def __init__(self, model: _Optional[_Union[Model, _Mapping]] = ...) -> None: ...

class AddModelRequest(_message.Message):
    __slots__ = ("path", "id")
    PATH_FIELD_NUMBER: _ClassVar[int]
    ID_FIELD_NUMBER: _ClassVar[int]
    path: str
    id: str
    def __init__(self, path: _Optional[str] = ..., id: _Optional[str] = ...) -> None: ...

class AddModelResponse(_message.Message):
    __slots__ = ("model",)
    MODEL_FIELD_NUMBER: _ClassVar[int]
    model: Model
    def __init__(self, model: _Optional[_Union[Model, _Mapping]] = ...) -> None: ...

class RemoveModelRequest(_message.Message):
    __slots__ = ("id",)
    ID_FIELD_NUMBER: _ClassVar[int]
    id: str
    def __init__(self, id: _Optional[str] = ...) -> None: ...

class RemoveModelResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ReloadPluginsRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ReloadPluginsResponse(_message.Message):
    __slots__ = ("plugins",)
    PLUGINS_FIELD_NUMBER: _ClassVar[int]
    plugins: _containers.RepeatedCompositeFieldContainer[Plugin]
    def __init__(self, plugins: _Optional[_Iterable[_Union[Plugin, _Mapping]]] = ...) -> None: ...
