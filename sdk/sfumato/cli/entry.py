"""`sfumato`: the commands, where each lives, and how errors are told."""

from __future__ import annotations

import importlib
from typing import Any, Final

import click

from sfumato.cli.complaint import Misuse, about_a_file, complaint_about, is_broken_pipe
from sfumato.errors import SfumatoError

#: The module of each command, and the line that `sfumato --help` shows for it.
COMMANDS: Final = {
    "generate": ("generate", "Make a picture from words."),
    "texture-mesh": ("texture_mesh", "Paint the textures of a mesh from words."),
    "serve": ("serve", "Run the daemon in this terminal."),
    "status": ("status", "Say what the daemon is doing."),
    "stop": ("stop", "Stop the daemon."),
    "models": ("models", "Add, list, inspect and remove models."),
    "catalog": ("catalog", "List samplers, schedules, guidance and their parameters."),
    "plugins": ("plugins", "List, switch, check and write plugins."),
    "hosts": ("hosts", "Put Sfumato into Krita, GIMP and Blender."),
    "jobs": ("jobs", "List, watch, cancel and show jobs."),
    "doctor": ("doctor", "Check that everything is in order."),
}
INTERRUPTED: Final = 130


class Commands(click.Group):
    """The group of all commands: loads them when they are needed and turns errors into one line."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All commands, in the order in which a newcomer meets them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"sfumato.cli.{COMMANDS[cmd_name][0]}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list in `sfumato --help`, without loading any command."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; what goes wrong becomes one line and an exit code."""
        try:
            return super().invoke(ctx)
        except click.UsageError as error:
            raise Misuse(error) from error
        except SfumatoError as error:
            raise complaint_about(error) from error
        except OSError as error:
            if is_broken_pipe(error):
                raise
            raise complaint_about(about_a_file(error)) from error
        except KeyboardInterrupt:
            ctx.exit(INTERRUPTED)


@click.command(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Try:  sfumato generate 'mossy red brick wall' --tile xy",
)
@click.version_option(package_name="sfumato", message="%(package)s %(version)s")
def main() -> None:
    """Sfumato makes pictures and textures with latent diffusion models, on this machine.

    Commands start the daemon by themselves where none runs. SFUMATO_ADDRESS and SFUMATO_TOKEN in the environment
    name a daemon on another machine instead.
    """
