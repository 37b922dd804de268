"""Control: maps of pictures, and ControlNets that make a model follow them. A plugin for Sfumato."""

import sfumato.plugin as sf
from sfumato_control.blur import Blur
from sfumato_control.canny import Canny
from sfumato_control.depth import Depth
from sfumato_control.lineart import Lineart
from sfumato_control.net import ControlNet
from sfumato_control.normal import Normal
from sfumato_control.pose import Pose
from sfumato_control.segmentation import Segmentation


@sf.hookimpl
def sfumato_register_preprocessors(register: sf.Register) -> None:
    """Register every preprocessor."""
    for preprocessor in (Blur, Canny, Depth, Lineart, Normal, Pose, Segmentation):
        register(preprocessor)


@sf.hookimpl
def sfumato_register_conditioners(register: sf.Register) -> None:
    """Register the ControlNet."""
    register(ControlNet)
