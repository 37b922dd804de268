"""Plugin distributions that do something wrong, laid down in a folder as pip would leave them."""

from __future__ import annotations

import importlib
import textwrap

from tests.engine.test_plugins import install

VERSION = "1.2"

_SAMPLER = """
import sfumato.plugin as sf


class Broken(sf.Sampler):
    id, label, order = "{name}.sampler", "Broken", 1

    def step(self, x, sigma, sigma_next, state, noise):
        denoised = yield sf.Evaluate(x, sigma)
        state["taken"] = state.get("taken", 0) + 1
        if state["taken"] == 3:
{fault}
        return x + (x - denoised) / sigma * (sigma_next - sigma)


@sf.hookimpl
def sfumato_register_samplers(register):
    register(Broken)
"""

_HOOK = """
import sfumato.plugin as sf


class Broken(sf.{base}):
    id, label = "{name}.{kind}", "Broken"

{body}


@sf.hookimpl
def sfumato_register_{kind}s(register):
    register(Broken)
"""


def sampler(folder, name, fault):
    """`name.sampler`: Euler's method, which does `fault` at the end of its third step, at step 2."""
    install(folder, name, _SAMPLER.format(name=name, fault=textwrap.indent(textwrap.dedent(fault).strip(), " " * 12)))


def contribution(folder, name, base, body):
    """`name.guider`, `name.conditioner` or `name.post_processor` with these methods."""
    kind = {"Guider": "guider", "Conditioner": "conditioner", "PostProcessor": "post_processor"}[base]
    text = textwrap.indent(textwrap.dedent(body).strip(), " " * 4)
    install(
        folder, name, _HOOK.format(name=name, base=base, kind=kind, body=text).replace(f"{name}.{kind}", f"{name}.it")
    )


def module(folder, name, source):
    """A plugin whose module is this text."""
    install(folder, name, source)
    importlib.invalidate_caches()
