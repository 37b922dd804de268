"""The Python of a Markdown page, run as a reader would: block by block, each knowing what those before it defined."""

from __future__ import annotations

import re
import sys
import textwrap
import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

#: Any fenced block, so that a fence that is shown within a longer one is not taken for an example.
_FENCE: Final = re.compile(
    r"^ *(?P<fence>`{3,}|~{3,})[ \t]*(?P<info>[^`\n]*)\n(?P<text>.*?)(?:^ *(?P=fence)[`~]*[ \t]*$|\Z)",
    re.DOTALL | re.MULTILINE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """The source of one block, and how many lines of its page come before it."""

    source: str
    lines_before: int


def examples_of(page: Path) -> Iterator[Example]:
    """The blocks of a page that are marked as `python`, wherever they are indented to."""
    text = page.read_text(encoding="utf-8")
    for block in _FENCE.finditer(text):
        if block["info"].split()[:1] == ["python"]:
            before = text.count("\n", 0, block.start("text"))
            yield Example(source=textwrap.dedent(block["text"]), lines_before=before)


def run_examples(page: Path, names: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Run every Python block of a page as one program that knows `names`; returns all that it has defined.

    Whatever an example raises points to its line in the page. Raises ValueError where the page has no example.
    """
    examples = list(examples_of(page))
    if not examples:
        raise ValueError(f"{page}: has no ```python block, expected at least one")
    program = types.ModuleType("__main__")
    program.__dict__.update(names or {})
    with pytest.MonkeyPatch.context() as patched:
        # What looks for its own module, such as a dataclass or a pickle, finds the page's.
        patched.setitem(sys.modules, "__main__", program)
        for example in examples:
            source = "\n" * example.lines_before + example.source
            exec(compile(source, str(page), "exec", dont_inherit=True), program.__dict__)
    return program.__dict__
