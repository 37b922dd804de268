"""`sfumato plugins`: the commands for those who use plugins and those who write them."""

from __future__ import annotations

import importlib
from typing import Final

import click

#: The module of each command (and its name there, unless that is `command`), and its line in `sfumato plugins --help`.
COMMANDS: Final = {
    "list": ("plugin_list", "List all plugins and their states."),
    "show": ("plugin_show", "Show one plugin."),
    "doctor": ("plugin_doctor", "Say what is wrong with plugins, and what to do."),
    "disable": ("plugin_switch:disable", "Load a plugin no more."),
    "enable": ("plugin_switch:enable", "Load a plugin again."),
    "reload": ("plugin_switch:reload", "Look for plugins that are new, gone or changed."),
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
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(f"sfumato.cli.{module}"), name or "command")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list in the help, without loading any command."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


@click.command(
    cls=PluginCommands,
    short_help="List, switch, check and write plugins.",
    epilog="""\b
Examples:
  sfumato plugins list
  sfumato plugins doctor
  sfumato plugins new acme-swirl --kind sampler
  sfumato plugins check acme-swirl""",
)
def command() -> None:
    """Manage the plugins of this machine, check them, and write new ones."""
