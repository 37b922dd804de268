"""Built-in conditioners."""

from __future__ import annotations

import sfumato.plugin as sf
from sfumato.builtin.conditioners.region import Region

CONDITIONERS: tuple[type[sf.Conditioner], ...] = (Region,)
