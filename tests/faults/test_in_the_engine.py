"""What a plugin does wrong without ending the process: its job fails by name, and the next is what it always was."""

import random

import numpy as np
import pytest
import torch

from sfumato.errors import OutOfMemory, PluginError
from sfumato.recipe import Selection
from tests.engine.gaussian import Studio, recipe
from tests.engine.test_inpaint import PICTURE, png
from tests.engine.test_plugins import site
from tests.faults import distributions

__all__ = ["site"]

#: What a sampler does at its third step, and what the error says.
SAMPLERS = {
    "raises": ("raise ValueError('lost')", "raised ValueError: lost"),
    "leaves": ("raise SystemExit(3)", "raised SystemExit: 3"),
    "interrupts": ("raise KeyboardInterrupt", "raised KeyboardInterrupt"),
    "closes": ("raise GeneratorExit", "raised GeneratorExit"),
    "recurses": ("def f():\n    return f()\nf()", "raised RecursionError"),
    "cancels": ("raise sf.JobCancelled('not by you')", "raised JobCancelled"),
    "crops": ("return x[..., :4]", "returned (1, 4, 8, 4) float32 on cpu, expected (1, 4, 8, 8) float32 on cpu"),
    "widens": ("return x.double()", "float64 on cpu, expected (1, 4, 8, 8) float32"),
    "diverges": ("return x * float('nan')", "returned values that are not finite"),
    "learns": ("return (x * 1).requires_grad_()", "requires a gradient"),
    "paints": ("x.mul_(2)", "changed its input x in place"),
    "corrects": ("denoised.clamp_(-1, 1)", "changed its input denoised in place"),
    "rolls": ("import torch\nx = x + torch.randn_like(x)", "drew from the global generator of torch"),
    "seeds": ("import torch\ntorch.manual_seed(1)", "drew from the global generator of torch"),
    "shuffles": ("import numpy\nnumpy.random.rand(4)", "drew from the global generator of numpy.random"),
    "tosses": ("import random\nrandom.random()", "drew from the global generator of random"),
}


def failure(studio, **changes):
    """The error with which a job fails, beside which the same plain job still gives the same pictures."""
    before = studio.pictures(recipe())
    error = studio.run(recipe(**changes), assets={"i": png(PICTURE)})[-1].error
    assert studio.pictures(recipe()) == before
    return error


@pytest.mark.parametrize("name", SAMPLERS)
def test_a_sampler_fails_its_job_by_name_and_step(site, name):
    fault, said = SAMPLERS[name]
    distributions.sampler(site, name, fault)
    error = failure(Studio(), sampler=f"{name}.sampler")

    assert isinstance(error, PluginError)
    assert said in error.message
    assert error.metadata == {
        "plugin": name, "version": "1.2", "contribution": f"{name}.sampler", "hook": "step", "step": "2",
    }  # fmt: skip


def states():
    """The global generators' states as values that compare."""
    return (
        torch.get_rng_state().tolist(),
        np.random.get_state()[1].tolist(),
        np.random.get_state()[2],
        random.getstate(),
    )


@pytest.mark.parametrize("name", ["rolls", "seeds", "shuffles", "tosses"])
def test_what_was_drawn_from_a_global_generator_is_undone(site, name):
    distributions.sampler(site, name, SAMPLERS[name][0])
    before = states()
    Studio().run(recipe(sampler=f"{name}.sampler"))

    assert states() == before


_BRANCHES = """
def branches(self, sigma, step, steps):
    return (sf.Branch(name="only"),)

def combine(self, denoised, x, sigma, state):
"""
GUIDERS = {
    "guidesx": ("    x.zero_()\n    return denoised['only']", "changed its input x in place"),
    "guidesall": ("    return denoised['only'].mul_(1.5)", "changed its input only in place"),
    "guidesnone": ("    return None", "returned NoneType, expected a tensor"),
    "guidesout": ("    raise SystemExit", "raised SystemExit"),
    "guidesnan": ("    return denoised['only'] * float('nan')", "not finite"),
}


@pytest.mark.parametrize("name", GUIDERS)
def test_a_guider_fails_its_job_by_name_and_step(site, name):
    distributions.contribution(site, name, "Guider", _BRANCHES + GUIDERS[name][0])
    error = failure(Studio(), guider=f"{name}.it")

    assert GUIDERS[name][1] in error.message
    assert (error.metadata["plugin"], error.metadata["hook"], error.metadata["step"]) == (name, "combine", "0")


_RESTRAINS = "\ndef restrain(self, denoised, sigma, at):\n    return denoised"
CONDITIONERS = {
    "writes": (
        "def rewrite(self, prompts):\n    prompts['positive'] = 'moss'\n    return prompts",
        "rewrite",
        "TypeError",
    ),
    "prepares": (
        "def prepare(self, job):\n    return None" + _RESTRAINS,
        "prepare",
        "returned NoneType, expected a generator",
    ),
    "starts": (
        "def prepare(self, job):\n    raise KeyboardInterrupt\n    yield" + _RESTRAINS,
        "prepare",
        "KeyboardInterrupt",
    ),
    "touches": (
        "def condition(self, call, at):\n    call.x.add_(1)\n    return call",
        "condition",
        "changed its input x in place",
    ),
    "restrains": (
        "def restrain(self, denoised, sigma, at):\n    return denoised.sub_(1)",
        "restrain",
        "changed its input denoised in place",
    ),
    "spoils": (
        "def condition(self, call, at):\n    from dataclasses import replace\n"
        "    return replace(call, prompt=call.x.new_full((1,), float('nan')))",
        "condition",
        "returned values that are not finite",
    ),
    "blots": (
        "def restrain(self, denoised, sigma, at):\n    return denoised * float('nan')",
        "restrain",
        "returned values that are not finite",
    ),
    "keys": (
        "def batch_key(self):\n    return []" + _RESTRAINS,
        "batch_key",
        "unhashable",
    ),
    "draws": (
        "def condition(self, call, at):\n    import random\n    random.shuffle([1, 2])\n    return call",
        "condition",
        "drew from the global generator of random",
    ),
}


