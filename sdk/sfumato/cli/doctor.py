"""`sfumato doctor`: look at everything that a picture needs, and say what to do about what is missing."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import metadata, resources
from pathlib import Path
from typing import Final

import click

from sfumato import client, places
from sfumato.errors import SfumatoError

#: What the engine cannot do without, as `sfumato[engine]` installs it.
ENGINE_PACKAGES: Final = ("torch", "diffusers", "transformers", "safetensors")
_LOW_DISK_BYTES: Final = 2 * 2**30


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at; `remedy` says what to do where it is not in order."""

    name: str
    fact: str
    remedy: str = ""


@click.command(short_help="Check that everything is in order.")
@click.pass_context
def command(ctx: click.Context) -> None:
    """Check Python, the engine's packages, the daemon, its folders and the shipped model.

    Ends with 1 where something is not in order, and says what to do about it. Never starts a daemon.
    """
    findings = [finding for look in LOOKS for finding in look()]
    for finding in findings:
        mark = click.style("!!", fg="red") if finding.remedy else click.style("ok", fg="green")
        click.echo(f"{mark}  {finding.name:<16}{finding.fact}")
        if finding.remedy:
            click.echo(f"{'':20}{finding.remedy}")
    if any(finding.remedy for finding in findings):
        ctx.exit(1)


def _python() -> Iterator[Finding]:
    yield Finding(name="python", fact=f"{platform.python_version()} at {sys.executable}")


def _packages() -> Iterator[Finding]:
    for name in ("sfumato", *ENGINE_PACKAGES):
        try:
            yield Finding(name=name, fact=metadata.version(name))
        except metadata.PackageNotFoundError:
            remedy = "pip install 'sfumato[engine]', or use a daemon on another machine through SFUMATO_ADDRESS"
            yield Finding(name=name, fact="not installed", remedy=remedy)


def _ground() -> Iterator[Finding]:
    weights = resources.files("sfumato").joinpath("ground", "weights")
    if weights.is_dir():
        yield Finding(name="ground", fact="the shipped model is there")
    else:
        remedy = "install Sfumato again; a checkout without weights needs `sfumato models add` and --model"
        yield Finding(name="ground", fact="the shipped model is missing", remedy=remedy)


def _folders() -> Iterator[Finding]:
    yield _writable("runtime", places.runtime_dir())
    yield _writable("data", places.data_dir())
    free = shutil.disk_usage(_nearest_existing(places.data_dir())).free
    remedy = "free some space: pictures, models and jobs are kept there" if free < _LOW_DISK_BYTES else ""
    yield Finding(name="disk", fact=f"{free / 2**30:.1f} GiB free for data", remedy=remedy)


def _daemon() -> Iterator[Finding]:
    try:
        with client.connect(start=False) as studio:
            info = studio.info()
            broken = [plugin for plugin in studio.catalogue().plugins if plugin.state in ("broken", "set-aside")]
    except SfumatoError as error:
        yield Finding(name="daemon", fact=error.message)
        return
    yield Finding(name="daemon", fact=f"{info.version}, process {info.pid}, worker {info.worker.state}")
    for plugin in broken:
        remedy = "everything else works; `sfumato plugins doctor` has the details"
        yield Finding(name="plugin", fact=f"{plugin.name} {plugin.version}: {plugin.error}", remedy=remedy)


LOOKS: Final[tuple[Callable[[], Iterator[Finding]], ...]] = (_python, _packages, _ground, _folders, _daemon)


def _writable(name: str, folder: Path) -> Finding:
    owner = _nearest_existing(folder)
    remedy = ""
    if not owner.is_dir():
        remedy = f"move {owner} away: a folder is needed there"
    elif not os.access(owner, os.W_OK):
        remedy = f"make {owner} writable for you"
    return Finding(name=f"{name} folder", fact=str(folder), remedy=remedy)


def _nearest_existing(folder: Path) -> Path:
    return next(parent for parent in (folder, *folder.parents) if parent.exists())
