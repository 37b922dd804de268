"""Who may import whom: the picture in the design, held against the code."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "sdk" / "sfumato"

VALUES = {
    "adjustments", "errors", "parameters", "recipe", "catalogue", "border", "images", "frames", "places", "provenance",
    "plugin_sources", "plugin_states", "plugin_survey", "black_box",
}  # fmt: skip
ROOMS = {
    "values": {"values"},
    "v1": {"v1"},
    "plugin": {"plugin", "values"},
    "builtin": {"builtin", "plugin"},
    "engine": {"engine", "plugin", "values"},
    "ground": {"ground"},
    "wire": {"values", "v1"},
    "daemon": {"daemon", "values", "wire", "v1"},
    "worker": {"worker", "engine", "plugin", "values", "ground"},
    "client": {"client", "values", "wire", "v1"},
    "bridge": {"bridge", "client", "values", "v1"},
    "testing": {"testing", "engine", "plugin", "values", "wire", "v1", "ground", "client"},
    "texturing": {"texturing", "client", "values", "v1"},
    "cli": {"cli", "client", "testing", "texturing", "values"},
    "package": {"client"},
}
TORCH_ROOMS = {"engine", "builtin", "ground", "worker", "testing"}
HEAVY = {"torch", "diffusers", "transformers", "peft", "torchao"}
#: What other people's samplers run in. `sfumato.plugin` imports none of it before there is such a sampler.
TORCH_MODULES = {
    f"sfumato.plugin._from_{name}"
    for name in ("frames", "memory", "noise", "rehearsal", "replay", "schedulers", "walk")
}


def room_of(module: str) -> str:
    """The room of a dotted module name such as sfumato.engine.stepper."""
    parts = module.split(".")
    if len(parts) == 1:
        return "package"
    return "values" if parts[1] in VALUES else parts[1]


def modules() -> list[str]:
    """Every module of the package by its dotted name."""
    paths = sorted(PACKAGE.rglob("*.py"))
    names = [".".join(("sfumato", *path.relative_to(PACKAGE).with_suffix("").parts)) for path in paths]
    return [name.removesuffix(".__init__") for name in names]


def imports(module: str) -> set[str]:
    """Every name that a module imports at run time, functions included, TYPE_CHECKING blocks excluded."""
    path = PACKAGE.joinpath(*module.split(".")[1:])
    source = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    found: set[str] = set()
    pending: list[ast.AST] = [ast.parse(source.read_text(encoding="utf-8"))]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} imports relatively; name the module in full"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
        pending.extend(ast.iter_child_nodes(node))
    return found


@pytest.mark.parametrize("module", modules())
def test_a_room_imports_only_what_the_design_lets_it(module):
    room = room_of(module)
    assert room in ROOMS, f"{module} stands in no room of the design"
    foreign = {name for name in imports(module) if name.split(".")[0] == "sfumato"}

    assert {name for name in foreign if room_of(name) not in ROOMS[room]} == set()


@pytest.mark.parametrize("module", modules())
def test_only_the_rooms_that_compute_import_torch(module):
    heavy = {name for name in imports(module) if name.split(".")[0] in HEAVY}

    assert not heavy or room_of(module) in TORCH_ROOMS or module in TORCH_MODULES


def test_the_values_import_nothing_of_ours_but_each_other():
    """A second look at the foundation by hand, so that a slip in ROOMS cannot hide one here."""
    for module in (name for name in modules() if room_of(name) == "values"):
        ours = {name.split(".")[1] for name in imports(module) if name.startswith("sfumato.")}
        assert ours <= VALUES, module
