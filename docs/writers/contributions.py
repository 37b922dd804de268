"""reference/contributions.md: what the built-in plugin brings, with every parameter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sfumato.engine.plugins import discover

if TYPE_CHECKING:
    from sfumato.catalogue import ContributionCard
    from sfumato.parameters import ParameterSpec

INTRODUCTION = "What `sfumato.builtin` brings. `sfumato catalog` lists these and those of installed plugins.\n"


def page() -> str:
    """The whole page."""
    parts = ["# Samplers, schedules and guiders\n", INTRODUCTION]
    kinds: dict[str, list[ContributionCard]] = {}
    for card in discover().cards():
        if card.plugin == "sfumato":
            kinds.setdefault(card.kind, []).append(card)
    for kind, cards in kinds.items():
        parts.append(f"## {kind.capitalize()}s\n")
        parts.extend(_section(card) for card in cards)
    return "\n".join(parts)


def _section(card: ContributionCard) -> str:
    lines = [f"### {card.label}\n", f"`{card.id}`. {card.description}\n"]
    if card.parameters:
        lines += ["| parameter | kind | default | range | |", "|---|---|---|---|---|"]
        lines += [_row(spec) for spec in card.parameters]
        lines.append("")
    return "\n".join(lines)


def _row(spec: ParameterSpec) -> str:
    bounds = [f"{bound:g}" for bound in (spec.minimum, spec.maximum) if bound is not None]
    span = ", ".join(choice.value for choice in spec.choices) or " to ".join(bounds)
    return f"| `{spec.id}` | {spec.kind} | {spec.default} | {span} | {spec.help} |"
