"""Colours: match a reference picture, quantize to a palette, snap to pixel art. A plugin for Sfumato."""

import sfumato.plugin as sf
from sfumato_color.match import Match
from sfumato_color.pixel_art import PixelArt
from sfumato_color.quantize import Quantize


@sf.hookimpl
def sfumato_register_post_processors(register: sf.Register) -> None:
    """Register every post-processor."""
    for processor in (Match, Quantize, PixelArt):
        register(processor)
