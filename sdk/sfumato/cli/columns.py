"""Rows of text in columns, for terminals and for `grep` alike."""

from __future__ import annotations

from collections.abc import Sequence

import click


def print_columns(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print rows under a dim head, each column as wide as its widest cell."""
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]
    click.secho(_joined(head, widths), dim=True)
    for row in rows:
        click.echo(_joined(row, widths))


def _joined(row: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
