"""Docstrings as reStructuredText: single backticks become code, and indented lines an example."""

from __future__ import annotations

import re
from collections.abc import Sequence


def restructured(lines: Sequence[str]) -> list[str]:
    """The lines as Sphinx reads them."""
    made: list[str] = []
    inside = False
    for line in lines:
        indented = line.startswith((" ", "with ", "async with ")) and (inside or not made or not made[-1].strip())
        if indented and not inside:
            made += ["::", ""]
        inside = (inside and (indented or not line.strip() or line.startswith(" "))) or indented
        made.append(f"    {line}" if inside and line.strip() else _marked(line))
    return made


def _marked(line: str) -> str:
    return re.sub(r"(?<!`)`([^`]+)`(?!`)", r"``\1``", line).replace("**", r"\*\*")
