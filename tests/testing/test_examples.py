"""Every example passes every check, and the smallest is as small as it claims to be."""

from pathlib import Path

import pytest

from sfumato.testing import Assignment, check_plugin

EXAMPLES = Path(__file__).parents[2] / "examples/plugins"
FILES = sorted(EXAMPLES.glob("*.py"))
KINDS = ("sampler", "schedule", "guider", "conditioner", "preprocessor", "post_processor", "family")


def test_there_is_an_example_of_every_kind():
    assert [file.stem for file in FILES] == sorted((*KINDS, "smallest"))
    told = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    assert all(f"[{file.name}]({file.name})" in told for file in FILES)


def test_the_smallest_has_under_fifteen_lines():
    assert len((EXAMPLES / "smallest.py").read_text(encoding="utf-8").splitlines()) < 15


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_an_example_passes_every_check(file):
    model = str(EXAMPLES / "tiny.still.png") if file.stem == "family" else ""
    verdicts = list(check_plugin(Assignment(plugin=str(file), model=model)))

    assert [(v.case.name, v.said) for v in verdicts if v.outcome not in ("passed", "skipped")] == []
    assert len([v for v in verdicts if v.outcome == "passed"]) >= 14
