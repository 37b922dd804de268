"""What the code offers, which the docs have to tell and the tests to try."""

from __future__ import annotations

import click

import sfumato.client
import sfumato.plugin as sf
import sfumato.testing
from docs.writers.command_line import commands
from sfumato.parameters import type_names
from sfumato.testing.cases import CHECKS


def hooks() -> list[str]:
    """Every hook."""
    return [name for name in vars(sf.HookSpecs) if name.startswith("sfumato_")]


def contribution_kinds() -> list[str]:
    """Every kind of contribution that a plugin may add."""
    return [base.kind for base in vars(sf).values() if _is_kind(base)]


def parameter_kinds() -> list[str]:
    """Every kind of parameter."""
    return list(type_names)


def checks() -> list[str]:
    """Every check of the conformance kit."""
    return list(CHECKS)


def public_names() -> list[str]:
    """Every name that is promised, with its module."""
    modules = (sf, sfumato.client, sfumato.testing)
    return [f"{module.__name__}.{name}" for module in modules for name in module.__all__]


def command_names() -> list[str]:
    """Every command, such as `sfumato plugins list`; groups are told by what is in them."""
    return [name for name, command in commands().items() if not isinstance(command, click.Group)]


def options() -> dict[str, tuple[str, ...]]:
    """The names of every option, such as `-o` and `--output`, by its command and long name."""
    return {
        f"{name} {max(parameter.opts, key=len)}": tuple(parameter.opts)
        for name, command in commands().items()
        for parameter in command.params
        if isinstance(parameter, click.Option)
    }


def _is_kind(value: object) -> bool:
    return isinstance(value, type) and issubclass(value, sf.Contribution) and value is not sf.Contribution
