"""Every adapter writes the whole interface: their source is read, since Krita, GIMP and Blender are not here."""

import ast
from pathlib import Path

import pytest

ADAPTERS = Path(__file__).parents[2] / "host_adapters"
HOSTS = ("krita/sfumato/krita_host.py", "gimp/sfumato/gimp_host.py", "blender/sfumato/blender_host.py")


def methods(file):
    """Of the class that is or derives from Host: each method's names of arguments and its source, by name."""
    classes = [each for each in ast.parse(file.read_text(encoding="utf-8")).body if isinstance(each, ast.ClassDef)]
    [host] = [each for each in classes if "Host" in [each.name, *(getattr(base, "id", "") for base in each.bases)]]
    found = [each for each in host.body if isinstance(each, ast.FunctionDef)]
    return {each.name: ([argument.arg for argument in each.args.args], ast.unparse(each)) for each in found}


INTERFACE = methods(ADAPTERS / "core" / "host.py")
REQUIRED = {name for name, (_, source) in INTERFACE.items() if "abstractmethod" in source}


def test_the_interface_is_a_few_methods():
    assert {"document", "selection", "capture", "place"} < REQUIRED
    assert len(REQUIRED) <= 10


@pytest.mark.parametrize("host", HOSTS)
def test_an_adapter_writes_all_of_it_with_the_same_arguments(host):
    written = methods(ADAPTERS / host)

    assert REQUIRED - set(written) == set()
    assert {name: arguments for name, (arguments, _) in written.items() if name in INTERFACE} == {
        name: arguments for name, (arguments, _) in INTERFACE.items() if name in written
    }
