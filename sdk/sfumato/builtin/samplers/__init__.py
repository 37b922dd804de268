"""Samplers, one module per family of them, in the notation of their papers: x, denoised, d, sigma_hat, h, eta."""

from sfumato.builtin.samplers.ddim import DDIM
from sfumato.builtin.samplers.dpmpp import DPMpp2M, DPMpp2SAncestral
from sfumato.builtin.samplers.dpmpp_sde import DPMpp2MSDE, DPMpp3MSDE, DPMppSDE
from sfumato.builtin.samplers.euler import Euler, EulerAncestral
from sfumato.builtin.samplers.heun import DPM2, Heun
from sfumato.builtin.samplers.lcm import LCM
from sfumato.builtin.samplers.unipc import UniPC

SAMPLERS = (
    Euler, EulerAncestral, Heun, DPM2, DPMpp2M, DPMpp2SAncestral, DPMppSDE, DPMpp2MSDE, DPMpp3MSDE, DDIM, UniPC, LCM,
)  # fmt: skip
