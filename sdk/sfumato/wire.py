"""Values to messages and back, and errors to google.rpc.Status: the one place that knows both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final

import grpc
from google.protobuf import any_pb2
from google.rpc import code_pb2, error_details_pb2, status_pb2

from sfumato import errors
from sfumato.catalogue import ContributionCard, ModelCard, Needs, PluginCard, nearest
from sfumato.parameters import Choice, ParameterSpec, Value
from sfumato.recipe import CHAINS, SELECTIONS, Margins, Recipe, Selection
from sfumato.v1 import catalog_pb2, parameters_pb2, recipes_pb2

ERROR_DOMAIN: Final = "sfumato"
#: The metadata key under which gRPC carries a google.rpc.Status.
DETAILS_KEY: Final = "grpc-status-details-bin"

_OPTIONAL_BOUNDS: Final = ("minimum", "maximum", "display_minimum", "display_maximum", "step")
_SPEC_FIELDS: Final = ("id", "kind", "label", "help", "group", "unit", "multi_line", "depends_on", "renamed_from")
_MODEL_FIELDS: Final = (
    "id", "title", "family", "architecture", "prediction_type", "native_size_px", "size_multiple_px", "max_size_px",
    "latent_channels", "takes_inpaint_channels", "parameter_count", "licence", "default_steps", "control",
)  # fmt: skip
_MODEL_SELECTIONS: Final = ("default_sampler", "default_schedule", "default_guider")
_CARD_FIELDS: Final = ("id", "kind", "label", "description", "plugin", "plugin_version", "capability")
_TEXT_FIELDS: Final = ("model", "negative_prompt", "tile", "init", "mask")
_RECIPE_FIELDS: Final = tuple(Recipe.__dataclass_fields__)
_NUMBER_FIELDS: Final = ("width_px", "height_px", "count", "seed", "steps", "strength")


def value_to_message(value: Value) -> parameters_pb2.ParameterValue:
    """A parameter's value by its Python type."""
    if isinstance(value, bool):
        return parameters_pb2.ParameterValue(bool_value=value)
    if isinstance(value, int):
        return parameters_pb2.ParameterValue(int_value=value)
    if isinstance(value, float):
        return parameters_pb2.ParameterValue(float_value=value)
    return parameters_pb2.ParameterValue(string_value=value)


def value_from_message(message: parameters_pb2.ParameterValue) -> Value:
    """The inverse of `value_to_message`; a value that was not set is an empty string."""
    kind = message.WhichOneof("value")
    return getattr(message, kind) if kind else ""


def spec_to_message(spec: ParameterSpec) -> parameters_pb2.ParameterSpec:
    """A parameter's description."""
    return parameters_pb2.ParameterSpec(
        default_value=value_to_message(spec.default),
        choices=[parameters_pb2.ParameterChoice(value=c.value, label=c.label) for c in spec.choices],
        **{name: getattr(spec, name) for name in _SPEC_FIELDS + _OPTIONAL_BOUNDS},
    )


def spec_from_message(message: parameters_pb2.ParameterSpec) -> ParameterSpec:
    """The inverse of `spec_to_message`."""
    bounds = {name: getattr(message, name) for name in _OPTIONAL_BOUNDS if message.HasField(name)}
    return ParameterSpec(
        default=value_from_message(message.default_value),
        choices=tuple(Choice(value=c.value, label=c.label) for c in message.choices),
        **{name: getattr(message, name) for name in _SPEC_FIELDS},
        **bounds,
    )


def selection_to_message(selection: Selection) -> recipes_pb2.Selection:
    """A contribution and its parameters."""
    params = {key: value_to_message(value) for key, value in selection.params.items()}
    return recipes_pb2.Selection(id=selection.id, params=params)


def selection_from_message(message: recipes_pb2.Selection) -> Selection:
    """The inverse of `selection_to_message`."""
    params = {key: value_from_message(value) for key, value in message.params.items()}
    return Selection(id=message.id, params=params)


def recipe_to_message(recipe: Recipe) -> recipes_pb2.Recipe:
    """A complete recipe."""
    return request_to_message(recipe.to_json())


def recipe_from_message(message: recipes_pb2.Recipe) -> Recipe:
    """The complete recipe of an accepted job."""
    return Recipe.from_json(request_from_message(message))


