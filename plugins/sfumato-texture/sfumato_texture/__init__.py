"""Textures: make any image tile, and make the maps of a material from one image of it. A plugin for Sfumato.

Without a daemon: `measures` (seam_ratio, repetition), `wrapping` (make_tileable), `mapping` (maps_of), `files`
(save_maps), and on the command line `python -m sfumato_texture`.
"""

import sfumato.plugin as sf
from sfumato_texture.maps import Maps
from sfumato_texture.tileable import Tileable


@sf.hookimpl
def sfumato_register_post_processors(register: sf.Register) -> None:
    """Register both post-processors."""
    register(Tileable)
    register(Maps)
