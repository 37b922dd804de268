"""Help: quick, complete, and true."""

import re
import subprocess
import sys

import click
import pytest

from sfumato.cli.entry import COMMANDS, main
from tests.cli.conftest import SFUMATO


def all_commands(group=main, path=()):
    """Every command by its words, groups included."""
    yield path, group
    if isinstance(group, click.Group):
        context = click.Context(group)
        for name in group.list_commands(context):
            yield from all_commands(group.get_command(context, name), (*path, name))


ALL = dict(all_commands())


def help_of(path):
    return subprocess.run([SFUMATO, *path, "--help"], capture_output=True, text=True, check=True).stdout


def imported_by(*words):
    command = [sys.executable, "-X", "importtime", SFUMATO, *words]
    report = subprocess.run(command, capture_output=True, text=True, check=True).stderr
    return {line.rpartition("|")[2].strip().partition(".")[0] for line in report.splitlines()}


def test_the_commands_are_these():
    assert sorted(" ".join(path) for path in ALL if path) == [
        "catalog", "doctor", "generate", "hosts", "hosts install", "hosts list", "hosts package", "hosts uninstall",
        "jobs", "jobs cancel", "jobs list", "jobs show", "jobs watch", "models", "models add", "models inspect",
        "models list", "models remove", "plugins", "plugins check", "plugins disable", "plugins doctor",
        "plugins enable", "plugins list", "plugins new", "plugins reload", "plugins show", "serve", "status",
        "stop", "texture-mesh",
    ]  # fmt: skip


@pytest.mark.parametrize(("name", "line"), [(name, line) for name, (_, line) in COMMANDS.items()])
def test_the_overview_says_what_the_command_says(name, line):
    assert ALL[(name,)].short_help == line


@pytest.mark.parametrize("path", ALL, ids=" ".join)
def test_every_command_and_every_option_is_explained(path):
    command = ALL[path]

    assert command.help
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, parameter.name


@pytest.mark.parametrize("path", [(), ("generate",), ("models", "add"), ("serve",)], ids=" ".join)
def test_help_fits_a_narrow_terminal(path):
    text = help_of(path)

    assert text.startswith("Usage: sfumato")
    prose = text.partition("Examples:")[0]
    assert max(map(len, prose.splitlines())) <= 80


@pytest.mark.parametrize("words", [("--help",), ("generate", "--help"), ("jobs", "watch", "--help"), ("--version",)])
def test_help_imports_nothing_heavy(words):
    assert not imported_by(*words) & {"torch", "grpc", "google", "rich", "PIL", "numpy", "diffusers"}


def test_importing_the_package_imports_nothing_heavy():
    code = "import sys, sfumato, sfumato.client; print({'torch', 'grpc', 'PIL'} & set(sys.modules))"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert ended.stdout == "set()\n"


def test_serve_offers_every_option_of_the_daemon():
    told = subprocess.run([sys.executable, "-m", "sfumato.daemon", "--help"], capture_output=True, text=True).stdout
    of_daemon = set(re.findall(r"^  (--[\w-]+)", told, re.MULTILINE)) | set(re.findall(r"-h, (--\w+)", told))

    assert {option for parameter in ALL[("serve",)].params for option in parameter.opts} | {"--help"} == of_daemon
