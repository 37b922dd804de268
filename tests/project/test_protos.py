"""The protos keep the buf STANDARD rules, comment everything, and match the committed code."""

import re
from pathlib import Path

import pytest
from google.protobuf import descriptor_pb2

from sfumato.v1 import (
    assets_pb2,
    catalog_pb2,
    downloads_pb2,
    jobs_pb2,
    live_pb2,
    parameters_pb2,
    recipes_pb2,
    server_pb2,
)

PROTOS = Path(__file__).parents[2] / "protos"
FILES = sorted((PROTOS / "sfumato/v1").glob("*.proto"))
GENERATED = {
    module.DESCRIPTOR.name: module.DESCRIPTOR
    for module in (
        assets_pb2,
        catalog_pb2,
        downloads_pb2,
        jobs_pb2,
        live_pb2,
        parameters_pb2,
        recipes_pb2,
        server_pb2,
    )
}
DECLARATION = re.compile(r"^\s*(message|enum|service|rpc|oneof|optional|repeated|map<|[\w.]+\s+\w+\s*=\s*\d)")


def _proto(name: str) -> descriptor_pb2.FileDescriptorProto:
    found = descriptor_pb2.FileDescriptorProto()
    GENERATED[name].CopyToProto(found)
    return found


@pytest.fixture(params=sorted(GENERATED))
def proto(request) -> descriptor_pb2.FileDescriptorProto:
    return _proto(request.param)


def _messages(proto):
    pending = list(proto.message_type)
    while pending:
        message = pending.pop()
        yield message
        pending.extend(nested for nested in message.nested_type if not nested.options.map_entry)


def test_every_proto_file_is_generated_and_committed():
    assert sorted(GENERATED) == [f"sfumato/v1/{path.name}" for path in FILES]


def test_the_package_ends_in_its_version_and_matches_the_folder(proto):
    assert proto.package == "sfumato.v1"
    assert proto.name.rpartition("/")[0].replace("/", ".") == proto.package
    assert re.fullmatch(r"[a-z][a-z0-9_]*\.proto", proto.name.rpartition("/")[2])
    assert proto.syntax == "proto3"


def test_messages_are_pascal_case_and_fields_snake_case(proto):
    for message in _messages(proto):
        assert re.fullmatch(r"[A-Z][A-Za-z0-9]*", message.name)
        for field in [*message.field, *message.oneof_decl]:
            assert re.fullmatch(r"_?[a-z][a-z0-9]*(_[a-z0-9]+)*", field.name), f"{message.name}.{field.name}"


def test_enum_values_carry_their_enums_name_and_zero_is_unspecified(proto):
    enums = [*proto.enum_type, *(e for m in _messages(proto) for e in m.enum_type)]
    for enum in enums:
        prefix = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", enum.name).upper() + "_"
        assert all(value.name.startswith(prefix) for value in enum.value)
        assert enum.value[0].name == f"{prefix}UNSPECIFIED"
        assert enum.value[0].number == 0


def test_samplers_guiders_and_models_are_strings_never_enums(proto):
    for message in _messages(proto):
        for field in message.field:
            if field.type == field.TYPE_ENUM:
                assert field.type_name == ".sfumato.v1.JobState"


def test_services_and_their_messages_are_named_as_buf_wants(proto):
    seen: set[str] = set()
    for service in proto.service:
        assert service.name.endswith("Service")
        for method in service.method:
            types = (method.input_type, method.output_type)
            assert types == (f".sfumato.v1.{method.name}Request", f".sfumato.v1.{method.name}Response")
            assert seen.isdisjoint(types)
            seen.update(types)


def test_every_import_is_used(proto):
    used = {field.type_name for m in _messages(proto) for field in m.field if field.type_name}
    used |= {name for m in _messages(proto) for n in m.nested_type for f in n.field if (name := f.type_name)}
    for dependency in proto.dependency:
        pool_file = GENERATED[proto.name].pool.FindFileByName(dependency)
        names = {
            f".{pool_file.package}.{name}" for name in [*pool_file.message_types_by_name, *pool_file.enum_types_by_name]
        }
        assert used & names, f"{proto.name} imports {dependency} and uses nothing of it"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_message_field_value_and_rpc_has_a_comment(path):
    lines = path.read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines):
        if DECLARATION.match(line) and not line.lstrip().startswith(("//", "syntax", "package", "import")):
            assert lines[number - 1].lstrip().startswith("//"), f"{path.name}:{number + 1} {line.strip()}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_committed_code_is_that_of_the_protos(path):
    """Every declared name and number in the text is in the generated descriptor, and the other way round."""
    text = re.sub(r"//.*", "", path.read_text(encoding="utf-8"))
    declared = sorted(re.findall(r"(\w+)\s*=\s*(\d+)\s*;", text))
    proto = _proto(f"sfumato/v1/{path.name}")
    enums = [*proto.enum_type, *(e for m in _messages(proto) for e in m.enum_type)]
    fields = [(f.name, str(f.number)) for m in _messages(proto) for f in m.field]

    assert declared == sorted(fields + [(v.name, str(v.number)) for e in enums for v in e.value])


def test_the_committed_code_asks_for_no_newer_runtime():
    """protoc from 26 on writes a check that refuses older runtimes; ours must load from 4.25 on."""
    for path in (PROTOS.parent / "sdk/sfumato/v1").glob("*_pb2*.py"):
        text = path.read_text(encoding="utf-8")
        assert "runtime_version" not in text, path.name
        assert "GRPC_GENERATED_VERSION" not in text, path.name
