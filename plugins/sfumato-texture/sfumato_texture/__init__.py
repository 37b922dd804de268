"""Textures: make any image tile. A plugin for Sfumato; material maps follow when their network is trained.

Without a daemon: `measures` (seam_ratio, repetition), `wrapping` (make_tileable), `mapping` (maps_of), `files`
(save_maps).
"""

import sfumato.plugin as sf
from sfumato_texture.tileable import Tileable


@sf.hookimpl
def sfumato_register_post_processors(register: sf.Register) -> None:
    """Register what works without a trained network."""
    register(Tileable)
