"""reference/plugin.md, client.md and testing.md: every public name, described by its own docstring."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Iterator, Mapping
from types import ModuleType

import sfumato.client
import sfumato.plugin
import sfumato.testing
from sfumato.testing import pytest_plugin

#: The heading of each part of the pages, and the private modules whose names stand below it.
PLUGIN_PARTS = {
    "Contributions": ("sfumato.plugin._contribution", "sfumato.catalogue", "sfumato.recipe"),
    "Parameters": ("sfumato.plugin._params",),
    "Samplers": ("sfumato.plugin._sampler",),
    "Schedules": ("sfumato.plugin._schedule",),
    "Guiders": ("sfumato.plugin._guider",),
    "Conditioners": ("sfumato.plugin._conditioner",),
    "Preprocessors and post-processors": (
        "sfumato.plugin._processors", "sfumato.plugin._image", "sfumato.plugin._work", "sfumato.errors",
    ),
    "Families": ("sfumato.plugin._family",),
    "Samplers of others": ("sfumato.plugin._from_k_diffusion", "sfumato.plugin._from_diffusers"),
    "Hooks": ("sfumato.plugin._hooks",),
}  # fmt: skip
CLIENT_PARTS = {
    "Connecting": ("sfumato.client.studio",),
    "Connecting from asyncio": ("sfumato.client.async_studio",),
    "What is asked for, and what comes": (
        "sfumato.client.requests", "sfumato.client.picture", "sfumato.adjustments", "sfumato.client.answers",
    ),
    "Events of a job": ("sfumato.client.events",),
}  # fmt: skip
TESTING_PARTS = {
    "From pytest": ("sfumato.testing.conformance",),
    "From Python": ("sfumato.testing.inspection", "sfumato.testing.case", "sfumato.testing.outcome"),
}
#: Names whose value is no class and no function, in words, where the source has no comment of its own.
VALUES = {
    "Steps": "What `Sampler.step` is: a generator that yields `Evaluate`, gets the prediction (1, C, h, w) for "
    "it, and returns the new x.",
    "hookimpl": "Marks a function of a plugin as the implementation of the hook that it is named after. "
    "`@hookimpl(optionalhook=True)` lets a Sfumato that has no such hook pass it over.",
}
PLUGIN_INTRODUCTION = """\
`import sfumato.plugin as sf`: the one import of a plugin author. Nothing else is promised;
[the policy](../plugin_policy.md) says how this may change.
The words in brackets say on which thread a method is called.
"""
CLIENT_INTRODUCTION = """\
`sfumato.connect()` and `sfumato.aconnect()` give a `Studio` and an `AsyncStudio`; the other names are what these take
and return. The first starts a daemon where none runs.
"""
TESTING_INTRODUCTION = """\
What a plugin is tested with; [the recipe](../plugins/testing.md) shows how, and [the checks](checks.md) are a page of
their own.
"""


def plugin_page() -> str:
    """Everything of `sfumato.plugin`."""
    return _page("sfumato.plugin", PLUGIN_INTRODUCTION, sfumato.plugin, PLUGIN_PARTS)


def client_page() -> str:
    """Everything of `sfumato.client`."""
    return _page("The client", CLIENT_INTRODUCTION, sfumato.client, CLIENT_PARTS)


def testing_page() -> str:
    """Everything of `sfumato.testing`, and the fixtures."""
    fixtures = [(name, inspect.getdoc(value) or "") for name, value in vars(pytest_plugin).items() if "_" in name]
    rows = [f"| `{name}` | {' '.join(said.split())} |" for name, said in fixtures if name.startswith("sfumato_")]
    table = "\n".join(["## Fixtures of pytest\n", "| fixture | |", "|---|---|", *rows, ""])
    return _page("sfumato.testing", TESTING_INTRODUCTION, sfumato.testing, TESTING_PARTS) + "\n" + table


def _page(title: str, introduction: str, module: ModuleType, parts: Mapping[str, tuple[str, ...]]) -> str:
    homes = {name: _home(module, name) for name in module.__all__}
    strays = sorted({home for home in homes.values() if not any(home in modules for modules in parts.values())})
    lines = [f"# {title}\n", introduction]
    for heading, modules in {**parts, **({"Also": tuple(strays)} if strays else {})}.items():
        names = [name for home in modules for name in module.__all__ if homes[name] == home]
        lines.append(f"## {heading}\n\n```{{eval-rst}}")
        lines += [line for name in names for line in _entry(module, name)]
        lines.append("```\n")
    return "\n".join(lines)


def _home(module: ModuleType, name: str) -> str:
    """The module in which a public name was written."""
    value = getattr(module, name)
    home = getattr(value, "__module__", "")
    if (inspect.isclass(value) or inspect.isfunction(value)) and home.startswith("sfumato."):
        return str(home)
    return next(
        each for each, found in sys.modules.items()
        if each.startswith("sfumato.") and each != module.__name__ and _assigns(found, name)
    )  # fmt: skip


def _assigns(module: ModuleType, name: str) -> bool:
    return (
        name in vars(module) and re.search(rf"^{name}(: .*)? = ", inspect.getsource(module), re.MULTILINE) is not None
    )


def _entry(module: ModuleType, name: str) -> Iterator[str]:
    """What autodoc is told about one name."""
    value, full = getattr(module, name), f"{module.__name__}.{name}"
    if inspect.isclass(value):
        yield from _class(value, full)
    elif inspect.isfunction(value):
        yield from (f".. autofunction:: {full}", "")
    else:
        said = VALUES.get(name) or _comment(sys.modules[_home(module, name)], name)
        yield from (f".. py:data:: {full}", "", f"   {said}", "")


def _class(value: type, full: str) -> Iterator[str]:
    """A class with its members. Protocols are made by nobody who reads this, and called if they can be."""
    protocol = getattr(value, "_is_protocol", False)
    yield f".. autoclass:: {full}{'()' if protocol else ''}"
    yield from ("   :members:", "   :exclude-members: Params")
    if protocol and "__call__" in vars(value):
        yield "   :special-members: __call__"
    if any(base.__module__.startswith("sfumato.") or issubclass(base, Exception) for base in value.__bases__):
        yield "   :show-inheritance:"
    yield ""


def _comment(module: ModuleType, name: str) -> str:
    """The comment above an assignment."""
    found = re.search(rf"((?:^#: .*\n)+){name}(?:: .*)? = ", inspect.getsource(module), re.MULTILINE)
    return " ".join(found[1].replace("#:", " ").split()) if found else ""
