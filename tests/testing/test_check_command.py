"""`sfumato plugins check` and `plugins new` as they are typed."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from sfumato.cli.entry import main
from tests.testing.twins import BROKEN, TINY

EXAMPLES = Path(__file__).parents[2] / "examples/plugins"


def sfumato(*words):
    return CliRunner().invoke(main, words)


def test_a_sound_plugin_ends_with_0_and_a_summary():
    ended = sfumato("plugins", "check", str(EXAMPLES / "schedule.py"))

    assert ended.exit_code == 0
    assert ended.output.strip().endswith("passed")


def test_a_broken_one_ends_with_1_and_says_what_is_wrong():
    ended = sfumato("plugins", "check", str(BROKEN / "families.py"), "--kind", "family", "--model", str(TINY))

    assert ended.exit_code == 1
    assert "failed   broken.vague: family.knows-its-memory: gave {'model': 'little'}" in ended.output


def test_json_holds_every_verdict():
    told = json.loads(sfumato("plugins", "check", str(BROKEN / "silent.py"), "--json").stdout)
    verdicts = {row["case"]["check"]: row for row in told["verdicts"]}

    assert verdicts["plugin.contributes"]["outcome"] == "failed"
    assert verdicts["plugin.has-a-namespace-of-its-own"]["outcome"] == "skipped"
    assert sum(told["counts"].values()) == len(told["verdicts"])


def test_one_that_does_not_load_is_told_once_whatever_it_was_to_be_set_to():
    told = json.loads(sfumato("plugins", "check", str(BROKEN / "unimportable.py"), "--set", "a.b.c=1", "--json").stdout)

    assert [row["case"]["check"] for row in told["verdicts"] if row["outcome"] == "failed"] == ["plugin.loads"]


def test_a_kind_of_parameter_that_no_host_has_is_found(tmp_path):
    source = (EXAMPLES / "schedule.py").read_text(encoding="utf-8")
    field = 'tint: str = sf.Field("#ffffff", kind="color", help="A word of another English.")\n        power'
    (tmp_path / "tinted.py").write_text(source.replace("power", field, 1), encoding="utf-8")
    ended = sfumato("plugins", "check", str(tmp_path / "tinted.py"))

    assert ended.exit_code == 1
    assert "parameter tint is of the kind 'color', for which no host has a widget; did you mean colour?" in ended.output


def test_a_kind_leaves_out_the_others():
    told = json.loads(sfumato("plugins", "check", str(EXAMPLES / "schedule.py"), "--kind", "guider", "--json").stdout)

    assert {row["case"]["kind"] for row in told["verdicts"]} == {""}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("check", "no-such-thing"), "expected an installed distribution or a .py file"),
        (
            ("check", str(EXAMPLES / "schedule.py"), "--set", "example-schedule.cosin.x=1"),
            "error: got settings of 'example-schedule.cosin', which the plugin does not contribute; did you mean",
        ),
        (
            ("check", str(EXAMPLES / "guider.py"), "--set", "example-guider.self-guidance.scael=1"),
            "error: example-guider.self-guidance.scael: no such parameter",
        ),
        (("new", "Acme", "--kind", "sampler"), "got 'Acme', expected lower case with hyphens"),
        (("new", "numpy", "--kind", "sampler"), "there is a module numpy already, which it would hide"),
        (("new", "sfumato", "--kind", "sampler"), "there is a module sfumato already"),
        (("new", "class", "--kind", "sampler"), "a word of Python itself"),
        (("new", "acme"), "Missing option '--kind'"),
        (("new", "acme", "--kind", "hologram"), "'hologram' is not one of"),
    ],
)
def test_what_cannot_be_is_told_in_a_line(words, said):
    ended = sfumato("plugins", *words)

    assert ended.exit_code != 0
    assert said in ended.output


def test_a_name_that_looks_like_one_of_the_template_is_written_as_it_is(tmp_path):
    sfumato("plugins", "new", "template-plugin-x", "--kind", "sampler", "--output", str(tmp_path))
    tests = (tmp_path / "template-plugin-x/tests/test_template_plugin_x.py").read_text(encoding="utf-8")

    assert "from template_plugin_x import Midpoint\n" in tests


def test_what_is_there_is_not_written_over(tmp_path):
    (tmp_path / "acme").mkdir()
    ended = sfumato("plugins", "new", "acme", "--kind", "sampler", "--output", str(tmp_path))

    assert ended.exit_code == 1
    assert "is there already" in ended.output
    assert list((tmp_path / "acme").iterdir()) == []
