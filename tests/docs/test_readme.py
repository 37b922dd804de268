"""What stands outside of the lessons: the README's Python, the demo, and every command line on any page."""

import re
import shlex
import subprocess
import sys

import click
import pytest

from sfumato.cli import main
from tests.docs.blocks import DOCS, ROOT, blocks_of
from tests.docs.lesson import broken_contracts, contributions_in

PAGES = [ROOT / "README.md", *sorted(DOCS.rglob("*.md")), *sorted(ROOT.glob("plugins/*/README.md"))]
#: What a reader has and this test has not: files, plugins.
_ABSENT = ("does not exist", "No such file")


def command_lines(page):
    """Every `sfumato ...` in the blocks of a page, comments cut off."""
    shells = [block.text for block in blocks_of(page) if block.kind in ("sh", "console", "")]
    for text in shells:
        for line in re.sub(r" \\\n +", " ", text).splitlines():
            words = shlex.split(line.removeprefix("$ "), comments=True) if "sfumato " in line else []
            if words[:1] == ["sfumato"]:
                yield words[1:]


def complaint(words):
    """What the command line finds wrong with the words, without doing anything."""
    context, command = click.Context(main, info_name="sfumato", **main.context_settings), main
    try:
        while isinstance(command, click.Group):
            _, command, words = command.resolve_command(context, words)
            if not isinstance(command, click.Group):
                command.make_context(command.name, list(words), parent=context)
    except click.UsageError as error:
        said = error.format_message()
        return "" if any(absent in said for absent in _ABSENT) else said
    return ""


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_line_is_understood(page):
    assert [(words, said) for words in command_lines(page) if (said := complaint(words))] == []


def test_a_command_line_that_nobody_understands_is_found():
    assert "No such option" in complaint(["generate", "moss", "--hologram"])
    assert "No such command" in complaint(["hologram"])
    assert len(list(command_lines(ROOT / "README.md"))) > 8


def test_the_demo_and_the_readme_do_what_they_say(terminal):
    demo = [sys.executable, ROOT / "examples/demo.py", "demo.png"]
    told = subprocess.run(demo, capture_output=True, text=True, check=True).stdout
    namespace = {"__name__": "readme"}
    for block in blocks_of(ROOT / "README.md"):
        if block.kind == "python":
            exec(compile(block.text, "README.md", "exec", dont_inherit=True), namespace)

    assert told == "demo.png: 256x256 px, seed 7\n"
    assert (terminal.folder / "wall.png").read_bytes() == (terminal.folder / "demo.png").read_bytes()
    harder = ("works-with-any-parameters", "costs-little", "reaches-the-distribution")
    assert list(broken_contracts(contributions_in(namespace), harder)) == []
