"""`sfumato plugins`: the commands for those who use plugins and those who write them."""

from __future__ import annotations

import importlib
from typing import Final

import click

#: The module of each command, and the line that `sfumato plugins --help` shows for it.
COMMANDS: Final = {
    "check": ("plugin_check", "Try whether a plugin keeps its contracts."),
    "new": ("plugin_new", "Write a new plugin to start from."),
}


class PluginCommands(click.Group):
    """Loads each command when it is needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All commands."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"sfumato.cli.{COMMANDS[cmd_name][0]}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list in the help, without loading any command."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


@click.command(
    cls=PluginCommands,
    short_help="Check plugins, and write new ones.",
    epilog="""\b
Examples:
  sfumato plugins new acme-swirl --kind sampler
  sfumato plugins check acme-swirl""",
)
def command() -> None:
    """Check plugins, and write new ones."""
