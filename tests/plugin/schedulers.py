"""diffusers' schedulers run as they are, in a pipeline's loop, with the mixture in the place of a network."""

from __future__ import annotations

import inspect
import itertools

import diffusers.schedulers
import numpy as np
from diffusers import SchedulerMixin

from sfumato.plugin._from_noise import Brownian, OnlyFrom
from tests.plugin.driving import MIXTURE

STEPS = 10
SD = {"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear", "prediction_type": "epsilon"}
#: What a fair comparison sets: levels as far apart as they are trained, latents as they are, an end at 0.
PLAIN = {
    "timestep_spacing": "trailing", "clip_sample": False, "set_alpha_to_one": True, "steps_offset": 0,
    "original_inference_steps": STEPS, "shift": 1.0, "stages": 1, "stage_range": [0, 1],
    "sigma_min": 0.05, "sigma_max": 14.0, "rho": 7.0,
}  # fmt: skip

CLASSES = {
    name: found
    for name in dir(diffusers.schedulers)
    if inspect.isclass(found := getattr(diffusers.schedulers, name)) and name.endswith("Scheduler")
    if issubclass(found, SchedulerMixin)
}


def made(kind, **options):
    takes = inspect.signature(kind).parameters
    given = PLAIN | (SD if "trained_betas" in takes else {}) | options
    return kind(**{name: value for name, value in given.items() if name in takes})


def original(kind, x, draw, options):
    """(x at the end, the levels of its steps, then 0) of a scheduler's own loop; x begins at its first level."""
    given = dict(options)
    step_takes = inspect.signature(kind.step).parameters
    at_step = {name: given.pop(name) for name in list(given) if name in step_takes}
    # B1(h) has no finite step to 0.
    scheduler = made(
        kind, **given, **({"final_sigmas_type": "sigma_min"} if options.get("solver_type") == "bh1" else {})
    )
    course = _course(scheduler)
    x = x * course.levels[0]
    motion = Brownian(draw)
    for timestep, (sigma, after) in zip(scheduler.timesteps, itertools.pairwise(course.levels), strict=False):
        if hasattr(scheduler, "noise_sampler"):
            scheduler.noise_sampler = motion
        sample = x * course.scale(sigma)
        if hasattr(scheduler, "scale_model_input"):
            scheduler.scale_model_input(sample, timestep)
        output = course.output(x, MIXTURE.denoise(x, course.meant(sigma)), sigma)
        with OnlyFrom(draw):
            x = scheduler.step(output, timestep, sample, return_dict=False, **at_step)[0].to(x) / course.scale(after)
    end = course.levels[-1]
    steps = course.steps if end == 0 else (*course.steps, end)
    return (x if end == 0 else MIXTURE.denoise(x, end)), (*steps, 0.0)


class Course:
    """The levels of a scheduler's evaluations, then its end; `steps` are those at which steps begin."""

    def __init__(self, levels, steps, scale, output):
        self.levels, self.steps, self.scale, self.output = levels, steps, scale, output

    def meant(self, sigma):
        return min(self.steps, key=lambda step: abs(step - sigma)) if self._near(sigma) else sigma

    def _near(self, sigma):
        return any(abs(step - sigma) < 1e-4 * sigma for step in self.steps)


def _course(scheduler):
    if hasattr(scheduler, "precondition_outputs"):
        return _preconditioned(scheduler)
    if not hasattr(scheduler, "betas") and not hasattr(scheduler, "ets"):
        return _flow(scheduler)
    if not hasattr(scheduler, "alphas_cumprod"):
        return _ipndm(scheduler)
    return _trained(scheduler)


def _noise(x, denoised, sigma):
    return (x - denoised) / sigma


def _preserving(sigma):
    return (1 + sigma**2) ** -0.5


def _trained(scheduler):
    scheduler.set_timesteps(STEPS)
    kept = scheduler.alphas_cumprod.double()
    trained = ((1 - kept) / kept).sqrt().numpy()
    timesteps = np.array(scheduler.timesteps.tolist())
    levels = np.exp(np.interp(timesteps, np.arange(len(trained)), np.log(trained)))
    spread = np.arange(STEPS, 0, -1) * (len(trained) // STEPS) - 1
    begin = spread if set(spread) <= set(timesteps) else np.unique(timesteps.round())[::-1]
    # These end at the lowest level that they were trained on.
    lowest = ("DEISMultistepScheduler", "SASolverScheduler", "TCDScheduler")
    ends_there = type(scheduler).__name__ in lowest or scheduler.config.get("final_sigmas_type") == "sigma_min"
    end = float(trained[0]) if ends_there else 0.0
    exploding = float(scheduler.init_noise_sigma) > 1
    steps = tuple(trained[begin.astype(int)].tolist())
    return Course((*levels.tolist(), end), steps, (lambda sigma: 1.0) if exploding else _preserving, _noise)


def _preconditioned(scheduler):
    scheduler.set_timesteps(STEPS)
    data = scheduler.config.sigma_data
    sign = -1 if scheduler.config.prediction_type == "v_prediction" else 1

    def output(x, denoised, sigma):
        total = sigma**2 + data**2
        return sign * (denoised - data**2 / total * x) * total**0.5 / (sigma * data)

    levels = tuple(scheduler.sigmas.double().tolist())
    return Course(levels, levels[:-1], lambda sigma: 1.0, output)


def _flow(scheduler):
    """Levels from t = 0.93 to 0.05."""
    times = np.linspace(0.93, 0.05, STEPS).astype(np.float32)
    name = type(scheduler).__name__
    if "sigmas" not in inspect.signature(scheduler.set_timesteps).parameters:
        scheduler.sigma_max, scheduler.sigma_min = float(times[0]), float(times[-1])
        scheduler.set_timesteps(STEPS)
    elif name == "HeliosScheduler":
        scheduler.set_timesteps(STEPS, sigmas=times)
    else:
        ends_itself = name in ("LTXEulerAncestralRFScheduler", "MiniMaxH3Scheduler")
        scheduler.set_timesteps(sigmas=times.tolist() + ([0.0] if ends_itself else []))
    t = scheduler.sigmas.double()
    levels = (t / (1 - t)).tolist()
    sign = -1 if name == "MiniMaxH3Scheduler" else 1

    def output(x, denoised, sigma):
        return sign * ((x - denoised) / sigma - denoised)

    return Course(tuple(levels), tuple(sorted(set(levels[:-1]), reverse=True)), lambda s: 1 / (1 + s), output)


def _ipndm(scheduler):
    """It is told no betas, but the share of noise at every step; it was made for a network that predicts v."""
    levels = np.geomspace(14.0, 0.05, STEPS)
    shares = np.append(levels / (1 + levels**2) ** 0.5, 0.0)
    scheduler.register_to_config(trained_betas=shares.tolist())
    scheduler.set_timesteps(STEPS)

    def velocity(x, denoised, sigma):
        return _preserving(sigma) * ((x - denoised) / sigma - sigma * denoised)

    return Course((*levels.tolist(), 0.0), tuple(levels.tolist()), _preserving, velocity)
