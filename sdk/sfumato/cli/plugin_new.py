"""`sfumato plugins new`: a distribution with a working example of one kind, to be written over."""

from __future__ import annotations

import importlib.util
import keyword
import re
from pathlib import Path
from typing import Final

import click

from sfumato.cli.complaint import Complaint
from sfumato.cli.plugin_check import KINDS

_NAME: Final = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


@click.command(
    short_help="Write a new plugin to start from.",
    epilog="""\b
Examples:
  sfumato plugins new acme-swirl --kind sampler
  pip install -e acme-swirl
  pytest acme-swirl""",
)
@click.argument("name")
@click.option("--kind", type=click.Choice(KINDS), required=True, help="What it contributes.")
@click.option(
    "--output", type=click.Path(file_okay=False, path_type=Path), default=Path(),
    help="The folder in which it gets a folder of its own. [default: this one]",
)  # fmt: skip
def command(name: str, kind: str, output: Path) -> None:
    """Write a distribution NAME with a working example, its tests and a README.

    NAME is in lower case with hyphens, such as acme-swirl; it is the namespace of its contributions too.
    """
    from sfumato.testing.templates import files_of

    if problem := _problem_with(name):
        raise click.BadParameter(f"got {name!r}, {problem}", param_hint="NAME")
    folder = output / name
    if folder.exists():
        raise Complaint(f"{folder} is there already; choose another name, or another folder with --output")
    for path, text in files_of(kind, name).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    click.echo(f"wrote {folder}")
    click.echo(f"next: pip install -e {folder}, then pytest {folder}, or sfumato plugins check {name}")


def _problem_with(name: str) -> str | None:
    """Why no distribution should be called like this; its module would be in the way of another."""
    module = name.replace("-", "_")
    if not _NAME.fullmatch(name):
        return "expected lower case with hyphens, such as acme-swirl"
    if keyword.iskeyword(module):
        return "which is a word of Python itself, expected another, such as acme-swirl"
    if (found := importlib.util.find_spec(module)) and found.origin:
        return f"but there is a module {module} already, which it would hide; choose another name, such as acme-{name}"
    return None
