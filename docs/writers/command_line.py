"""reference/cli.md: every command's help, as a terminal of 100 columns shows it."""

from __future__ import annotations

from collections.abc import Iterator

import click

from sfumato.cli import main as sfumato


def page() -> str:
    """The whole page."""
    return "\n".join(["# The command line\n", *_helps(_root())])


def commands() -> dict[str, click.Command]:
    """Every command and group by its words, such as `sfumato plugins list`."""
    return {context.command_path: context.command for context in _below(_root())}


def _root() -> click.Context:
    return click.Context(sfumato, info_name="sfumato", terminal_width=100, **sfumato.context_settings)


def _helps(root: click.Context) -> Iterator[str]:
    for context in _below(root):
        said = context.command.get_help(context).rstrip()
        yield f"## `{context.command_path}`\n\n```text\n{said}\n```\n"


def _below(context: click.Context) -> Iterator[click.Context]:
    """A command and all below it."""
    yield context
    group = context.command
    if isinstance(group, click.Group):
        for name in group.list_commands(context):
            command = group.get_command(context, name)
            assert command is not None
            yield from _below(click.Context(command, parent=context, info_name=name))
