"""Schedulers of diffusers as samplers.

from diffusers import DEISMultistepScheduler

Deis = sf.from_diffusers(DEISMultistepScheduler, id="acme.deis", order=2)
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, Final

from sfumato.plugin._from_signature import params_of, readable, signature_of
from sfumato.plugin._sampler import Noise, Sampler, State, Steps

if TYPE_CHECKING:
    import torch

    from sfumato.plugin._from_walk import Walk, Way

#: Of a constructor: the noise levels, what the network predicts, and what only a picture in pixels needs.
_NOT_OURS: Final = frozenset(
    {
        "num_train_timesteps", "beta_start", "beta_end", "beta_schedule", "trained_betas", "prediction_type",
        "timestep_spacing", "timestep_type", "steps_offset", "interpolation_type", "set_alpha_to_one",
        "rescale_betas_zero_snr", "final_sigmas_type", "sigma_min", "sigma_max", "sigma_schedule", "rho",
        "sigma_data", "shift", "flow_shift", "use_flow_sigmas", "use_karras_sigmas", "use_exponential_sigmas",
        "use_beta_sigmas", "use_lu_lambdas", "use_dynamic_shifting", "time_shift_type", "base_shift", "max_shift",
        "base_image_seq_len", "max_image_seq_len", "invert_sigmas", "shift_terminal", "snr_shift_scale",
        "lambda_min_clipped", "original_inference_steps", "variance_type", "noise_sampler_seed", "stages", "gamma",
        "scale_factors", "upscale_mode",
    }
)  # fmt: skip
#: Of `step`.
_PLUMBING: Final = frozenset({"self", "model_output", "timestep", "sample", "generator", "return_dict"})
#: diffusers' own defaults are for pixels in -1..1; latents reach further.
_DEFAULTS: Final[Mapping[str, Any]] = {"clip_sample": False}
#: With these, some of those that draw noise draw none.
_CALM: Final[Mapping[str, Any]] = MappingProxyType({"eta": 0.0})


def from_diffusers(
    scheduler_class: type,
    *,
    id: str,
    label: str = "",
    description: str = "",
    order: int = 1,
    fields: Mapping[str, Any] | None = None,
) -> type[Sampler]:
    """A sampler from a scheduler class of diffusers, parameters from its constructor and its `step`.

    It runs the noise levels of the recipe's schedule: options about levels, timesteps and what a network predicts
    are left out. A scheduler that ends at its lowest level instead of 0 takes its last step by the prediction there.
    `order` is what the conformance check measures, `fields` holds an `sf.Field` for parameters that need a range,
    choices or help. What a scheduler remembers goes into the sampler's state; what it draws comes from the image's
    noise. Raises TypeError for a class that cannot run an epsilon or flow network.
    """
    made_with = [
        each for name, each in signature_of(scheduler_class).items() if name not in _NOT_OURS and readable(each)
    ]
    steps_with = _step_parameters(scheduler_class)
    first_line = (inspect.getdoc(scheduler_class) or "").partition("\n")[0]
    attributes = {
        "id": id,
        "label": label or scheduler_class.__name__.removesuffix("Scheduler"),
        "description": description or first_line,
        "order": order,
        "Params": params_of([*made_with, *steps_with], fields, _DEFAULTS),
        "scheduler_class": scheduler_class,
        "step_options": frozenset(each.name for each in steps_with),
        "__doc__": f"`{scheduler_class.__module__}.{scheduler_class.__qualname__}`: {first_line}",
        "__module__": scheduler_class.__module__,
    }
    tried: type[SchedulerSampler] = type("Tried", (SchedulerSampler,), attributes)
    way = tried().way()
    facts = {"evaluations_per_step": way.evaluations_per_step, "stochastic": way.stochastic, "usual": way}
    if way.stochastic and "eta" in tried.Params.model_fields and not tried(tried.Params(**_CALM)).way().stochastic:
        facts["neutral"] = _CALM
    return type(scheduler_class.__name__, (SchedulerSampler,), attributes | facts)


class SchedulerSampler(Sampler):
    """Base of the samplers that `from_diffusers` makes."""

    scheduler_class: ClassVar[type]
    step_options: ClassVar[frozenset[str]]
    #: How the scheduler is made at its default parameters.
    usual: ClassVar[Way | None] = None

    def step(self, x: torch.Tensor, sigma: float, sigma_next: float, state: State, noise: Noise) -> Steps:
        """Let the scheduler take all evaluations of this step."""
        sigmas = tuple(self.sigmas)
        return (yield from self._along(sigmas).step(sigmas.index(sigma), x, state, noise))

    def way(self) -> Way:
        """How the scheduler is made with these parameters, found out once."""
        from sfumato.plugin._from_walk import find_way

        made_with, options = (tuple(sorted(each.items())) for each in self._options())
        return find_way(self.scheduler_class, made_with, options, self.usual)

    def _along(self, sigmas: tuple[float, ...]) -> Walk:
        """The scheduler over the noise levels of the trajectory."""
        from sfumato.plugin._from_schedulers import quiet
        from sfumato.plugin._from_walk import Walk

        known: tuple[tuple[float, ...], Walk] | None = getattr(self, "_known", None)
        if known is None or known[0] != sigmas:
            way, (made_with, options) = self.way(), self._options()
            # A trajectory may end before it reaches 0; the scheduler is made for all of the way.
            through = sigmas if sigmas[-1] == 0 else (*sigmas, 0.0)
            with quiet():
                fitted = way.fit(self.scheduler_class, made_with, through, way.frame)
            known = self._known = sigmas, Walk(fitted=fitted, options=options)
        return known[1]

    def _options(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """The parameters of the constructor, and those of `step`."""
        chosen = self.params.model_dump()
        options = {name: chosen.pop(name) for name in self.step_options if name in chosen}
        return chosen, options


def _step_parameters(scheduler_class: type) -> list[inspect.Parameter]:
    """The options of `step`. Raises TypeError where it is not `(model_output, timestep, sample, ...)`."""
    step = getattr(scheduler_class, "step", None)
    takes = {} if step is None else dict(signature_of(step))
    needs = [name for name, each in takes.items() if each.default is each.empty]
    tokens = "LongTensor" in str(takes["sample"].annotation) if "sample" in takes else False
    if (
        tokens
        or not needs
        or not {"self", "model_output"} <= {*needs} <= {"self", "model_output", "timestep", "sample"}
    ):
        said = f"step({', '.join(map(str, takes.values()))})" if takes else "no step()"
        raise TypeError(
            f"{scheduler_class.__name__} has {said}, expected (model_output, timestep, sample, ...) with a "
            f"default for all the rest and a sample of numbers"
        )
    return [each for name, each in takes.items() if name not in _PLUMBING and readable(each)]
