"""Schedules: falling noise levels within a model's range, then 0."""

from sfumato.builtin.schedules.ays import AYS
from sfumato.builtin.schedules.model_default import ModelDefault
from sfumato.builtin.schedules.sigma_space import Exponential, Karras
from sfumato.builtin.schedules.timestep_space import Beta, SGMUniform, Simple

SCHEDULES = (ModelDefault, Karras, Exponential, SGMUniform, Simple, Beta, AYS)
