"""The hooks by which a plugin registers its contributions. All start with `sfumato_`, so that a search finds them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import pluggy

from sfumato.plugin._contribution import Contribution
from sfumato.recipe import Recipe

hookspec = pluggy.HookspecMarker("sfumato")
hookimpl = pluggy.HookimplMarker("sfumato")


class Register(Protocol):
    """What a registration hook gets: call it with each contribution class."""

    def __call__(self, contribution: type[Contribution]) -> None:
        """Add one contribution. Raises ValueError on a duplicate id (naming both owners) or a wrong class."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """What an event hook is told: the job, its recipe and, after a step or at the end, how far it has come."""

    job_id: str
    recipe: Recipe
    image_index: int = 0
    step_index: int = 0
    step_count: int = 0
    outcome: str = ""


class HookSpecs:
    """All hooks, called one plugin at a time.

    Registration hooks run when the worker starts and when a plugin is loaded again. [worker start]
    Event hooks watch and change nothing; one that raises is reported with its plugin's name, and the job goes on.
    [engine thread]
    """

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
    def sfumato_register_conditioners(self, register: Register) -> None:
        """Register Conditioner classes."""

    @hookspec
    def sfumato_register_preprocessors(self, register: Register) -> None:
        """Register Preprocessor classes."""

    @hookspec
    def sfumato_register_post_processors(self, register: Register) -> None:
        """Register PostProcessor classes."""

    @hookspec
    def sfumato_register_families(self, register: Register) -> None:
        """Register Family classes."""

    @hookspec
    def sfumato_job_started(self, occasion: Occasion) -> None:
        """Work on a job began, or began again from a checkpoint."""

    @hookspec
    def sfumato_step(self, occasion: Occasion) -> None:
        """One image took a step."""

    @hookspec
    def sfumato_job_finished(self, occasion: Occasion) -> None:
        """A job ended; `outcome` is `succeeded`, `failed` or `cancelled`."""