@pytest.mark.parametrize("name", CONDITIONERS)
def test_a_conditioner_fails_its_job_by_name(site, name):
    body, hook, said = CONDITIONERS[name]
    distributions.contribution(site, name, "Conditioner", body)
    error = failure(Studio(), conditioners=(Selection(id=f"{name}.it"),))

    assert said in error.message
    assert (error.metadata["plugin"], error.metadata["hook"]) == (name, hook)


def test_a_wrap_that_fails_in_the_network_is_laid_to_who_gave_it(site):
    body = """
    def branches(self, sigma, step, steps):
        return (sf.Branch(name="only", wraps={"middle": self.around}),)

    def around(self, run, hidden):
        raise SystemExit("in the middle")

    def combine(self, denoised, x, sigma, state):
        return denoised["only"]
    """
    distributions.contribution(site, "wraps", "Guider", body)
    studio = Studio()
    studio.family.takes, studio.family.layers = frozenset({"wraps"}), lambda: {"middle": "block"}
    studio.family.before_evaluate = lambda calls: [wrap(None, call.x) for call in calls for wrap in call.wraps.values()]
    error = failure(studio, guider="wraps.it")

    assert "raised SystemExit: in the middle" in error.message
    assert (error.metadata["plugin"], error.metadata["hook"], error.metadata["step"]) == ("wraps", "wraps", "0")


PROCESSORS = {
    "brushes": ("def process(self, image, work):\n    image.pixels *= 0.5\n    return image", "read-only"),
    "quits": ("def process(self, image, work):\n    raise SystemExit", "raised SystemExit"),
    "yields": ("def process(self, image, work):\n    raise sf.JobCancelled('no')", "raised JobCancelled"),
    "gambles": (
        "def process(self, image, work):\n    import numpy\n    numpy.random.rand()\n    return image",
        "drew from the global generator of numpy.random",
    ),
}


@pytest.mark.parametrize("name", PROCESSORS)
def test_a_post_processor_fails_its_job_by_name(site, name):
    distributions.contribution(site, name, "PostProcessor", PROCESSORS[name][0])
    error = failure(Studio(), post_processors=(Selection(id=f"{name}.it"),))

    assert PROCESSORS[name][1] in error.message
    assert (error.metadata["plugin"], error.metadata["hook"]) == (name, "process")


def test_no_picture_that_a_processor_gets_can_be_changed_by_the_one_before(site):
    keeps = """
    def process(self, image, work):
        mine = image.pixels.copy()
        Broken.kept = mine
        return sf.Image(pixels=mine)
    """
    after = "def process(self, image, work):\n    image.pixels[:] = 0\n    return image"
    distributions.contribution(site, "first", "PostProcessor", keeps)
    distributions.contribution(site, "second", "PostProcessor", after)
    error = failure(Studio(), post_processors=(Selection(id="first.it"), Selection(id="second.it")))

    assert error.metadata["plugin"] == "second"


def test_building_a_network_is_no_draw_but_is_undone(site):
    builds = """
    def prepare(self, job):
        import torch
        torch.nn.Linear(4, 4)
        yield

    def restrain(self, denoised, sigma, at):
        return denoised
    """
    distributions.contribution(site, "builds", "Conditioner", builds)
    before = states()
    Studio().pictures(recipe(conditioners=(Selection(id="builds.it"),)))

    assert states() == before


def test_memory_that_the_system_refuses_names_the_plugin(site):
    distributions.sampler(site, "wants", "raise MemoryError")
    error = failure(Studio(), sampler="wants.sampler")

    assert isinstance(error, OutOfMemory)
    assert error.metadata["plugin"] == "wants"
    assert "plugin wants 1.2, step() at step 2" in error.message


EVENTS = """
import sfumato.plugin as sf

@sf.hookimpl
def sfumato_step(occasion):
    import torch
    torch.rand(3)
    raise SystemExit("not my job")
"""


def test_an_event_hook_that_fails_costs_no_job(site, caplog):
    plain = Studio().pictures(recipe())
    distributions.module(site, "watches", EVENTS)
    before = states()

    assert Studio().pictures(recipe()) == plain
    assert states() == before
    assert "plugin watches 1.2, sfumato_step() raised" in caplog.text
    assert "plugin watches, sfumato_step() drew from the global generator of torch" in caplog.text


def test_a_dropped_sampler_that_will_not_end_fails_nobody_else(site, caplog):
    clings = "try:\n    yield sf.Evaluate(x, sigma)\nfinally:\n    raise SystemExit('not so fast')"
    distributions.sampler(site, "clings", clings)
    studio = Studio()
    before = studio.pictures(recipe())
    studio.engine.submit("job", recipe(sampler="clings.sampler"))
    for _ in range(4):
        studio.engine.turn()
    studio.engine.cancel("job")
    while studio.engine.turn():
        pass

    assert studio.of("job")[-1].outcome == "cancelled"
    assert "plugin clings 1.2, step() at step 2: raised SystemExit: not so fast" in caplog.text
    assert studio.pictures(recipe()) == before
