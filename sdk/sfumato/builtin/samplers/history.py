"""What multistep samplers keep between steps: the latest denoised predictions and their noise levels."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

    import sfumato.plugin as sf


def past(state: sf.State) -> list[tuple[float, torch.Tensor]]:
    """(sigma, denoised) of the steps before this one, the latest first."""
    rows: list[tuple[float, torch.Tensor]] = []
    while (key := f"sigma_{len(rows) + 1}") in state:
        rows.append((state[key], state[f"denoised_{len(rows) + 1}"]))
    return rows


def remember(state: sf.State, rows: list[tuple[float, torch.Tensor]]) -> None:
    """Keep these (sigma, denoised), the latest first, for `past` of the next step."""
    for index, (sigma, denoised) in enumerate(rows, 1):
        state[f"sigma_{index}"], state[f"denoised_{index}"] = sigma, denoised
