"""Same denoiser, same noise, same schedule: our latents are those of diffusers' schedulers within 1e-4 in fp32."""

import diffusers
import pytest
import torch

import sfumato.plugin as sf
from sfumato.builtin import samplers as ours
from sfumato.builtin.schedules import Karras, ModelDefault
from sfumato.testing.driving import defaults, draws, run
from sfumato.testing.mixture import Mixture

# diffusers makes arrays of tensors in a way that numpy 2 means to drop.
pytestmark = [
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:__array_wrap__ must:DeprecationWarning"),
]

MIXTURE = Mixture()
SHAPE = (1, 4, 8, 8)
TRAINED = {"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear"}
SPACINGS = ("leading", "linspace", "trailing")
#: The schedulers whose samples are x / sqrt(1 + sigma^2) in our convention.
PRESERVING = (
    diffusers.DDIMScheduler,
    diffusers.DPMSolverMultistepScheduler,
    diffusers.DPMSolverSinglestepScheduler,
    diffusers.LCMScheduler,
    diffusers.UniPCMultistepScheduler,
)


def make(scheduler, spacing="leading", **config):
    """A diffusers scheduler with Stable Diffusion's training levels."""
    return scheduler(**TRAINED, timestep_spacing=spacing, steps_offset=int(spacing == "leading"), **config)


def model(spacing="leading"):
    """The same levels as our schedules see them."""
    alphas = diffusers.DDIMScheduler(**TRAINED).alphas_cumprod
    levels = tuple(((1 - alphas) / alphas).sqrt().tolist())
    return sf.ModelSigmas(sigmas=levels, prediction_type="epsilon", timestep_spacing=spacing)


def theirs(scheduler, x, **arguments):
    """x after a diffusers pipeline's loop with the mixture as its network, in and out in our convention."""
    preserving = isinstance(scheduler, PRESERVING)
    x = x / (1 + level(scheduler, 0) ** 2) ** 0.5 if preserving else x
    for index, timestep in enumerate(scheduler.timesteps):
        sigma = level(scheduler, index)
        scheduler.scale_model_input(x, timestep)
        noisy = x * (1 + sigma**2) ** 0.5 if preserving else x
        eps = (noisy - MIXTURE.denoise(noisy, sigma)) / sigma
        x = scheduler.step(eps, timestep, x, return_dict=False, **arguments)[0]
    last = float(scheduler.sigmas[-1]) if hasattr(scheduler, "sigmas") else 0.0
    return x * (1 + last**2) ** 0.5 if preserving else x


def level(scheduler, index):
    """The noise level at which the network is evaluated for the index-th timestep."""
    if not hasattr(scheduler, "sigmas"):
        alpha = scheduler.alphas_cumprod[int(scheduler.timesteps[index])]
        return float(((1 - alpha) / alpha).sqrt())
    if isinstance(scheduler, diffusers.KDPM2DiscreteScheduler) and not scheduler.state_in_first_order:
        return float(scheduler.sigmas_interpol[index])
    if isinstance(scheduler, diffusers.DPMSolverSDEScheduler) and not scheduler.state_in_first_order:
        return float(scheduler.mid_point_sigma)
    return float(scheduler.sigmas[index])


def assert_parity(sampler, sigmas, scheduler, *, noise=None, **arguments):
    x = draws(0, SHAPE)() * (1 + sigmas[0] ** 2) ** 0.5
    found = run(sampler, MIXTURE.denoise, x, sigmas, noise)

    assert (found - theirs(scheduler, x, **arguments)).abs().max().item() < 1e-4


def the_same_noise():
    """Our source and their generator: both draw the same normals."""
    return {"noise": draws(7, SHAPE), "generator": torch.Generator().manual_seed(7)}


