"""Every plugin that cannot be loaded is listed with its error, its owner and what to do; the rest lives."""

import importlib.machinery

import pytest

from sfumato.engine.plugin_import import Importer
from sfumato.engine.plugins import load
from sfumato.plugin_survey import Survey
from tests.engine.test_plugins import install
from tests.plugins_loading.samplers import sampler


def registry_of(tmp_path, folder=None):
    return load(Survey(data_dir=tmp_path, folder=folder).run(), Importer())


def card_of(registry, name):
    (card,) = [card for card in registry.plugins() if card.name == name]
    return card


SOUND = sampler("zebra.calm")

#: The source of the plugin `acme`, what its error says, and what it tells to do.
FAULTS = {
    "needs a library": ("import missing_library", "No module named 'missing_library'", "pip install missing_library"),
    "syntax": ("x = 1\ndef (", "line 2", "Mend the file, or install a version for this Python"),
    "ends the process": ("import sys; sys.exit(3)", "SystemExit: 3", "must not end the process"),
    "raises what is no Exception": ("class Odd(BaseException): pass\nraise Odd('x')", "Odd: x", "Mend it"),
    "an error that cannot be shown": (
        "class Odd(Exception):\n    def __str__(self): raise ValueError\nraise Odd()", "it cannot be shown", "Mend it",
    ),
    "says where": ("\n\n\nraise KeyError('colour')", "acme.py, line 4", "sfumato plugins disable acme"),
    "unknown hook": (
        sampler("acme.swirl").replace("_samplers", "_smaplers"),
        "unknown hook 'sfumato_register_smaplers'; did you mean sfumato_register_samplers?",
        "optionalhook=True",
    ),
    "asynchronous hook": (
        sampler("acme.swirl").replace("def sfumato", "async def sfumato"),
        "is asynchronous", "make it a plain function",
    ),
    "wrong argument": (
        sampler("acme.swirl").replace("(register)", "(registrar)"), "registrar", "sfumato.plugin.HookSpecs",
    ),
    "contract of another time": (
        sampler("acme.swirl", body='capability = "sfumato.sampler/9"'),
        "sampler with the contract sfumato.sampler/9; this Sfumato has sfumato.sampler/1",
        "take the plugin's other version",
    ),
    "a label that is no text": (
        sampler("acme.swirl", body="description = 7"), "description is 7, expected text", "Mend",
    ),
    "needs of another make": (
        sampler("acme.swirl", body='needs = {"init": True}'), "expected sfumato.plugin.Needs", "Mend",
    ),
    "a default out of its bounds": (
        sampler("acme.swirl", body="class Params(sf.Params):\n    eta: float = sf.Field(3.0, le=1.0)"),
        "parameter 'eta': its default: got 3.0, expected at most 1", "Mend",
    ),
    "a parameter that hangs on nothing": (
        sampler("acme.swirl", body='class Params(sf.Params):\n    eta: float = sf.Field(0.5, depends_on="gone")'),
        "depends on 'gone'", "Mend",
    ),
    "an old name that is in use": (
        sampler("acme.swirl", body=(
            'class Params(sf.Params):\n    eta: float = sf.Field(0.5, renamed_from="s")\n    s: float = sf.Field(0.5)'
        )),
        "was renamed from 's', which another one is called as well", "Mend",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("source", "said", "advice"), FAULTS.values(), ids=FAULTS)
def test_a_fault_is_told_with_what_to_do(site, tmp_path, source, said, advice):
    install(site, "acme", source)
    install(site, "zebra", SOUND)
    registry = registry_of(tmp_path)

    card = card_of(registry, "acme")
    assert (card.state, card.version) == ("broken", "1.2")
    assert said in card.error
    assert advice in card.error
    assert registry.get("sampler", "zebra.calm")
    assert not [card for card in registry.cards() if card.plugin == "acme"]


def test_a_damaged_extension_module_is_told(site, tmp_path):
    suffix = importlib.machinery.EXTENSION_SUFFIXES[0]
    (site / f"acme_native{suffix}").write_bytes(b"not a library")
    install(site, "acme", "import acme_native")
    error = card_of(registry_of(tmp_path), "acme").error

    assert error.startswith("ImportError: ")
    assert "A library that it needs cannot be loaded" in error


def test_a_module_of_its_own_that_is_gone_is_told(site, tmp_path):
    install(site, "acme", SOUND)
    (site / "acme.py").unlink()

    assert "pip install --force-reinstall acme" in card_of(registry_of(tmp_path), "acme").error


def test_an_entry_point_that_names_no_module_is_told(site, tmp_path):
    install(site, "acme", SOUND)
    points = "[sfumato]\nacme = not a module\n"
    (site / "acme-1.2.dist-info" / "entry_points.txt").write_text(points, encoding="utf-8")

    error = card_of(registry_of(tmp_path), "acme").error
    assert "entry point `acme = not a module` is not MODULE or MODULE:OBJECT; correct it in" in error


def test_of_one_distribution_s_entry_points_all_work_or_none(site, tmp_path):
    install(site, "acme", sampler("acme.swirl"))
    (site / "acme_more.py").write_text("raise OSError('no licence')", encoding="utf-8")
    points = "[sfumato]\nacme = acme\nmore = acme_more\n"
    (site / "acme-1.2.dist-info" / "entry_points.txt").write_text(points, encoding="utf-8")
    registry = registry_of(tmp_path)

    assert "OSError: no licence" in card_of(registry, "acme").error
    assert not [card for card in registry.cards() if card.plugin == "acme"]


def test_a_namespace_belongs_to_the_plugin_that_is_called_like_it(site, tmp_path):
    install(site, "aardvark", sampler("swirls.other"))
    install(site, "acme_swirls", sampler("swirls.one"))
    registry = registry_of(tmp_path)

    assert registry.owner("sampler", "swirls.one").name == "acme_swirls"
    error = card_of(registry, "aardvark").error
    assert "plugin aardvark 1.2 uses the namespace 'swirls', which belongs to plugin acme_swirls 1.2" in error
    assert "(aardvark.NAME)" in error


def test_a_namespace_that_nobody_is_called_like_belongs_to_the_first_by_name(site, tmp_path):
    install(site, "zebra", sampler("stripes.one"))
    install(site, "acme", sampler("stripes.two"))
    registry = registry_of(tmp_path)

    assert registry.owner("sampler", "stripes.two").name == "acme"
    assert "belongs to plugin acme 1.2" in card_of(registry, "zebra").error


def test_the_builtin_namespace_is_nobody_else_s(site, tmp_path):
    install(site, "aaa", sampler("sfumato.mine"))

    assert "belongs to plugin sfumato" in card_of(registry_of(tmp_path), "aaa").error


def test_files_of_one_folder_share_a_namespace_but_no_id(files, tmp_path):
    (files / "a.py").write_text(sampler("swirl.two"), encoding="utf-8")
    (files / "z.py").write_text(sampler("swirl.one"), encoding="utf-8")
    registry = registry_of(tmp_path, files)

    assert registry.owner("sampler", "swirl.two").name == "a"
    assert registry.owner("sampler", "swirl.one").name == "swirl"
    assert "'swirl.one' of plugin z file" in card_of(registry, "z").error


def test_a_file_is_imported_again_when_it_has_changed_and_only_then(files, tmp_path):
    importer, survey = Importer(), Survey(data_dir=tmp_path, folder=files)
    first = load(survey.run(), importer).get("sampler", "swirl.one")
    same = load(survey.run(), importer).get("sampler", "swirl.one")
    (files / "swirl.py").write_text(sampler("swirl.one", label="Whirl"), encoding="utf-8")
    second = load(survey.run(), importer).get("sampler", "swirl.one")

    assert first is same
    assert (first.label, second.label) == ("Swirl", "Whirl")
    assert first.__module__ != second.__module__
    assert not list(files.glob("__pycache__"))


def test_a_file_that_was_broken_works_when_what_it_needed_has_come(files, site, tmp_path):
    (files / "swirl.py").write_text(sampler("swirl.one", head="import late_library"), encoding="utf-8")
    importer, survey = Importer(), Survey(data_dir=tmp_path, folder=files)
    broken = card_of(load(survey.run(), importer), "swirl")
    (site / "late_library.py").write_text("", encoding="utf-8")
    importlib.invalidate_caches()

    assert "pip install late_library" in broken.error
    assert card_of(load(survey.run(), importer), "swirl").state == "working"


def test_an_upgrade_is_not_told_before_it_runs(site, tmp_path):
    install(site, "acme", sampler("acme.swirl"))
    importer = Importer()
    survey = Survey(data_dir=tmp_path)
    load(survey.run(), importer)
    metadata = site / "acme-1.2.dist-info" / "METADATA"
    metadata.write_text(metadata.read_text().replace("1.2", "2.0"), encoding="utf-8")
    importlib.invalidate_caches()

    assert next(source for source in survey.run() if source.name == "acme").version == "2.0"
    assert card_of(load(survey.run(), importer), "acme").version == "1.2"
