"""`sfumato hosts`: where programs keep plug-ins on every platform, and what is left when ours has been and gone."""

from __future__ import annotations

import hashlib
import json
import os
import stat
import subprocess
import sys
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest
from click.testing import CliRunner

from sfumato.cli import host_adapters, kritarc, main
from sfumato.cli.complaint import WrongRequest
from sfumato.cli.host_places import FLATPAK, SNAP, Machine, chosen, found

RELEASE = version("sfumato")


def machine(home, system="linux", **environment):
    return Machine(system=system, environment={"PATH": "", **environment}, home=home)


def folders(home, *names):
    for name in names:
        (home / name).mkdir(parents=True)


def tree(folder):
    """Every file and folder below, with the bytes of the files."""
    return {path.relative_to(folder): path.read_bytes() if path.is_file() else None for path in folder.rglob("*")}


#: Host, system, environment (relative values are below the home), what is there, and (title, shelf, settings).
LAYOUTS = {
    "krita, package or AppImage": (
        "krita", "linux", {}, [".local/share/krita"],
        [("Krita", ".local/share/krita/pykrita", ".config/kritarc")],
    ),
    "krita, XDG": (
        "krita", "linux", {"XDG_DATA_HOME": "data", "XDG_CONFIG_HOME": "config"}, ["data/krita"],
        [("Krita", "data/krita/pykrita", "config/kritarc")],
    ),
    "krita, Flatpak and Snap beside a package": (
        "krita", "linux", {},
        [".local/share/krita", ".var/app/org.kde.krita/data/krita", "snap/krita/current/.local/share/krita"],
        [
            ("Krita", ".local/share/krita/pykrita", ".config/kritarc"),
            ("Krita (Flatpak)", ".var/app/org.kde.krita/data/krita/pykrita", ".var/app/org.kde.krita/config/kritarc"),
            ("Krita (Snap)", "snap/krita/current/.local/share/krita/pykrita", "snap/krita/current/.config/kritarc"),
        ],
    ),
    "krita, Windows": (
        "krita", "win32", {"APPDATA": "Roaming", "LOCALAPPDATA": "Local"},
        ["Roaming/krita", "Local/Packages/49800Krita_abc/LocalCache/Roaming/krita"],
        [
            ("Krita", "Roaming/krita/pykrita", "Local/kritarc"),
            (
                "Krita (Microsoft Store)",
                "Local/Packages/49800Krita_abc/LocalCache/Roaming/krita/pykrita",
                "Local/Packages/49800Krita_abc/LocalCache/Local/kritarc",
            ),
        ],
    ),
    "krita, macOS": (
        "krita", "darwin", {}, ["Library/Application Support/krita"],
        [("Krita", "Library/Application Support/krita/pykrita", "Library/Preferences/kritarc")],
    ),
    "gimp, 3.0 and 3.2 beside 2.10": (
        "gimp", "linux", {}, [".config/GIMP/2.10", ".config/GIMP/3.0", ".config/GIMP/3.2", ".config/GIMP/old"],
        [("GIMP 3.0", ".config/GIMP/3.0/plug-ins", None), ("GIMP 3.2", ".config/GIMP/3.2/plug-ins", None)],
    ),
    "gimp, Flatpak and Snap": (
        "gimp", "linux", {},
        [".var/app/org.gimp.GIMP/config/GIMP/3.0", "snap/gimp/current/.config/GIMP/3.0"],
        [
            ("GIMP 3.0 (Flatpak)", ".var/app/org.gimp.GIMP/config/GIMP/3.0/plug-ins", None),
            ("GIMP 3.0 (Snap)", "snap/gimp/current/.config/GIMP/3.0/plug-ins", None),
        ],
    ),
    "gimp, GIMP3_DIRECTORY beside a Flatpak": (
        "gimp", "linux", {"GIMP3_DIRECTORY": "mine"},
        [".config/GIMP/3.0", ".var/app/org.gimp.GIMP/config/GIMP/3.0"],
        [
            ("GIMP ($GIMP3_DIRECTORY)", "mine/plug-ins", None),
            ("GIMP 3.0 (Flatpak)", ".var/app/org.gimp.GIMP/config/GIMP/3.0/plug-ins", None),
        ],
    ),
    "gimp, Windows": (
        "gimp", "win32", {"APPDATA": "Roaming"}, ["Roaming/GIMP/3.0"],
        [("GIMP 3.0", "Roaming/GIMP/3.0/plug-ins", None)],
    ),
    "gimp, macOS": (
        "gimp", "darwin", {}, ["Library/Application Support/GIMP/3.2"],
        [("GIMP 3.2", "Library/Application Support/GIMP/3.2/plug-ins", None)],
    ),
    "blender, extensions and add-ons": (
        "blender", "linux", {}, [f".config/blender/{each}" for each in ("2.79", "3.3", "3.6", "4.2", "4.10", "5.0")],
        [
            ("Blender 3.6", ".config/blender/3.6/scripts/addons", None),
            ("Blender 4.2", ".config/blender/4.2/extensions/user_default", None),
            ("Blender 4.10", ".config/blender/4.10/extensions/user_default", None),
            ("Blender 5.0", ".config/blender/5.0/extensions/user_default", None),
        ],
    ),
    "blender, Flatpak": (
        "blender", "linux", {}, [".var/app/org.blender.Blender/config/blender/4.5"],
        [("Blender 4.5 (Flatpak)", ".var/app/org.blender.Blender/config/blender/4.5/extensions/user_default", None)],
    ),
    "blender, Windows": (
        "blender", "win32", {"APPDATA": "Roaming"}, ["Roaming/Blender Foundation/Blender/4.2"],
        [("Blender 4.2", "Roaming/Blender Foundation/Blender/4.2/extensions/user_default", None)],
    ),
    "blender, macOS": (
        "blender", "darwin", {}, ["Library/Application Support/Blender/4.2"],
        [("Blender 4.2", "Library/Application Support/Blender/4.2/extensions/user_default", None)],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", LAYOUTS)
def test_every_layout_is_found_and_nothing_else(tmp_path, name):
    host, system, environment, there, expected = LAYOUTS[name]
    folders(tmp_path, *there)
    places = found(
        host, machine(tmp_path, system, **{key: str(tmp_path / value) for key, value in environment.items()})
    )

    assert [(place.title, place.shelf, place.settings) for place in places] == [
        (title, tmp_path / shelf, settings and tmp_path / settings) for title, shelf, settings in expected
    ]
    for place in places:
        assert place.sandbox == next((each for each in (FLATPAK, SNAP) if f"({each})" in place.title), "")


@pytest.mark.parametrize("host", ["krita", "gimp", "blender"])
def test_nothing_is_found_where_nothing_is(tmp_path, host):
    assert found(host, machine(tmp_path)) == []


def test_a_program_that_was_never_started_is_found_by_its_command(tmp_path):
    folders(tmp_path, "bin")
    for name in ("krita", "gimp-3.2"):
        (tmp_path / "bin" / name).touch(mode=0o755)
    here = machine(tmp_path, PATH=str(tmp_path / "bin"))

    assert [place.title for host in ("krita", "gimp") for place in found(host, here)] == ["Krita", "GIMP 3.2"]


@pytest.mark.parametrize(
    ("host", "folder", "shelf"),
    [
        ("krita", "portable", "portable/pykrita"),
        ("krita", "portable/pykrita", "portable/pykrita"),
        ("gimp", "profile", "profile/plug-ins"),
        ("gimp", "profile/plug-ins", "profile/plug-ins"),
        ("blender", "4.2", "4.2/extensions/user_default"),
        ("blender", "3.6", "3.6/scripts/addons"),
        ("blender", "3.6/scripts/addons", "3.6/scripts/addons"),
        ("blender", "portable", "portable/extensions/user_default"),
    ],
)
def test_a_folder_may_be_named(tmp_path, host, folder, shelf):
    folders(tmp_path, folder)

    assert chosen(host, tmp_path / folder, machine(tmp_path)).shelf == tmp_path / shelf


def test_a_folder_that_is_named_and_known_keeps_what_is_known_of_it(tmp_path):
    folders(tmp_path, ".var/app/org.kde.krita/data/krita")
    place = chosen("krita", tmp_path / ".var/app/org.kde.krita/data/krita", machine(tmp_path))

    assert (place.sandbox, place.settings) == (FLATPAK, tmp_path / ".var/app/org.kde.krita/config/kritarc")
    with pytest.raises(WrongRequest, match="--to: no folder"):
        chosen("krita", tmp_path / "nowhere", machine(tmp_path))


KRITARC = b"[MainWindow]\nState=AAA\\x00=\n\n[python]\nenable_other=true\n\n[theme]\nTheme=dark\n"


@pytest.mark.parametrize(
    "before",
    [
        b"",
        KRITARC,
        KRITARC.replace(b"\n", b"\r\n"),
        b"[python]",
        b"[python]\n",
        b"[MainWindow]\nState=1\n",
        b"[MainWindow]\nState=1",
        b"State=1\r\n\r\n",
        b"[python2]\nenable_sfumato=false\n",
        b"\xff\xfe[MainWindow]\n",
    ],
)
def test_kritarc_comes_back_byte_for_byte(before):
    changed, appended = kritarc.enabled(before)

    assert b"enable_sfumato=true" in changed.replace(b"\r\n", b"\n").partition(b"[python]\n")[2].splitlines()
    assert kritarc.enabled(changed) == (changed, b"")
    assert kritarc.disabled(changed, appended).rstrip(b"\n") == before.rstrip(b"\n")
    if before != b"[python]":  # a header without its line's end gets one
        assert kritarc.disabled(changed, appended) == before


def test_kritarc_keeps_what_krita_wrote_after_the_installation():
    changed, appended = kritarc.enabled(b"[MainWindow]\nState=1\n")
    written_by_krita = b"[MainWindow]\nState=2\n\n[python]\nenable_sfumato=true\n\n[theme]\nTheme=dark\n"
    with_another = written_by_krita.replace(b"enable_sfumato", b"enable_other=true\nenable_sfumato")

    assert changed.startswith(b"[MainWindow]\nState=1\n")
    assert kritarc.disabled(written_by_krita, appended) == b"[MainWindow]\nState=2\n\n[theme]\nTheme=dark\n"
    assert kritarc.disabled(with_another, appended) == with_another.replace(b"enable_sfumato=true\n", b"")


def test_a_plug_in_that_was_switched_off_is_switched_on_where_it_stood():
    before = b"[python]\nenable_a=true\nenable_sfumato=false\nenable_z=false\n"

    assert kritarc.enabled(before)[0] == before.replace(b"sfumato=false", b"sfumato=true")


class Desk:
    """A user's home, and the command in it."""

    def __init__(self, home, monkeypatch):
        self.home = home
        for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "GIMP3_DIRECTORY"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("HOME", str(home))
        monkeypatch.setenv("PATH", "")

    def run(self, *words):
        return CliRunner().invoke(main, ["hosts", *map(str, words)], prog_name="sfumato")

    def done(self, *words):
        ended = self.run(*words)
        assert ended.exit_code == 0, ended.output
        return ended.output


@pytest.fixture
def desk(tmp_path, monkeypatch):
    home = tmp_path / "home"
    home.mkdir()
    return Desk(home, monkeypatch)


needs_posix = pytest.mark.skipif(os.name == "nt", reason="the home of a test is that of a Linux user")
pytestmark = needs_posix


def test_krita_gets_everything_and_loses_all_of_it_again(desk):
    folders(desk.home, ".local/share/krita/brushes", ".config")
    (desk.home / ".config/kritarc").write_bytes(KRITARC)
    before = tree(desk.home)
    said = desk.done("install", "krita")
    package = desk.home / ".local/share/krita/pykrita/sfumato"
    note = json.loads((package / host_adapters.NOTE).read_text())

    assert "restart Krita; Settings > Dockers > Sfumato" in said
    assert {"__init__.py", "core", host_adapters.NOTE} <= {path.name for path in package.iterdir()}
    assert (package / "core/frames.py").is_file()
    assert (package.parent / "sfumato.desktop").is_file()
    assert (package.parents[1] / "actions/sfumato.action").is_file()
    assert b"[python]\nenable_sfumato=true\nenable_other=true\n" in (desk.home / ".config/kritarc").read_bytes()
    assert (note["version"], note["python"]) == (RELEASE, sys.executable)
    assert note["command"] == [sys.executable, "-P", "-m", "sfumato.bridge"]

    desk.done("install", "krita")
    desk.done("uninstall", "krita")
    assert tree(desk.home) == before
    assert "nothing was changed" in desk.done("uninstall", "krita")


def test_a_home_without_a_kritarc_has_none_afterwards(desk):
    folders(desk.home, ".local/share/krita")
    desk.done("install", "krita")
    assert (desk.home / ".config/kritarc").read_bytes() == b"[python]\nenable_sfumato=true\n"
    desk.done("install", "krita")
    desk.done("uninstall", "krita")

    assert not (desk.home / ".config/kritarc").exists()


def test_gimp_gets_an_executable_in_every_version(desk):
    folders(desk.home, ".config/GIMP/3.0/plug-ins/other", ".config/GIMP/3.2")
    before = tree(desk.home)
    said = desk.done("install", "gimp")
    for release in ("3.0", "3.2"):
        package = desk.home / f".config/GIMP/{release}/plug-ins/sfumato"
        assert f"installed for GIMP {release}: {package}" in said
        assert stat.S_IMODE((package / "sfumato.py").stat().st_mode) == 0o755
        assert (package / "core/frames.py").is_file()

    desk.done("uninstall", "gimp")
    assert tree(desk.home) == before


def test_installing_again_leaves_no_stale_module(desk):
    folders(desk.home, ".config/GIMP/3.0")
    desk.done("install", "gimp")
    package = desk.home / ".config/GIMP/3.0/plug-ins/sfumato"
    (package / "gone.py").touch()
    (package / "__pycache__").mkdir(exist_ok=True)
    (package / "sfumato.py").write_text("old")
    desk.done("install", "gimp")

    assert not (package / "gone.py").exists()
    assert not (package / "__pycache__").exists()
    assert (package / "sfumato.py").read_text() != "old"
    assert sorted(path.name for path in package.parent.iterdir()) == ["sfumato"]


def test_one_place_can_be_chosen_of_several(desk):
    folders(desk.home, ".config/GIMP/3.0", ".config/GIMP/3.2")
    desk.done("install", "gimp", "--to", desk.home / ".config/GIMP/3.2")

    assert not (desk.home / ".config/GIMP/3.0/plug-ins").exists()
    assert (desk.home / ".config/GIMP/3.2/plug-ins/sfumato").is_dir()

    desk.done("install", "gimp")
    desk.done("uninstall", "gimp", "--to", desk.home / ".config/GIMP/3.2")
    assert not (desk.home / ".config/GIMP/3.2/plug-ins/sfumato").exists()
    assert (desk.home / ".config/GIMP/3.0/plug-ins/sfumato").is_dir()


def test_blender_gets_an_extension_or_an_add_on_and_loses_all_of_it_again(desk):
    folders(
        desk.home, ".config/blender/3.6/config", ".config/blender/4.2", ".config/blender/5.0/extensions/user_default"
    )
    before = tree(desk.home)
    said = desk.done("install", "blender")
    shelves = ("3.6/scripts/addons", "4.2/extensions/user_default", "5.0/extensions/user_default")
    for shelf in shelves:
        package = desk.home / ".config/blender" / shelf / "sfumato"
        assert (package / "blender_manifest.toml").is_file()
        assert (package / "core/studio.py").is_file()
        assert json.loads((package / host_adapters.NOTE).read_text())["python"] == sys.executable
    assert "Edit > Preferences > Add-ons, tick Sfumato" in said

    desk.done("uninstall", "blender")
    assert tree(desk.home) == before


def test_blender_is_packaged_as_a_zip_beside_an_index(desk):
    said = desk.done("package", "blender", "--output", desk.home / "shop", "--portable")
    index = json.loads((desk.home / "shop/index.json").read_text())
    (row,) = index["data"]
    data = (desk.home / "shop" / row["archive_url"]).read_bytes()

    assert f"made {desk.home / 'shop'}" in said
    assert "Install from Disk" in said
    assert (index["version"], row["id"], row["version"], row["archive_size"]) == ("v1", "sfumato", RELEASE, len(data))
    assert row["archive_hash"] == "sha256:" + hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize("link", [False, True])
def test_a_folder_that_is_not_ours_is_refused_and_the_others_are_served(desk, link):
    folders(desk.home, ".config/GIMP/3.0/plug-ins", ".config/GIMP/3.2", "mine")
    foreign = desk.home / ".config/GIMP/3.0/plug-ins/sfumato"
    if link:
        foreign.symlink_to(desk.home / "mine")
    else:
        foreign.mkdir()
    (foreign / "precious.py").write_text("mine")
    ended = desk.run("install", "gimp")
    taken_out = desk.run("uninstall", "gimp")

    for each in (ended, taken_out):
        assert each.exit_code == 1
        assert f"{foreign} is there and was not put there by `sfumato hosts install`" in each.output
    assert "installed for GIMP 3.2" in ended.output
    assert "removed from GIMP 3.2" in taken_out.output
    assert (foreign / "precious.py").read_text() == "mine"


def test_a_flatpak_starts_the_bridge_outside_and_the_user_is_told_how_to_allow_it(desk):
    folders(desk.home, ".var/app/org.kde.krita/data/krita")
    said = desk.done("install", "krita")
    note = json.loads(
        (desk.home / ".var/app/org.kde.krita/data/krita/pykrita/sfumato" / host_adapters.NOTE).read_text()
    )

    assert note["command"][:2] == ["flatpak-spawn", "--host"]
    assert note["command"][-4:] == [sys.executable, "-P", "-m", "sfumato.bridge"]
    assert "flatpak override --user --talk-name=org.freedesktop.Flatpak org.kde.krita" in said
    assert (desk.home / ".var/app/org.kde.krita/config/kritarc").is_file()


def test_a_program_that_is_nowhere_is_said_to_be(desk):
    ended = desk.run("install", "krita")

    assert ended.exit_code == 1
    assert "no Krita of this user was found; start it once" in ended.output
    assert "--to DIR" in ended.output


def test_an_adapter_that_did_not_come_along_is_said_not_to_be_here(desk, monkeypatch):
    folders(desk.home, ".config/blender/4.2")
    monkeypatch.setattr(host_adapters, "_root", lambda: desk.home)
    ended = desk.run("install", "blender")

    assert ended.exit_code == 1
    assert "the adapter for Blender is not part of this installation of Sfumato" in ended.output
    assert not (desk.home / ".config/blender/4.2/extensions").exists()


def test_the_list_tells_every_place_and_its_state(desk):
    folders(desk.home, ".local/share/krita", ".config/GIMP/3.0", ".config/GIMP/3.2/plug-ins/sfumato")
    desk.done("install", "krita")
    rows = {row["program"]: row for row in json.loads(desk.done("list", "--json"))}
    said = desk.done("list")

    assert {name: row["state"] for name, row in rows.items()} == {
        "Krita": RELEASE,
        "GIMP 3.0": "not installed",
        "GIMP 3.2": "something else is there",
    }
    assert rows["Krita"]["folder"] == str(desk.home / ".local/share/krita/pykrita")
    assert "no Blender of this user was found" in said


def test_a_link_to_the_settings_stays_one(desk):
    folders(desk.home, ".local/share/krita", ".config", "dotfiles")
    real = desk.home / "dotfiles/kritarc"
    real.write_bytes(KRITARC)
    (desk.home / ".config/kritarc").symlink_to(real)
    desk.done("install", "krita")

    assert (desk.home / ".config/kritarc").is_symlink()
    assert b"enable_sfumato=true" in real.read_bytes()


@pytest.mark.parametrize("host", ["krita", "gimp", "blender"])
@pytest.mark.parametrize("kind", ["package", FLATPAK])
def test_the_core_reads_how_a_bridge_is_started(desk, host, kind):
    """The core in the adapter's folder, as a host imports it, finds what was written for it."""
    flatpak = (
        ".var/app/org.kde.krita/data/krita",
        ".var/app/org.gimp.GIMP/config/GIMP/3.0",
        ".var/app/org.blender.Blender/config/blender/4.5",
    )
    packages = (".local/share/krita", ".config/GIMP/3.0", ".config/blender/4.5")
    folders(desk.home, *(flatpak if kind == FLATPAK else packages))
    desk.done("install", host)
    place = found(host, Machine.here())[0]
    code = (
        "import sys; from pathlib import Path; sys.path.insert(0, sys.argv[1])\n"
        "from core import installation; print(installation.command_of(Path(sys.argv[1]), {}))"
    )
    told = subprocess.run([sys.executable, "-c", code, place.package], capture_output=True, text=True, check=True)

    assert told.stdout.strip() == str(host_adapters.bridge_command(place))


def test_every_adapter_ships_in_the_wheel():
    root = Path(__file__).parents[2]
    shipped = tomllib.loads((root / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]
    there = sorted(path.name for path in (root / "host_adapters").iterdir() if any(path.glob("**/*.py")))

    assert shipped["force-include"] == {f"host_adapters/{name}": f"sfumato/_host_adapters/{name}" for name in there}
