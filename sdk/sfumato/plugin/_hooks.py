"""The hooks by which a plugin registers its contributions. All start with `sfumato_`, so that a search finds them."""

from __future__ import annotations

from typing import Protocol

import pluggy

from sfumato.plugin._contribution import Contribution

hookspec = pluggy.HookspecMarker("sfumato")
hookimpl = pluggy.HookimplMarker("sfumato")


class Register(Protocol):
    """What a registration hook gets: call it with each contribution class."""

    def __call__(self, contribution: type[Contribution]) -> None:
        """Add one contribution. Raises ValueError on a duplicate id (naming both owners) or a wrong class."""
        ...


class HookSpecs:
    """Registration hooks, called one plugin at a time. [worker start]"""

    @hookspec
    def sfumato_register_samplers(self, register: Register) -> None:
        """Register Sampler classes."""

    @hookspec
    def sfumato_register_schedules(self, register: Register) -> None:
        """Register Schedule classes."""

    @hookspec
    def sfumato_register_guiders(self, register: Register) -> None:
        """Register Guider classes."""

    @hookspec
    def sfumato_register_families(self, register: Register) -> None:
        """Register Family classes."""
