"""A ControlNet for Ground, for trials of control images in the real programs."""

from __future__ import annotations

import runpy
from importlib import resources
from pathlib import Path

from tests.hosts.program_root import CHECKOUT

_NETWORKS = CHECKOUT / "plugins" / "sfumato-control" / "tests" / "networks.py"


def save_control_net(folder: Path) -> None:
    """Write one of the shape of Ground's network; its numbers are random, and they act."""
    from diffusers import UNet2DConditionModel

    unet = UNet2DConditionModel.load_config(str(resources.files("sfumato.ground") / "weights" / "unet"))
    save = runpy.run_path(str(_NETWORKS))["control_net"]
    save(folder, unet, conditioning_embedding_out_channels=(16, 16, 16))
