"""Errors as the command line tells them: one red line that names the field, and an exit code."""

from __future__ import annotations

import errno
from typing import IO, Any, Final

import click

from sfumato.errors import ImageRefused, InvalidRecipe, SfumatoError

#: The options behind the fields of a request.
_OPTIONS: Final = {
    "prompt": "PROMPT",
    "negative_prompt": "--negative",
    "width_px": "--size",
    "height_px": "--size",
    "sampler.id": "--sampler",
    "schedule.id": "--schedule",
    "guider.id": "--guidance",
} | {name: f"--{name}" for name in ("model", "steps", "seed", "count", "tile", "init", "mask", "strength", "outpaint")}


class Complaint(click.ClickException):
    """What went wrong, in one line."""

    exit_code = 1

    def show(self, file: IO[Any] | None = None) -> None:
        """Print it to stderr."""
        click.secho(f"error: {self.format_message()}", fg="red", err=True, file=file)


class WrongRequest(Complaint):
    """The same about something that the user can put right in the command."""

    exit_code = 2


class Misuse(WrongRequest):
    """A command line that cannot be understood, with the way to its help."""

    def __init__(self, error: click.UsageError) -> None:
        super().__init__(error.format_message())
        self._help = f"{error.ctx.command_path} --help" if error.ctx else "sfumato --help"

    def show(self, file: IO[Any] | None = None) -> None:
        """Print it to stderr."""
        super().show(file)
        click.echo(f"`{self._help}` tells how it is used", err=True, file=file)


def about_a_file(error: OSError) -> SfumatoError:
    """What the operating system says, with the file that it is about, as one of our errors."""
    return SfumatoError(f"{error.filename}: {error.strerror}" if error.filename else str(error))


def is_broken_pipe(error: Exception) -> bool:
    """Whether nobody reads any more what is printed; click then ends in silence."""
    return isinstance(error, OSError) and error.errno == errno.EPIPE


def complaint_about(error: SfumatoError) -> Complaint:
    """The error as the command line tells it."""
    if isinstance(error, InvalidRecipe):
        return WrongRequest("; ".join(f"{_named(row.field)}: {row.description}" for row in error.violations))
    return WrongRequest(error.message) if isinstance(error, ImageRefused) else Complaint(error.message)


def _named(field: str) -> str:
    option = _OPTIONS.get(field)
    if not option and ".params." in field:
        return f"{field} (--set)"
    return f"{field} ({option})" if option else field
