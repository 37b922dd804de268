"""What the tests use: the words in their source, in the examples and lessons that they run, and command lines."""

from __future__ import annotations

import ast
import re
import shlex
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.docs.blocks import LESSONS, ROOT, blocks_of, commands_of

#: Where tests and what they run is written. `tests/docs` says what has to be used, and so does not count.
_FOLDERS = ("tests", "plugins/*/tests", "examples", "sdk/sfumato/testing/templates")
#: Identifiers, and ids such as `sampler.is-finite`.
_WORDS = (r"\b[A-Za-z_]\w*", r"[a-z][\w.-]*\w")


@cache
def words() -> frozenset[str]:
    """Every identifier, and every literal of one word."""
    sources = [path.read_text(encoding="utf-8") for path in _files()]
    sources += [block.text for page in LESSONS for block in blocks_of(page) if block.kind in ("python", "file")]
    return frozenset(word for source in sources for pattern in _WORDS for word in re.findall(pattern, source))


@cache
def command_lines() -> tuple[tuple[str, ...], ...]:
    """The words of every call, list or tuple of strings in the tests, and of every command in the lessons."""
    found = [words for path in _files() for words in _literals(path)]
    consoles = [block for page in LESSONS for block in blocks_of(page) if block.kind == "console"]
    found += [tuple(shlex.split(each.line)) for block in consoles for each in commands_of(block)]
    return tuple(set(found))


def runs(command: str, names: tuple[str, ...] = ()) -> bool:
    """Whether a test runs `sfumato plugins list`, with an option if it has one of these names."""
    wanted = command.split()[1:]
    return any(
        {*wanted} <= {*line} and _in_order(wanted, line) and (not names or {*names} & {*line})
        for line in command_lines()
    )


def _in_order(wanted: list[str], line: tuple[str, ...]) -> bool:
    """Whether the words come in this order, whatever is between them."""
    rest = iter(line)
    return all(word in rest for word in wanted)


def _files() -> list[Path]:
    found = [path for folder in _FOLDERS for root in ROOT.glob(folder) for path in root.rglob("*.py")]
    return [path for path in found if not path.is_relative_to(ROOT / "tests/docs")]


def _literals(path: Path) -> Iterator[tuple[str, ...]]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    shared, runners = _shared(tree), _runners(tree)
    for node in ast.walk(tree):
        parts = node.args if isinstance(node, ast.Call) else getattr(node, "elts", [])
        found = tuple(word for part in parts for word in _words_of(part, shared))
        yield found
        for before in runners if isinstance(node, ast.Call) else ():
            yield (*before, *found)


def _runners(tree: ast.Module) -> list[tuple[str, ...]]:
    """What a file's own `def run(*words)` puts before the words: ("hosts",) of `["hosts", *words]`."""
    found = set()
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef) and function.args.vararg:
            taken = function.args.vararg.arg
            for node in ast.walk(function):
                parts = node.args if isinstance(node, ast.Call) else getattr(node, "elts", [])
                starred = [part for part in parts if isinstance(part, ast.Starred) and _names(part, taken)]
                found.add(tuple(word for part in parts for word in _words_of(part, {})) if starred else ())
    return sorted(found - {()})


def _names(part: ast.expr, name: str) -> bool:
    return any(isinstance(node, ast.Name) and node.id == name for node in ast.walk(part))


def _shared(tree: ast.Module) -> dict[str, list[str]]:
    """The words in `QUICK = ("--steps", "2")` and the like, by name; all of them where a name is given twice."""
    found: dict[str, list[str]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            found.setdefault(node.targets[0].id, []).extend(_words_of(node.value, {}))
    return found


def _words_of(part: ast.expr, shared: dict[str, list[str]]) -> Iterator[str]:
    if isinstance(part, ast.Starred):
        part = part.value
    if isinstance(part, ast.Name):
        yield from shared.get(part.id, ())
    if isinstance(part, ast.Constant):
        yield str(part.value)
    for each in getattr(part, "elts", ()):
        yield from _words_of(each, shared)
