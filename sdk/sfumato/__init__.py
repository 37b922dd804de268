"""Sfumato: a latent-diffusion daemon and a plugin SDK for creative tools.

import sfumato

with sfumato.connect() as studio:
    studio.generate("mossy red brick wall", tile="xy").save("wall.png")
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sfumato.client import aconnect, connect

    __version__: str

__all__ = ["__version__", "aconnect", "connect"]


def __getattr__(name: str) -> Any:
    """Load what is asked for when it is asked for: gRPC and the package metadata cost a tenth of a second."""
    if name in ("aconnect", "connect"):
        from sfumato import client

        return getattr(client, name)
    if name == "__version__":
        from importlib.metadata import version

        return version("sfumato")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
