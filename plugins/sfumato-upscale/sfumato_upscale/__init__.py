"""Upscaling: larger pictures by networks or Lanczos, and a redrawing of their details. A plugin for Sfumato."""

import sfumato.plugin as sf
from sfumato_upscale.enlarge import Enlarge
from sfumato_upscale.refine import Refine


@sf.hookimpl
def sfumato_register_post_processors(register: sf.Register) -> None:
    """Register both post-processors."""
    for processor in (Enlarge, Refine):
        register(processor)
