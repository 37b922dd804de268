"""The schedule that a model's own scheduler configuration asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sfumato.plugin as sf

if TYPE_CHECKING:
    from collections.abc import Sequence


class ModelDefaultParams(sf.Params):
    """How the timesteps meet the lower end."""

    drop_lowest: bool = sf.Field(False, label="Leave the lowest level out",
        help="Space one step more and leave its lowest level out, as diffusers' DPM-Solver and UniPC do.")  # fmt: skip


class ModelDefault(sf.Schedule):
    """Timesteps spaced as in Lin et al. 2023 (arXiv 2305.08891), Table 2, by the model's `timestep_spacing`.

    Equal to diffusers' EulerDiscrete, Heun and KDPM2 for every spacing, to its DDIM for `leading` and `trailing`;
    with `drop_lowest` to its DPMSolverMultistep and UniPC. A single step starts at the highest level.
    """

    id, label = "sfumato.model-default", "Model default"
    description = "The noise levels that the model's configuration asks for."
    Params = ModelDefaultParams

    def sigmas(self, steps: int, model: sf.ModelSigmas) -> Sequence[float]:
        """`steps` levels of evenly spaced timesteps, then 0. Raises ValueError where the model has fewer levels."""
        trained = len(model.sigmas)
        if steps > trained:
            raise ValueError(f"{steps} steps, but the model was trained on {trained} noise levels; ask for fewer")
        timesteps = [trained - 1.0] if steps == 1 else self._timesteps(steps, trained, model)
        return [*(_interpolate(model.sigmas, timestep) for timestep in timesteps), 0.0]

    def _timesteps(self, steps: int, trained: int, model: sf.ModelSigmas) -> list[float]:
        points = steps + self.params.drop_lowest
        dropped = points - steps
        match model.timestep_spacing:
            case "linspace":
                ratio = (trained - 1) / (points - 1)
                rising = [round(k * ratio) if dropped else k * ratio for k in range(dropped, points)]
            case "leading":
                ratio = max(trained // points, 1)
                offset = min(model.steps_offset, trained - 1 - ratio * (points - 1))
                rising = [k * ratio + offset for k in range(dropped, points)]
            case "trailing":
                rising = [round(trained - k * trained / steps) - 1 for k in reversed(range(steps))]
            case other:
                raise ValueError(f"timestep spacing {other!r}, expected linspace, leading or trailing")
        return [float(timestep) for timestep in reversed(rising)]


def _interpolate(sigmas: Sequence[float], timestep: float) -> float:
    # Linear in sigma, as diffusers does it here; ModelSigmas.sigma is linear in log sigma.
    below = int(timestep)
    above = min(below + 1, len(sigmas) - 1)
    return sigmas[below] + (timestep - below) * (sigmas[above] - sigmas[below])
