"""The zip and the repository, checked by Blender's own tool, and installed in the ways that there are."""

import ast
import json
import shutil
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import version

import pytest

from tests.hosts.blender.blender_program import BPY, CHECKOUT, EXTENSION_TOOL, package, require

ADAPTER = CHECKOUT / "host_adapters/blender/sfumato"


@pytest.fixture(scope="module")
def tool():
    """Blender's own tool for extensions, in plain Python."""
    require("bpy")
    path = next((BPY / "lib").glob("python3*/site-packages/bpy")) / EXTENSION_TOOL

    def run(*words):
        done = subprocess.run([BPY / "bin/python", path, *words], capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr

    return run


def test_blender_finds_the_zip_valid(tmp_path, tool):
    status, said = tool("validate", str(package(tmp_path)))

    assert status == 0, said
    assert "Success" in said


def test_the_index_is_the_one_that_blender_would_write(tmp_path, tool):
    package(tmp_path)
    ours = json.loads((tmp_path / "index.json").read_text())
    status, said = tool("server-generate", "--repo-dir", str(tmp_path))

    assert status == 0, said
    assert json.loads((tmp_path / "index.json").read_text()) == ours
    assert len(ours["data"]) == 1


def test_the_same_sources_make_the_same_zip(tmp_path):
    first, second = package(tmp_path / "one"), package(tmp_path / "two")

    assert first.read_bytes() == second.read_bytes()


def test_a_portable_zip_names_no_path_of_this_machine(tmp_path):
    with zipfile.ZipFile(package(tmp_path, "--portable")) as archive:
        note = json.loads(archive.read("sfumato/sfumato.json"))
        names = archive.namelist()

    assert note == {"version": version("sfumato")}
    assert {"sfumato/__init__.py", "sfumato/blender_manifest.toml", "sfumato/core/studio.py"} <= set(names)
    assert not [name for name in names if not name.startswith("sfumato/") or "__pycache__" in name]


def test_manifest_and_bl_info_tell_the_version_of_the_project():
    manifest = tomllib.loads((ADAPTER / "blender_manifest.toml").read_text())
    source = ast.parse((ADAPTER / "__init__.py").read_text())
    told = next(each for each in source.body if isinstance(each, ast.Assign) and each.targets[0].id == "bl_info")
    bl_info = ast.literal_eval(told.value)

    assert manifest["version"] == version("sfumato")
    assert ".".join(map(str, bl_info["version"])) == version("sfumato")
    assert (bl_info["blender"], manifest["blender_version_min"]) == ((3, 4, 0), "4.2.0")


#: What every Blender brings; `bl_ext` is never named, before 4.2 there is none.
_SHIPPED = {"bpy", "bmesh", "mathutils", "numpy", "gpu_extras"}


def test_the_adapter_imports_what_blender_ships_and_its_own_by_relative_names():
    foreign = []
    for path in ADAPTER.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [each.name for each in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and not node.level:
                names = [node.module]
            roots = {name.partition(".")[0] for name in names}
            foreign += [f"{path.name}: {root}" for root in roots - _SHIPPED - set(sys.stdlib_module_names)]

    assert foreign == []


def test_as_an_add_on_of_old_it_registers_by_the_name_of_its_folder(tmp_path):
    """The way of Blenders before 4.2: unpacked into scripts/addons, enabled by its folder's name."""
    require("bpy")
    addons = tmp_path / "blender/scripts/addons"
    addons.mkdir(parents=True)
    with zipfile.ZipFile(package(tmp_path / "archive")) as archive:
        archive.extractall(addons)
    (addons / "sfumato/blender_manifest.toml").unlink()
    code = (
        "import bpy, addon_utils\n"
        "assert addon_utils.enable('sfumato', default_set=True)\n"
        "print(bpy.context.preferences.addons['sfumato'].preferences.bl_rna.identifier)\n"
        "print(bpy.ops.sfumato.connect.idname())\n"
        "addon_utils.disable('sfumato')\n"
    )
    environment = {"BLENDER_USER_RESOURCES": str(tmp_path / "blender"), "SFUMATO_DATA_DIR": str(tmp_path / "data")}
    done = subprocess.run([BPY / "bin/python", "-c", code], env=environment, capture_output=True, text=True)

    assert done.stdout.split() == ["SFUMATO_AP_preferences", "SFUMATO_OT_connect"], done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_the_repository_serves_it_to_blender(tmp_path, tool):
    """Synchronised and installed from the folder alone, as from any web server."""
    package(tmp_path / "repository")
    local = tmp_path / "local"
    shutil.rmtree(local, ignore_errors=True)
    local.mkdir()
    url = (tmp_path / "repository/index.json").as_uri()
    shared = ["--local-dir", str(local), "--remote-url", url]
    status, said = tool("sync", *shared)
    assert status == 0, said
    told = ["--blender-version", "5.0.1", "--python-version", "3.11.0", "--temp-prefix-and-suffix", "./"]
    status, said = tool("install", "sfumato", *shared, *told)

    assert status == 0, said
    assert (local / "sfumato/blender_manifest.toml").is_file(), said
