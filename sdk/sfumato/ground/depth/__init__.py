"""Depth for Ground: scenes of textured shapes with their depth, and the ControlNet that learns from them."""

from __future__ import annotations

from pathlib import Path

from sfumato.ground import weights_path as ground_path


def weights_path() -> Path:
    """The folder with the shipped depth ControlNet, in the diffusers layout."""
    return ground_path() / "controlnet"
