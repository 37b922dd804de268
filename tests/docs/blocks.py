"""The code blocks of a page, and what each of them is there for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from markdown_it import MarkdownIt

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
#: The pages whose every block is run.
LESSONS = sorted([*DOCS.glob("tutorial/*.md"), *DOCS.glob("plugins/*.md")])

#: What a block may be: Python to be run, a file to be written, a terminal, a file of the repository that is shown,
#: settings, or plain text. Anything else would be an example that nobody runs.
KINDS = ("python", "file", "console", "include", "toml", "text")


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One fenced block. `name` is the path of a file or include."""

    kind: str
    text: str
    line: int
    name: str = ""


def blocks_of(page: Path) -> list[Block]:
    """All code blocks of a page, in order. Directives that hold no code (`toctree`, `raw`) are left out."""
    tokens = MarkdownIt().parse(page.read_text(encoding="utf-8"))
    found = [_block(token.info.strip(), token.content, token.map[0] + 1) for token in tokens if token.type == "fence"]
    return [block for block in found if block is not None]


def _block(info: str, text: str, line: int) -> Block | None:
    word, _, argument = info.partition(" ")
    if word in ("{toctree}", "{raw}", "{eval-rst}", "{note}", "{tip}"):
        return None
    if word == "{literalinclude}":
        return Block(kind="include", name=argument, text=text, line=line)
    if word == "{code-block}":
        options, body = _options(text)
        return Block(kind="file", name=options.get("caption", ""), text=body, line=line)
    return Block(kind=word, text=text, line=line)


def _options(text: str) -> tuple[dict[str, str], str]:
    lines = text.splitlines(keepends=True)
    count = next((row for row, line in enumerate(lines) if not line.startswith(":")), len(lines))
    pairs = [line.strip().strip(":").split(":", 1) for line in lines[:count]]
    return {key: value.strip() for key, value in pairs}, "".join(lines[count:])


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One line after a `$`, and what is shown below it; `...` stands for anything."""

    line: str
    shown: str


def commands_of(block: Block) -> list[Command]:
    """The commands of a terminal; a backslash at the end of a line joins it with the next."""
    text = re.sub(r" \\\n +", " ", block.text)
    parts = ("\n" + text).split("\n$ ")[1:]
    return [Command(line=part.partition("\n")[0], shown=part.partition("\n")[2].strip("\n")) for part in parts]
