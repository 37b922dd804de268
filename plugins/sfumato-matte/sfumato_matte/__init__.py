"""Cut-outs: backgrounds removed, edges refined, trimmed to the object. A plugin for Sfumato."""

import sfumato.plugin as sf
from sfumato_matte.cut_out import CutOut
from sfumato_matte.refine import Refine
from sfumato_matte.trim import Trim


@sf.hookimpl
def sfumato_register_post_processors(register: sf.Register) -> None:
    """Register every post-processor."""
    for processor in (CutOut, Refine, Trim):
        register(processor)