def request_to_message(request: Mapping[str, Any]) -> recipes_pb2.Recipe:
    """A recipe's JSON, of which anything may be absent. Raises InvalidRecipe on a field or type the wire has not."""
    message = recipes_pb2.Recipe()
    for name, value in request.items():
        if value is None:
            continue
        if name not in _RECIPE_FIELDS:
            raise errors.InvalidRecipe.of(name, f"no such field{nearest(name, _RECIPE_FIELDS)}")
        try:
            message.MergeFrom(recipes_pb2.Recipe(**{name: _field_to_message(name, value)}))
        except (TypeError, ValueError, OverflowError) as error:
            problem = error if isinstance(error, TypeError) or not isinstance(value, int) else "far out of range"
            raise errors.InvalidRecipe.of(name, f"got {value!r}: {problem}") from error
    return message


def _field_to_message(name: str, value: Any) -> Any:
    if name in SELECTIONS:
        return selection_to_message(Selection.from_json({"id": "", **value}))
    if name in CHAINS:
        return [selection_to_message(Selection.from_json({"id": "", **each})) for each in value]
    return recipes_pb2.Margins(**value) if name == "outpaint" else value


def request_from_message(message: recipes_pb2.Recipe) -> dict[str, Any]:
    """The JSON of a recipe without what the message left out, as `border.complete` takes it."""
    request: dict[str, Any] = {"prompt": message.prompt}
    request |= {name: getattr(message, name) for name in _TEXT_FIELDS if getattr(message, name)}
    request |= {name: getattr(message, name) for name in _NUMBER_FIELDS if message.HasField(name)}
    for name in SELECTIONS:
        if message.HasField(name):
            request[name] = selection_from_message(getattr(message, name)).to_json()
    for name in CHAINS:
        if chain := getattr(message, name):
            request[name] = [selection_from_message(each).to_json() for each in chain]
    if message.HasField("outpaint"):
        request["outpaint"] = {side: getattr(message.outpaint, side) for side in Margins.__dataclass_fields__}
    return request


def model_to_message(card: ModelCard) -> catalog_pb2.Model:
    """A model's card, without where its files are."""
    fields: dict[str, Any] = {name: getattr(card, name) for name in _MODEL_FIELDS}
    selections = {name: selection_to_message(getattr(card, name)) for name in _MODEL_SELECTIONS}
    return catalog_pb2.Model(**fields | selections)


def model_from_message(message: catalog_pb2.Model) -> ModelCard:
    """The inverse of `model_to_message`."""
    fields: dict[str, Any] = {name: getattr(message, name) for name in _MODEL_FIELDS}
    selections = {name: selection_from_message(getattr(message, name)) for name in _MODEL_SELECTIONS}
    return ModelCard(**fields | selections)


def contribution_to_message(card: ContributionCard) -> catalog_pb2.Contribution:
    """A contribution's card."""
    fields = {name: getattr(card, name) for name in _CARD_FIELDS}
    needs = catalog_pb2.Needs(**asdict(card.needs))
    parameters = [spec_to_message(spec) for spec in card.parameters]
    return catalog_pb2.Contribution(parameters=parameters, needs=needs, **fields)


def contribution_from_message(message: catalog_pb2.Contribution) -> ContributionCard:
    """The inverse of `contribution_to_message`."""
    fields = {name: getattr(message, name) for name in _CARD_FIELDS}
    told: dict[str, Any] = {name: getattr(message.needs, name) for name in Needs.__dataclass_fields__}
    return ContributionCard(
        parameters=tuple(spec_from_message(spec) for spec in message.parameters),
        needs=Needs(**{**told, "families": tuple(told["families"])}),
        **fields,
    )


def plugin_to_message(card: PluginCard) -> catalog_pb2.Plugin:
    """A plugin's card."""
    return catalog_pb2.Plugin(name=card.name, version=card.version, error=card.error, state=card.state)


def plugin_from_message(message: catalog_pb2.Plugin) -> PluginCard:
    """The inverse of `plugin_to_message`."""
    return PluginCard(name=message.name, version=message.version, error=message.error, state=message.state)


