"""The file of plugins that are not to be loaded."""

import json

import pytest

from sfumato import plugin_states
from sfumato.plugin_states import FILE_NAME, PluginStates


def test_a_plugin_is_loaded_unless_the_file_says_otherwise(tmp_path):
    assert plugin_states.read(tmp_path).of("acme") is None


def test_a_disabled_plugin_says_how_to_bring_it_back_and_comes_back(tmp_path):
    plugin_states.disable(tmp_path, "Acme_Swirl")
    state, reason = plugin_states.read(tmp_path).of("acme-swirl")

    assert state == "disabled"
    assert "`sfumato plugins enable acme-swirl`" in reason
    assert plugin_states.enable(tmp_path, "acme.swirl").of("acme-swirl") is None
    assert plugin_states.read(tmp_path) == PluginStates()


def test_what_was_set_aside_says_why_until_it_is_enabled(tmp_path):
    plugin_states.disable(tmp_path, "other")
    plugin_states.set_aside(tmp_path, "acme", "it crashed the worker 3 times")
    state, reason = plugin_states.read(tmp_path).of("acme")

    assert state == "set-aside"
    assert reason.startswith("it crashed the worker 3 times; ")
    assert "`sfumato plugins enable acme`" in reason
    plugin_states.enable(tmp_path, "acme")
    assert plugin_states.read(tmp_path) == PluginStates(disabled=frozenset({"other"}))


def test_the_file_is_what_daemon_and_cli_agreed_upon(tmp_path):
    plugin_states.disable(tmp_path / "new", "b")
    plugin_states.set_aside(tmp_path / "new", "a", "why")

    assert json.loads((tmp_path / "new" / FILE_NAME).read_bytes()) == {"disabled": ["b"], "set_aside": {"a": "why"}}
    assert [path.name for path in (tmp_path / "new").iterdir()] == [FILE_NAME]


@pytest.mark.parametrize("content", ["", "[]", "{", '{"disabled": 3}', '{"disabled": [1]}', '{"set_aside": []}'])
def test_a_damaged_file_is_as_good_as_none(tmp_path, content, caplog):
    (tmp_path / FILE_NAME).write_text(content, encoding="utf-8")

    assert plugin_states.read(tmp_path) == PluginStates()
    assert FILE_NAME in caplog.text
