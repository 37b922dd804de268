"""Sampling functions of the k-diffusion kind as samplers.

from k_diffusion import sampling

Lms = sf.from_k_diffusion(sampling.sample_lms, id="acme.lms", order=4)
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, Final

from sfumato.plugin._from_signature import params_of, readable, signature_of
from sfumato.plugin._sampler import Noise, Sampler, State, Steps

if TYPE_CHECKING:
    import torch

    from sfumato.plugin._from_replay import Replay

#: What we hand in, or do without; everything else that has a plain default is the artist's.
_PLUMBING: Final = frozenset(
    {
        "model", "x", "sigmas", "sigma_min", "sigma_max", "n", "extra_args", "callback", "disable", "noise_sampler",
        "return_info",
    }
)  # fmt: skip
#: Noise levels to try a function on before anybody chose any.
_SOME: Final = (14.0, 6.0, 2.5, 1.0, 0.4, 0.15, 0.0)
#: With these, most of those that draw noise draw none.
_CALM: Final[Mapping[str, Any]] = MappingProxyType({"eta": 0.0})


def from_k_diffusion(
    function: Callable[..., Any],
    *,
    id: str,
    label: str = "",
    description: str = "",
    order: int = 1,
    fields: Mapping[str, Any] | None = None,
) -> type[Sampler]:
    """A sampler from a function `(model, x, sigmas, extra_args, callback, ...)`, parameters from its signature.

    One that takes `sigma_min` and `sigma_max` instead (`n` is then the number of evaluations) goes its own way from
    the first level to the last above 0, and takes a last step to 0 by the prediction there. All noise is the
    image's own; a noise sampler is handed in where the function takes one. `order` is what the conformance check
    measures, `fields` holds an `sf.Field` for parameters that need a range, choices or help.

    The function is run again for every evaluation (`_from_replay`), from as far back as it was seen to remember: its
    own arithmetic costs that many times over, its network calls do not. Raises TypeError for another signature.
    """
    parameters = signature_of(function)
    named = _named(function)
    if not _runs(parameters):
        said = f"{named.__qualname__}({', '.join(map(str, parameters.values()))}), expected (model, x, sigmas, ...)"
        raise TypeError(f"from_k_diffusion got {said} or (model, x, sigma_min, sigma_max, ...)")
    own = [each for name, each in parameters.items() if name not in _PLUMBING and readable(each)]
    first_line = (inspect.getdoc(named) or "").partition("\n")[0]
    attributes = {
        "id": id,
        "label": label or named.__name__.removeprefix("sample_").replace("_", " "),
        "description": description or first_line,
        "order": order,
        "Params": params_of(own, fields),
        "function": staticmethod(function),
        "takes": frozenset(parameters),
        "__doc__": f"`{named.__module__}.{named.__qualname__}`: {first_line}",
        "__module__": named.__module__,
    }
    return type(named.__name__, (LoopSampler,), attributes | _facts(type("Tried", (LoopSampler,), attributes)))


class LoopSampler(Sampler):
    """Base of the samplers that `from_k_diffusion` makes. `function` runs from the first level to the last."""

    function: ClassVar[Callable[..., Any]]
    takes: ClassVar[frozenset[str]]

    def step(self, x: torch.Tensor, sigma: float, sigma_next: float, state: State, noise: Noise) -> Steps:
        """Run the function again until it has taken this step."""
        sigmas = tuple(self.sigmas)
        return (yield from self._over(sigmas).step(sigmas.index(sigma), x, state, noise))

    def _over(self, sigmas: tuple[float, ...]) -> Replay:
        """The function over the noise levels of the trajectory, rehearsed once."""
        from sfumato.plugin._from_rehearsal import rehearse
        from sfumato.plugin._from_replay import Replay

        known: Replay | None = getattr(self, "_known", None)
        if known is None or known.sigmas != sigmas:
            known = Replay(loop=self.loop, sigmas=sigmas, plan=rehearse(self.loop, sigmas))
            self._known = known
        return known

    def loop(self, model: Any, x: torch.Tensor, sigmas: torch.Tensor, *, callback: Any, noise: Any) -> torch.Tensor:
        """Call the function with its parameters and what it takes of ours."""
        takes = self.takes
        ours = {"extra_args": {}, "callback": callback, "disable": True, "noise_sampler": noise}
        chosen = {name: value for name, value in ours.items() if name in takes} | self.params.model_dump()
        if "sigmas" in takes:
            return _first(self.function(model, x, sigmas, **chosen))
        lowest = -2 if sigmas[-1] == 0 else -1
        if len(sigmas) + lowest > 0:
            evaluations = {"n": len(sigmas) + lowest} if "n" in takes else {}
            span = {"sigma_min": float(sigmas[lowest]), "sigma_max": float(sigmas[0])}
            x = _first(self.function(model, x, **span, **evaluations, **chosen))
        end: torch.Tensor = model(x, sigmas[lowest]) if lowest == -2 else x
        return end


def _named(function: Callable[..., Any]) -> Any:
    """What has the function's name: of one that `functools.partial` made, that inside; of an object, its class."""
    while isinstance(function, functools.partial):
        function = function.func
    return function if hasattr(function, "__qualname__") else type(function)


def _runs(parameters: Mapping[str, inspect.Parameter]) -> bool:
    """Whether we know what to hand in for everything that has no default."""
    needs = [name for name, each in parameters.items() if each.default is each.empty and each.kind != each.VAR_KEYWORD]
    spans = needs[2:] in (["sigmas"], ["sigma_min", "sigma_max"], ["sigma_min", "sigma_max", "n"])
    return len(needs) > 2 and spans


def _first(given: Any) -> torch.Tensor:
    """x, where a function returns something beside it."""
    x: torch.Tensor = given[0] if isinstance(given, tuple) else given
    return x


def _facts(tried: type[LoopSampler]) -> dict[str, Any]:
    """What the engine and the conformance check want to know, from a run at the default parameters."""
    from sfumato.plugin._from_rehearsal import evaluations_per_step, rehearse

    plan = rehearse(tried().loop, _SOME)
    calm = plan.noisy and "eta" in tried.Params.model_fields
    if calm:
        calm = not rehearse(tried(tried.Params(**_CALM)).loop, _SOME).noisy
    facts = {"stochastic": plan.noisy, "evaluations_per_step": evaluations_per_step(plan)}
    return facts | ({"neutral": _CALM} if calm else {})
