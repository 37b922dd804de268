"""Plugins are found by their distributions' entry points; a broken one is recorded and costs nobody else."""

import importlib
import subprocess
import sys
import textwrap

import pytest

from sfumato.builtin.guiders import GUIDERS
from sfumato.builtin.samplers import SAMPLERS
from sfumato.builtin.schedules import SCHEDULES
from sfumato.engine.plugins import HOOKS, discover
from sfumato.plugin import HookSpecs

SWIRL = """
    import sfumato.plugin as sf

    class Swirl(sf.Sampler):
        id, label, order = "acme.swirl", "Swirl", 1

        def step(self, x, sigma, sigma_next, state, noise):
            return (yield sf.Evaluate(x, sigma))

    @sf.hookimpl
    def sfumato_register_samplers(register):
        register(Swirl)
"""


@pytest.fixture
def site(tmp_path, monkeypatch):
    """An empty folder of installed packages; modules that were imported from it are forgotten afterwards."""
    monkeypatch.syspath_prepend(tmp_path)
    before = set(sys.modules)
    yield tmp_path
    for name in set(sys.modules) - before:
        del sys.modules[name]


def install(site, name, source, version="1.2"):
    """Install a distribution `name` with one module of that name, as pip would leave it."""
    (site / f"{name}.py").write_text(textwrap.dedent(source), encoding="utf-8")
    info = site / f"{name}-{version}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n", encoding="utf-8")
    (info / "entry_points.txt").write_text(f"[sfumato]\n{name} = {name}\n", encoding="utf-8")
    importlib.invalidate_caches()


def found(registry, name):
    """The card of the plugin of this distribution."""
    return next(card for card in registry.plugins() if card.name == name)


def test_the_builtins_are_found_through_their_entry_point():
    registry = discover()
    assert found(registry, "sfumato").error == ""
    for kind, classes in (("sampler", SAMPLERS), ("schedule", SCHEDULES), ("guider", GUIDERS)):
        assert all(registry.get(kind, contribution.id) is contribution for contribution in classes)


def test_a_distribution_is_found_with_its_version(site):
    install(site, "acme", SWIRL)
    registry = discover()
    assert registry.get("sampler", "acme.swirl").label == "Swirl"
    card = next(card for card in registry.cards() if card.id == "acme.swirl")
    assert (card.plugin, card.plugin_version) == ("acme", "1.2")


BROKEN = {
    "syntax": ("def (", "SyntaxError"),
    "import": (
        "import a_module_that_is_not_there",
        "ModuleNotFoundError: No module named 'a_module_that_is_not_there'",
    ),
    "hook raises": (
        SWIRL.replace("register(Swirl)", "raise RuntimeError('no licence')"),
        "RuntimeError: no licence",
    ),
    "wrong class": (SWIRL.replace("register(Swirl)", "register(sf.Guider)"), "expected a subclass of"),
    "unknown hook": (SWIRL.replace("_samplers", "_smaplers"), "unknown hook 'sfumato_register_smaplers'"),
    "wrong argument": (SWIRL.replace("(register)", "(registrar)"), "registrar"),
    "not marked": (
        SWIRL.replace("@sf.hookimpl", ""),
        "sfumato_register_samplers is not marked; put @sfumato.plugin.hookimpl",
    ),
    "taken id": (SWIRL.replace("acme.swirl", "sfumato.euler"), "already registered by plugin sfumato"),
    "second of two is wrong": (
        SWIRL.replace("register(Swirl)", "register(Swirl); register(Swirl)"),
        "already registered by plugin zebra",
    ),
}


@pytest.mark.parametrize(("source", "said"), BROKEN.values(), ids=BROKEN)
def test_a_broken_plugin_is_recorded_and_the_rest_live(site, source, said):
    install(site, "zebra", source)
    install(site, "acme", SWIRL.replace("acme.swirl", "acme.calm"))
    registry = discover()

    assert said in found(registry, "zebra").error
    assert found(registry, "acme").error == ""
    assert registry.get("sampler", "acme.calm")
    assert registry.get("sampler", "sfumato.euler")
    assert [card.id for card in registry.cards() if card.plugin == "zebra"] == []


def test_a_hook_of_a_newer_sfumato_may_be_marked_optional(site):
    newer = """
    @sf.hookimpl(optionalhook=True)
    def sfumato_register_holograms(register):
        raise AssertionError("nobody calls it")
    """
    install(site, "acme", textwrap.dedent(SWIRL) + textwrap.dedent(newer))
    registry = discover()
    assert found(registry, "acme").error == ""
    assert registry.get("sampler", "acme.swirl")


def test_of_two_plugins_with_one_id_the_first_by_name_keeps_it(site):
    install(site, "zebra", SWIRL)
    install(site, "acme", SWIRL)
    registry = discover()
    assert registry.owner("sampler", "acme.swirl").name == "acme"
    assert "of plugin zebra 1.2" in found(registry, "zebra").error


def test_an_entry_point_may_name_an_object(site):
    plugin = textwrap.dedent(SWIRL).replace("@sf.hookimpl\ndef", "class Plugin:\n    @sf.hookimpl\n    def")
    plugin = (
        plugin.replace("(register):\n    register", "(self, register):\n        register") + "\nplugin = Plugin()\n"
    )
    install(site, "acme", plugin)
    (site / "acme-1.2.dist-info" / "entry_points.txt").write_text("[sfumato]\nacme = acme:plugin\n", encoding="utf-8")
    assert discover().get("sampler", "acme.swirl")


def test_every_registration_hook_is_called():
    assert set(HOOKS) == {name for name in vars(HookSpecs) if name.startswith("sfumato_register_")}


def test_discovery_imports_no_torch():
    script = "import sys; from sfumato.engine.plugins import discover; print(len(discover().cards()), *sys.modules)"
    shown = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    count, *modules = shown.split()

    assert int(count) >= len(SAMPLERS) + len(SCHEDULES) + len(GUIDERS)
    assert not {"torch", "numpy", "scipy", "diffusers"} & set(modules)
