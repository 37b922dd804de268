"""Guiders. All of them act on denoised predictions, and call their strength `scale`."""

from sfumato.builtin.guiders.apg import APG
from sfumato.builtin.guiders.cfg import CFG, CFGInterval, CFGRescale

GUIDERS = (CFG, CFGRescale, CFGInterval, APG)
