"""What everyone expects, samplers to conditioners: a plugin like any other, on `sfumato.plugin` alone."""

import sfumato.plugin as sf
from sfumato.builtin.conditioners import CONDITIONERS
from sfumato.builtin.guiders import GUIDERS
from sfumato.builtin.samplers import SAMPLERS
from sfumato.builtin.schedules import SCHEDULES


@sf.hookimpl
def sfumato_register_samplers(register: sf.Register) -> None:
    """Register every built-in sampler."""
    for sampler in SAMPLERS:
        register(sampler)


@sf.hookimpl
def sfumato_register_schedules(register: sf.Register) -> None:
    """Register every built-in schedule."""
    for schedule in SCHEDULES:
        register(schedule)


@sf.hookimpl
def sfumato_register_guiders(register: sf.Register) -> None:
    """Register every built-in guider."""
    for guider in GUIDERS:
        register(guider)


@sf.hookimpl
def sfumato_register_conditioners(register: sf.Register) -> None:
    """Register every built-in conditioner."""
    for conditioner in CONDITIONERS:
        register(conditioner)
