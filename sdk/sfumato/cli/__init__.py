"""The command line. A command's module loads when the command is run, so that `sfumato --help` is quick."""

from sfumato.cli.entry import main

__all__ = ["main"]
