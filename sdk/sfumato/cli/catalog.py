"""`sfumato catalog`: what plugins contribute, with every parameter that `--set` takes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from sfumato import client

if TYPE_CHECKING:
    from sfumato.catalogue import Catalogue, ContributionCard
    from sfumato.parameters import ParameterSpec


@click.command(
    short_help="List samplers, schedules, guidance and their parameters.",
    epilog="""\b
Examples:
  sfumato catalog
  sfumato catalog sampler""",
)
@click.argument("kind", required=False)
def command(kind: str | None) -> None:
    """List what plugins contribute, with the parameters that `sfumato generate --set` takes.

    KIND shows one kind only: sampler, schedule, guider, conditioner, preprocessor, post-processor or family.
    """
    with client.connect() as studio:
        catalogue = studio.catalogue()
    kinds = sorted({card.kind for card in catalogue.contributions})
    if kind and kind not in kinds:
        raise click.BadParameter(f"got {kind!r}, expected one of {', '.join(kinds)}", param_hint="KIND")
    for wanted in [kind] if kind else kinds:
        _print_kind(wanted, catalogue.of_kind(wanted))
    _point_to_faults(catalogue)


def _print_kind(kind: str, cards: Iterable[ContributionCard]) -> None:
    click.secho(kind, bold=True)
    for card in cards:
        click.echo(f"  {click.style(card.id, fg='cyan')}  {card.label}")
        if card.description:
            click.secho(f"      {card.description}", dim=True)
        for spec in card.parameters:
            click.echo(f"      {spec.id} = {spec.default}{_range(spec)}  {spec.help}".rstrip())


def _range(spec: ParameterSpec) -> str:
    if spec.choices:
        return f"  ({', '.join(choice.value for choice in spec.choices)})"
    if spec.minimum is None and spec.maximum is None:
        return ""
    low, high = ("..." if bound is None else f"{bound:g}" for bound in (spec.minimum, spec.maximum))
    return f"  ({low} to {high}{f' {spec.unit}' if spec.unit else ''})"


def _point_to_faults(catalogue: Catalogue) -> None:
    """Somebody may look for what a broken plugin would contribute."""
    broken = [plugin.name for plugin in catalogue.plugins if plugin.state in ("broken", "set-aside")]
    if broken:
        said = f"without {', '.join(broken)}: `sfumato plugins doctor` says what is wrong and what to do"
        click.secho(said, fg="yellow", err=True)
