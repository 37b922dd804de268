"""The noise levels that a model was trained on, from the configuration of its scheduler."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

import sfumato.plugin as sf
from sfumato.errors import WeightsRefused

PREDICTION_TYPES: Final = ("epsilon", "v_prediction", "sample")

#: How SD 1.x and 2.x were trained, for models that do not say.
STABLE_DIFFUSION: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "beta_start": 0.00085,
        "beta_end": 0.012,
        "beta_schedule": "scaled_linear",
        "num_train_timesteps": 1000,
        "timestep_spacing": "leading",
        "steps_offset": 1,
        "prediction_type": "epsilon",
    }
)
_BETAS: Final = (
    "beta_start", "beta_end", "beta_schedule", "num_train_timesteps", "trained_betas", "rescale_betas_zero_snr",
)  # fmt: skip


def prediction_type_of(scheduler: Mapping[str, Any]) -> str:
    """What a network so trained predicts. Raises ValueError for something unknown."""
    prediction_type = str(scheduler.get("prediction_type", "epsilon"))
    if prediction_type not in PREDICTION_TYPES:
        raise ValueError(f"prediction type {prediction_type!r}, expected one of {', '.join(PREDICTION_TYPES)}")
    return prediction_type


def model_sigmas(scheduler: Mapping[str, Any], architecture: str) -> sf.ModelSigmas:
    """The levels as diffusers computes them. Raises WeightsRefused on a configuration that it refuses."""
    from diffusers import EulerDiscreteScheduler  # takes seconds to import, and a model's card does without

    betas = {key: scheduler[key] for key in _BETAS if key in scheduler}
    try:
        alphas = EulerDiscreteScheduler(**betas).alphas_cumprod
    except (ArithmeticError, LookupError, RuntimeError, TypeError, ValueError) as error:
        raise WeightsRefused(f"the scheduler's configuration {betas} gives no noise levels: {error}") from error
    return sf.ModelSigmas(
        sigmas=tuple((((1 - alphas) / alphas) ** 0.5).tolist()),
        prediction_type=prediction_type_of(scheduler),
        architecture=architecture,
        timestep_spacing=scheduler.get("timestep_spacing", "leading"),
        steps_offset=scheduler.get("steps_offset", 0),
    )
