"""What the pages are about: the names in their headings, in the first column of their tables, and in the reference."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from tests.docs.blocks import DOCS

RECIPES = sorted(DOCS.glob("plugins/*.md"))
REFERENCE = sorted(DOCS.glob("reference/*.md"))

_HEADING = re.compile(r"^#+ .*$", re.MULTILINE)
_FIRST_CELL = re.compile(r"^\| *(.*?) *\|", re.MULTILINE)
_WORD = re.compile(r"`([^`]+)`")
_AUTODOC = re.compile(r"^\.\. (?:auto\w+|py:\w+):: ([\w.]+)", re.MULTILINE)
_HELP = re.compile(r"^## `(sfumato[^`]*)`\n\n```text\n(.*?)^```", re.MULTILINE | re.DOTALL)
_OPTION = re.compile(r"^  (?:-\w, )?(--[\w-]+)(?:.*?, (--[\w-]+))?", re.MULTILINE)


def entries(pages: Iterable[Path]) -> set[str]:
    """All names that have a heading, a row or an entry of the reference on one of the pages."""
    found: set[str] = set()
    for page in pages:
        text = page.read_text(encoding="utf-8")
        for part in (*_HEADING.findall(text), *_FIRST_CELL.findall(text)):
            found.update(_WORD.findall(part))
        found.update(_AUTODOC.findall(text))
    return found


def helped(page: Path) -> set[str]:
    """All commands and options that the page of the command line shows, `sfumato plugins list --json`."""
    helps = _HELP.findall(page.read_text(encoding="utf-8"))
    options = {f"{command} {name}" for command, said in helps for found in _OPTION.findall(said) for name in found}
    return {command for command, _ in helps} | options