@pytest.mark.parametrize("spacing", SPACINGS)
@pytest.mark.parametrize(
    ("theirs_class", "sampler"),
    [
        (diffusers.EulerDiscreteScheduler, ours.Euler),
        (diffusers.HeunDiscreteScheduler, ours.Heun),
        (diffusers.KDPM2DiscreteScheduler, ours.DPM2),
    ],
)
def test_single_step_samplers_on_the_model_default_schedule(theirs_class, sampler, spacing):
    scheduler = make(theirs_class, spacing)
    scheduler.set_timesteps(20)
    assert_parity(sampler(), ModelDefault().sigmas(20, model(spacing)), scheduler)


@pytest.mark.parametrize("spacing", SPACINGS)
def test_euler_ancestral(spacing):
    scheduler = make(diffusers.EulerAncestralDiscreteScheduler, spacing)
    scheduler.set_timesteps(20)
    assert_parity(ours.EulerAncestral(), ModelDefault().sigmas(20, model(spacing)), scheduler, **the_same_noise())


@pytest.mark.parametrize("spacing", ["leading", "trailing"])
@pytest.mark.parametrize("eta", [0.0, 0.5, 1.0])
def test_ddim(spacing, eta):
    scheduler = make(diffusers.DDIMScheduler, spacing, clip_sample=False, set_alpha_to_one=True)
    scheduler.set_timesteps(20)
    sampler, sigmas = defaults(ours.DDIM, eta=eta), ModelDefault().sigmas(20, model(spacing))
    assert_parity(sampler, sigmas, scheduler, eta=eta, **the_same_noise())


MULTISTEP = [
    pytest.param(ours.DPMpp2M, {}, diffusers.DPMSolverMultistepScheduler, {}, id="2m"),
    pytest.param(
        ours.DPMpp2MSDE, {}, diffusers.DPMSolverMultistepScheduler, {"algorithm_type": "sde-dpmsolver++"}, id="2m-sde"
    ),
    pytest.param(
        ours.DPMpp2MSDE,
        {"solver": "heun"},
        diffusers.DPMSolverMultistepScheduler,
        {"algorithm_type": "sde-dpmsolver++", "solver_type": "heun"},
        id="2m-sde-heun",
    ),
    pytest.param(ours.UniPC, {}, diffusers.UniPCMultistepScheduler, {}, id="unipc"),
]


@pytest.mark.parametrize("spacing", SPACINGS)
@pytest.mark.parametrize(("sampler", "params", "theirs_class", "config"), MULTISTEP)
def test_multistep_samplers_on_the_model_default_schedule(sampler, params, theirs_class, config, spacing):
    scheduler = make(theirs_class, spacing, final_sigmas_type="zero", **config)
    scheduler.set_timesteps(20)
    sigmas = defaults(ModelDefault, drop_lowest=True).sigmas(20, model(spacing))
    assert_multistep_parity(defaults(sampler, **params), sigmas, scheduler)


@pytest.mark.parametrize("steps", [1, 2, 12, 25])
@pytest.mark.parametrize(("sampler", "params", "theirs_class", "config"), MULTISTEP)
def test_multistep_samplers_on_the_karras_schedule(sampler, params, theirs_class, config, steps):
    scheduler = make(theirs_class, use_karras_sigmas=True, final_sigmas_type="zero", **config)
    scheduler.set_timesteps(steps)
    assert_multistep_parity(defaults(sampler, **params), Karras().sigmas(steps, model()), scheduler)


def assert_multistep_parity(sampler, sigmas, scheduler):
    assert_parity(sampler, sigmas, scheduler, **(the_same_noise() if sampler.stochastic else {}))


@pytest.mark.parametrize("order", ["2", "3"])
@pytest.mark.parametrize("variant", ["bh1", "bh2"])
def test_every_variant_of_unipc_down_to_the_lowest_level(variant, order):
    """diffusers' B1(h) and third order have no finite step to 0."""
    config = {"solver_type": variant, "solver_order": int(order), "lower_order_final": False}
    scheduler = make(diffusers.UniPCMultistepScheduler, final_sigmas_type="sigma_min", **config)
    scheduler.set_timesteps(20)
    assert_parity(defaults(ours.UniPC, variant=variant, order=order), scheduler.sigmas.tolist(), scheduler)


