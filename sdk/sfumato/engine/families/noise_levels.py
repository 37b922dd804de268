"""The noise levels that a model was trained on, from the configuration of its scheduler."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from diffusers import EulerDiscreteScheduler

import sfumato.plugin as sf

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


def model_sigmas(scheduler: Mapping[str, Any], architecture: str) -> sf.ModelSigmas:
    """The levels as diffusers computes them. Raises ValueError or TypeError on a configuration that it refuses."""
    prediction_type = scheduler.get("prediction_type", "epsilon")
    if prediction_type not in PREDICTION_TYPES:
        raise ValueError(f"prediction type {prediction_type!r}, expected one of {', '.join(PREDICTION_TYPES)}")
    alphas = EulerDiscreteScheduler(**{key: scheduler[key] for key in _BETAS if key in scheduler}).alphas_cumprod
    return sf.ModelSigmas(
        sigmas=tuple((((1 - alphas) / alphas) ** 0.5).tolist()),
        prediction_type=prediction_type,
        architecture=architecture,
        timestep_spacing=scheduler.get("timestep_spacing", "leading"),
        steps_offset=scheduler.get("steps_offset", 0),
    )
