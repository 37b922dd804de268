"""UniPC: a multistep predictor whose every evaluation also corrects the step before it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

import sfumato.plugin as sf
from sfumato.builtin.samplers.history import past, remember

if TYPE_CHECKING:
    import torch


class UniPCParams(sf.Params):
    """Order and variant."""

    order: Literal["2", "3"] = sf.Field("2", label="Order", choices={"2": "2", "3": "3"},
        help="2 for guided sampling, 3 without guidance or with many steps.")  # fmt: skip
    variant: Literal["bh1", "bh2"] = sf.Field("bh2", label="Variant", choices={"bh1": "B1(h)", "bh2": "B2(h)"},
        help="B2(h) is the better one under guidance, B1(h) at 5 to 10 unguided steps.")  # fmt: skip


class UniPC(sf.Sampler):
    """UniPC-p on the denoised prediction: Zhao et al. 2023 (arXiv 2302.04867), sections 3.1 to 3.3.

    `x` of the state is the corrected x of the step before. First order to 0, without a correction.
    """

    id, label, order = "sfumato.unipc", "UniPC", 3
    description = "Predictor and corrector for one evaluation per step. Strong at 8 to 20 steps."
    Params = UniPCParams

    def step(self, x: torch.Tensor, sigma: float, sigma_next: float, state: sf.State, noise: sf.Noise) -> sf.Steps:
        """UniC on the step before, then UniP."""
        denoised = yield sf.Evaluate(x, sigma)
        if sigma_next == 0:
            return denoised
        rows = past(state)
        if rows:
            x = self._advance(state["x"], rows, sigma, denoised)
        rows = [(sigma, denoised), *rows][: int(self.params.order)]
        remember(state, rows)
        state["x"] = x
        return self._advance(x, rows, sigma_next, None)

    def _advance(
        self, x: torch.Tensor, rows: list[tuple[float, torch.Tensor]], sigma_next: float, corrector: torch.Tensor | None
    ) -> torch.Tensor:
        """UniP to sigma_next, or UniC where the prediction at sigma_next is known."""
        sigma, m_0 = rows[0]
        h = math.log(sigma / sigma_next)
        nodes = [math.log(sigma / sigma_i) / h for sigma_i, _ in rows[1:]]
        differences = [(m_i - m_0) / r for r, (_, m_i) in zip(nodes, rows[1:], strict=True)]
        if corrector is not None:
            nodes, differences = [*nodes, 1.0], [*differences, corrector - m_0]
        b = -h if self.params.variant == "bh1" else math.expm1(-h)
        x = m_0.lerp(x, sigma_next / sigma)
        for weight, difference in zip(_weights(nodes, h, b), differences, strict=True):
            x = x.add(difference, alpha=-b * weight)
        return x


def _weights(nodes: list[float], h: float, b: float) -> list[float]:
    """The a_p that solve R_p(h) a_p B(h) = phi_p(h); 1/2 for a single node, as the paper has it."""
    if len(nodes) < 2:
        return [0.5] * len(nodes)
    right, phi = [], math.expm1(-h) / -h - 1
    for k in range(1, len(nodes) + 1):
        right.append(phi * math.factorial(k) / b)
        phi = phi / -h - 1 / math.factorial(k + 1)
    return _solve_vandermonde(nodes, right)


def _solve_vandermonde(nodes: list[float], right: list[float]) -> list[float]:
    """The a with sum over j of nodes[j]^i a[j] = right[i]: Golub and Van Loan, Algorithm 4.6.2."""
    a, n = list(right), len(nodes)
    for k in range(n - 1):
        for i in range(n - 1, k, -1):
            a[i] -= nodes[k] * a[i - 1]
    for k in range(n - 2, -1, -1):
        for i in range(k + 1, n):
            a[i] /= nodes[i] - nodes[i - k - 1]
        for i in range(k, n - 1):
            a[i] -= a[i + 1]
    return a
