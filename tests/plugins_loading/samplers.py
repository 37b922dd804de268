"""The source of small plugins."""

import textwrap

_SAMPLER = """
import sfumato.plugin as sf

{head}


class Swirl(sf.Sampler):
    id, label, order = "{id}", "{label}", 1
{body}
    def step(self, x, sigma, sigma_next, state, noise):
        denoised = yield sf.Evaluate(x, sigma)
        return x + (x - denoised) / sigma * (sigma_next - sigma) + {shift}


@sf.hookimpl
def sfumato_register_samplers(register):
    register(Swirl)
"""


def sampler(id, *, label="Swirl", head="", body="", shift="0.0"):
    """One sampler: Euler's method, whose every step shifts x by an expression."""
    return _SAMPLER.format(
        id=id, label=label, head=head, body=textwrap.indent(textwrap.dedent(body), " " * 4), shift=shift
    )


def with_parameter(name, **field):
    """The body of a sampler that takes one number."""
    told = ", ".join(f"{key}={value!r}" for key, value in {"ge": 0.0, "le": 1.0, **field}.items())
    return f"""
        class Params(sf.Params):
            {name}: float = sf.Field(0.0, {told})
    """
