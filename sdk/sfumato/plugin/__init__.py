"""The one import of a plugin author: `import sfumato.plugin as sf`. Nothing else is promised."""

from sfumato.plugin._contribution import Contribution
from sfumato.plugin._family import Family, ModelSigmas, NetworkCall
from sfumato.plugin._guider import Branch, Guider
from sfumato.plugin._hooks import HookSpecs, Register, hookimpl
from sfumato.plugin._params import Field, Params
from sfumato.plugin._sampler import Evaluate, Noise, Sampler, State, Steps
from sfumato.plugin._schedule import Schedule

__all__ = [
    "Branch",
    "Contribution",
    "Evaluate",
    "Family",
    "Field",
    "Guider",
    "HookSpecs",
    "ModelSigmas",
    "NetworkCall",
    "Noise",
    "Params",
    "Register",
    "Sampler",
    "Schedule",
    "State",
    "Steps",
    "hookimpl",
]