_CODES: Final[dict[type[errors.SfumatoError], grpc.StatusCode]] = {
    errors.InvalidRecipe: grpc.StatusCode.INVALID_ARGUMENT,
    errors.NotFound: grpc.StatusCode.NOT_FOUND,
    errors.WeightsRefused: grpc.StatusCode.FAILED_PRECONDITION,
    errors.ImageRefused: grpc.StatusCode.INVALID_ARGUMENT,
    errors.MeshRefused: grpc.StatusCode.INVALID_ARGUMENT,
    errors.OutOfMemory: grpc.StatusCode.RESOURCE_EXHAUSTED,
    errors.StorageFull: grpc.StatusCode.RESOURCE_EXHAUSTED,
    errors.PluginError: grpc.StatusCode.INTERNAL,
    errors.JobCancelled: grpc.StatusCode.CANCELLED,
    errors.WorkerCrashed: grpc.StatusCode.INTERNAL,
    errors.QueueFull: grpc.StatusCode.RESOURCE_EXHAUSTED,
    errors.DataLoss: grpc.StatusCode.DATA_LOSS,
    errors.Conflict: grpc.StatusCode.ALREADY_EXISTS,
    errors.Unauthenticated: grpc.StatusCode.UNAUTHENTICATED,
    errors.NotPermitted: grpc.StatusCode.PERMISSION_DENIED,
    errors.DaemonUnavailable: grpc.StatusCode.UNAVAILABLE,
}
#: A server that stops cancels the calls that are still open.
_NO_ANSWER: Final = (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED, grpc.StatusCode.CANCELLED)
_RETRY_AFTER_S: Final = {errors.QueueFull: 5, errors.DaemonUnavailable: 1}


def grpc_code(error: errors.SfumatoError) -> grpc.StatusCode:
    """The status code under which an error travels."""
    return _CODES.get(type(error), grpc.StatusCode.INTERNAL)


def status_of(error: errors.SfumatoError) -> status_pb2.Status:
    """The error as google.rpc.Status: ErrorInfo always, BadRequest for wrong fields, RetryInfo where it helps."""
    info = error_details_pb2.ErrorInfo(reason=error.reason, domain=ERROR_DOMAIN, metadata=error.metadata)
    details: list[Any] = [info]
    if isinstance(error, errors.InvalidRecipe):
        rows = [
            error_details_pb2.BadRequest.FieldViolation(field=v.field, description=v.description)
            for v in error.violations
        ]
        details.append(error_details_pb2.BadRequest(field_violations=rows))
    if seconds := _RETRY_AFTER_S.get(type(error)):
        retry = error_details_pb2.RetryInfo()
        retry.retry_delay.FromSeconds(seconds)
        details.append(retry)
    number = code_pb2.Code.Value(grpc_code(error).name)
    return status_pb2.Status(code=number, message=error.message, details=[_packed(detail) for detail in details])


def _packed(detail: Any) -> any_pb2.Any:
    packed = any_pb2.Any()
    packed.Pack(detail)
    return packed


def error_of(status: status_pb2.Status) -> errors.SfumatoError:
    """The inverse of `status_of`; a status that is not ours becomes a plain SfumatoError."""
    info, bad_request = error_details_pb2.ErrorInfo(), error_details_pb2.BadRequest()
    for detail in status.details:
        _ = detail.Unpack(info) or detail.Unpack(bad_request)
    data = {"reason": info.reason, "message": status.message, "metadata": dict(info.metadata)}
    rows = [{"field": row.field, "description": row.description} for row in bad_request.field_violations]
    return errors.from_json(data | ({"violations": rows} if rows else {}))


def error_from_rpc(error: grpc.RpcError) -> errors.SfumatoError:
    """What a failed call says: its google.rpc.Status where it carries one, else its code in words."""
    metadata: Any = error.trailing_metadata() or ()
    for key, value in metadata:
        if key == DETAILS_KEY:
            return error_of(status_pb2.Status.FromString(value))
    message = f"{error.code().name.lower().replace('_', ' ')}: {error.details()}"
    if error.code() in _NO_ANSWER:
        return errors.DaemonUnavailable(message)
    if error.code() == grpc.StatusCode.UNAUTHENTICATED:
        return errors.Unauthenticated(message)
    return errors.SfumatoError(message)
