"""Which plugins there are and which are to be loaded, told without importing any."""

import os

import pytest

from sfumato import plugin_states
from sfumato.plugin_survey import Survey
from tests.engine.test_plugins import install
from tests.plugins_loading.samplers import sampler

#: Whoever imports this has failed.
NEVER = "raise SystemExit('it was imported')"


def found(survey, name):
    return next(source for source in survey.run() if source.name == name)


def test_distributions_come_before_files_and_the_builtin_one_first(site, files, tmp_path):
    install(site, "acme", NEVER, version="3.1")
    names = [source.name for source in Survey(data_dir=tmp_path, folder=files).run()]

    assert names[0] == "sfumato"
    assert names[-1] == "swirl"
    assert names[1:-1] == sorted(names[1:-1])
    assert "acme" in names


def test_all_that_is_not_on_the_list_is_left_out_and_says_so(site, tmp_path):
    install(site, "acme", NEVER)
    install(site, "zebra", NEVER)
    survey = Survey(data_dir=tmp_path, allowed=("Zebra",))

    assert found(survey, "zebra").state == found(survey, "sfumato").state == ""
    left_out = found(survey, "acme")
    assert left_out.state == "disabled"
    assert "SFUMATO_PLUGINS does not name it; add acme there" in left_out.error


def test_a_name_on_the_list_that_is_not_installed_is_told_with_the_nearest(site, tmp_path):
    install(site, "acme", NEVER)
    missing = found(Survey(data_dir=tmp_path, allowed=("acem",)), "acem")

    assert missing.state == "broken"
    assert "names 'acem', which is not installed; did you mean acme?; install it or correct" in missing.error


@pytest.mark.parametrize(("given", "allowed"), [("", ()), (" acme , zebra,", ("acme", "zebra")), (None, None)])
def test_the_list_is_read_from_the_environment(monkeypatch, given, allowed):
    monkeypatch.delenv("SFUMATO_PLUGINS", raising=False)
    if given is not None:
        monkeypatch.setenv("SFUMATO_PLUGINS", given)

    assert Survey.of_environment().allowed == allowed


def test_what_was_disabled_or_set_aside_is_not_to_be_loaded(site, files, tmp_path):
    install(site, "acme", NEVER)
    plugin_states.disable(tmp_path, "acme")
    plugin_states.set_aside(tmp_path, "swirl", "it crashed the worker 3 times")
    plugin_states.disable(tmp_path, "sfumato")
    survey = Survey(data_dir=tmp_path, folder=files)

    assert found(survey, "acme").state == "disabled"
    assert found(survey, "swirl").state == "set-aside"
    assert found(survey, "swirl").error.startswith("it crashed the worker 3 times")
    assert found(survey, "sfumato").state == ""


def test_a_file_states_its_version_or_is_just_a_file(files, tmp_path):
    (files / "told.py").write_text("import os\n__version__ = '2.5'\n", encoding="utf-8")
    (files / "_helper.py").write_text("", encoding="utf-8")
    (files / "folder.py").mkdir()
    survey = Survey(data_dir=tmp_path, folder=files)

    assert found(survey, "told").version == "2.5"
    assert found(survey, "swirl").version == "file"
    assert [source.name for source in survey.run() if source.path] == ["swirl", "told"]


def test_a_file_with_the_name_of_a_distribution_is_told_to_be_renamed(site, files, tmp_path):
    install(site, "swirl", NEVER)
    twins = [source for source in Survey(data_dir=tmp_path, folder=files).run() if source.name == "swirl"]

    assert [source.state for source in twins] == ["", "broken"]
    assert "has the name of the distribution swirl 1.2; rename the file" in twins[1].error


def test_damaged_metadata_is_told_and_costs_nobody_else(site, tmp_path):
    install(site, "acme", NEVER)
    install(site, "zebra", NEVER)
    (site / "acme-1.2.dist-info" / "entry_points.txt").write_text("[sfumato]\nno equals sign\n", encoding="utf-8")
    survey = Survey(data_dir=tmp_path)

    damaged = found(survey, "acme")
    assert damaged.state == "broken"
    assert "pip install --force-reinstall acme" in damaged.error
    assert found(survey, "zebra").state == ""


def test_a_quick_look_sees_an_edit_that_keeps_size_and_time(files, tmp_path):
    survey = Survey(data_dir=tmp_path, folder=files)
    before = survey.quick_look()
    assert survey.quick_look() == before
    path = files / "swirl.py"
    state = path.stat()
    draft = files / "draft"
    draft.write_text(sampler("swirl.two"), encoding="utf-8")
    os.utime(draft, ns=(state.st_atime_ns, state.st_mtime_ns))
    draft.replace(path)

    assert path.stat().st_size == state.st_size
    assert survey.quick_look() != before


def test_a_quick_look_sees_what_was_disabled_and_a_folder_that_went(files, tmp_path):
    survey = Survey(data_dir=tmp_path, folder=files)
    before = survey.quick_look()
    plugin_states.disable(tmp_path, "swirl")
    between = survey.quick_look()
    files.rename(tmp_path / "elsewhere")

    assert len({before, between, survey.quick_look()}) == 3
