"""Textures: make any image tile, and make material maps of it. A plugin for Sfumato.

Without a daemon: `measures` (seam_ratio, repetition), `wrapping` (make_tileable), `mapping` (maps_of), `files`
(save_maps).
"""

import sfumato.plugin as sf
from sfumato_texture.maps import Maps
from sfumato_texture.tileable import Tileable


@sf.hookimpl
def sfumato_register_post_processors(register: sf.Register) -> None:
    """Register every post-processor."""
    for processor in (Tileable, Maps):
        register(processor)
