"""Redrawing only what shows something of ours: sidebars, never a whole viewport."""

from .sidebar import EDITORS


def sidebars(window_manager):
    """Redraw the sidebars of the editors that have our panels."""
    for window in window_manager.windows if window_manager else ():
        for area in window.screen.areas:
            if area.type in EDITORS:
                for region in area.regions:
                    if region.type == "UI":
                        region.tag_redraw()
