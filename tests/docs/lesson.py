"""A page gone through from top to bottom: its files written, its Python and its commands run."""

from __future__ import annotations

import sys
import tomllib
import types
from collections.abc import Iterator
from pathlib import Path

import sfumato.plugin as sf
from sfumato.catalogue import PluginCard
from sfumato.engine.plugins import discover
from sfumato.testing.case import Assignment
from sfumato.testing.cases import CHECKS
from sfumato.testing.check import Check
from sfumato.testing.outcome import Skipped, Warned
from sfumato.testing.plugin_source import everyone_else
from sfumato.testing.subject import Subject
from tests.docs.blocks import DOCS, Block, commands_of
from tests.docs.terminal import Terminal, matches

#: Commands that a reader types, and whose work the test has done before: they would fetch packages.
DONE_BEFORE = (
    "python -m venv .venv",
    "source .venv/bin/activate",
    'pip install "sfumato[engine]"',
)
#: How what a failing command prints begins.
COMPLAINTS = ("error:", "!!", "failed", "F")
#: pytest is in the environment of the tests already.
_INSTALLED = " pytest"
#: What is shown of the repository and run by tests/testing/test_examples.py and test_generated.py.
SHOWN_FROM = ("examples/plugins", "sdk/sfumato/testing/templates")


class Lesson:
    """Runs the blocks of a page in their order. `namespace` is what its Python has defined."""

    def __init__(self, page: Path, terminal: Terminal) -> None:
        self._page, self._terminal = page, terminal
        self.namespace: dict[str, object] = {"__name__": f"lesson_{page.stem}"}
        sys.modules[str(self.namespace["__name__"])] = types.ModuleType(str(self.namespace["__name__"]))

    def run(self, block: Block) -> None:
        """One block."""
        getattr(self, f"_{block.kind}")(block)

    def _python(self, block: Block) -> None:
        source = "\n" * block.line + block.text
        exec(compile(source, str(self._page), "exec", dont_inherit=True), self.namespace)

    def _file(self, block: Block) -> None:
        assert block.name, f"{self._page.name}:{block.line}: a file needs a :caption: with its path"
        if block.name.endswith(".py"):
            compile(block.text, block.name, "exec")
        path = self._terminal.folder / block.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block.text, encoding="utf-8")

    def _console(self, block: Block) -> None:
        for command in commands_of(block):
            if command.line in DONE_BEFORE:
                continue
            line = command.line.replace(_INSTALLED, "") if "pip install" in command.line else command.line
            printed = self._terminal.run(line, fails=command.shown.startswith(COMPLAINTS))
            said = f"{self._page.name}: $ {command.line}\nprinted:\n{printed}\nexpected:\n{command.shown}"
            assert not command.shown or matches(command.shown, printed), said

    def _include(self, block: Block) -> None:
        shown = (self._page.parent / block.name).resolve()
        assert shown.is_file(), block.name
        assert shown.relative_to(DOCS.parent).as_posix().startswith(SHOWN_FROM), f"nobody runs {block.name}"

    def _toml(self, block: Block) -> None:
        tomllib.loads(block.text)

    def _text(self, block: Block) -> None:
        """Nothing to run."""


def contributions_in(namespace: dict[str, object]) -> list[type[sf.Contribution]]:
    """What a page has defined, or made by `from_k_diffusion` and `from_diffusers`, that a recipe could name."""
    kinds = [value for value in namespace.values() if isinstance(value, type) and issubclass(value, sf.Contribution)]
    return [kind for kind in dict.fromkeys(kinds) if "id" in vars(kind)]


def broken_contracts(contributions: list[type[sf.Contribution]], skipping: tuple[str, ...]) -> Iterator[str]:
    """What the conformance kit finds wrong with them, all in this process."""
    registry = discover(everyone_else(""))
    intake = registry.intake(PluginCard(name="docs", version=""))
    for each in contributions:
        intake.registrar(each.kind)(each)
    intake.accept()
    for each in contributions:
        subject = Subject(
            assignment=Assignment(plugin="docs"), registry=registry, contribution=each, owners=frozenset({"docs"})
        )
        for check in CHECKS.values():
            if check.is_for(each.kind) and not check.name.endswith(skipping):
                yield from _broken(subject, check)


def _broken(subject: Subject, check: Check) -> Iterator[str]:
    try:
        check.body(subject)
    except (Skipped, Warned):
        return
    except Exception as error:
        yield f"{subject.id}: {check.name}: {type(error).__name__}: {error}"
