"""Ground: the small texture model that ships with Sfumato, the materials it learned from, and its training."""

from __future__ import annotations

from pathlib import Path


def weights_path() -> Path:
    """The folder with the shipped model, in the diffusers layout."""
    return Path(__file__).parent / "weights"