def test_euler_with_churn():
    """diffusers evaluates the network before it churns, which the paper does not: here it sees the churned x."""
    churn = {"s_churn": 4.0, "s_tmin": 0.1, "s_tmax": 10.0, "s_noise": 1.003}
    scheduler, sigmas = make(diffusers.EulerDiscreteScheduler), ModelDefault().sigmas(20, model())
    scheduler.set_timesteps(20)
    x = expected = draws(0, SHAPE)() * (1 + sigmas[0] ** 2) ** 0.5
    generator, drawn = torch.Generator().manual_seed(7), draws(7, SHAPE)
    for sigma, timestep in zip(sigmas, scheduler.timesteps, strict=False):
        scheduler.scale_model_input(expected, timestep)
        sigma_hat = sigma * (1 + 4.0 / 20) if 0.1 <= sigma <= 10 else sigma
        noise = drawn() if sigma_hat > sigma else 0
        churned = expected + noise * (1.003 * (sigma_hat**2 - sigma**2) ** 0.5)
        eps = (churned - MIXTURE.denoise(churned, sigma_hat)) / sigma_hat
        expected = scheduler.step(eps, timestep, expected, generator=generator, return_dict=False, **churn)[0]
    found = run(defaults(ours.Euler, **churn), MIXTURE.denoise, x, sigmas, draws(7, SHAPE))

    assert (found - expected).abs().max().item() < 1e-4


def test_lcm_on_its_own_timesteps():
    scheduler = make(diffusers.LCMScheduler, clip_sample=False)
    scheduler.set_timesteps(4)
    sigmas = [*(level(scheduler, index) for index in range(4)), 0.0]
    assert_parity(ours.LCM(), sigmas, scheduler, **the_same_noise())


def test_dpmpp_sde_with_the_same_brownian_motion():
    scheduler = make(diffusers.DPMSolverSDEScheduler)
    scheduler.set_timesteps(20)
    scheduler.noise_sampler = BrownianMotion(draws(7, SHAPE))
    sigmas = ModelDefault().sigmas(20, model())
    assert_parity(ours.DPMppSDE(), sigmas, scheduler, noise=draws(7, SHAPE))


class BrownianMotion:
    """A Brownian motion W in sigma, walked down one independent increment at a time and remembered."""

    def __init__(self, draw):
        self.draw = draw
        self.walked = {}

    def __call__(self, sigma, sigma_to):
        """(W(sigma_to) - W(sigma)) / sqrt(sigma - sigma_to)."""
        sigma, sigma_to = float(sigma), float(sigma_to)
        before = self.at(sigma)
        return (self.at(sigma_to) - before) / (sigma - sigma_to) ** 0.5

    def at(self, sigma):
        """W(sigma); 0 where the walk begins. Levels within rounding are the same."""
        for known, value in self.walked.items():
            if abs(known - sigma) < 1e-5 * sigma:
                return value
        lowest = min(self.walked, default=sigma)
        increment = self.draw() * (lowest - sigma) ** 0.5 if self.walked else torch.zeros(SHAPE)
        self.walked[sigma] = self.walked.get(lowest, 0) + increment
        return self.walked[sigma]


def test_dpmpp_2s_on_every_other_level_of_a_geometric_schedule():
    """diffusers' singlestep solver takes its midpoints from the schedule; halfway in lambda they are ours."""
    scheduler = diffusers.DPMSolverSinglestepScheduler(**TRAINED, use_exponential_sigmas=True, lower_order_final=True)
    scheduler.set_timesteps(21)
    sigmas = [*(float(sigma) for sigma in scheduler.sigmas[:-1:2]), 0.0]
    assert_parity(defaults(ours.DPMpp2SAncestral, eta=0.0), sigmas, scheduler)
