"""Guidance beyond the two prompts: perturbed attention, skipped layers, CFG-Zero*, dynamic thresholding."""

import sfumato.plugin as sf
from sfumato_guidance.attention import PAG
from sfumato_guidance.skipping import SLG
from sfumato_guidance.thresholding import DynamicThresholding
from sfumato_guidance.zero import CFGZero

GUIDERS = (PAG, SLG, CFGZero, DynamicThresholding)


@sf.hookimpl
def sfumato_register_guiders(register: sf.Register) -> None:
    """Register every guider."""
    for guider in GUIDERS:
        register(guider)
