"""The one import of a plugin author: `import sfumato.plugin as sf`. Nothing else is promised."""

from sfumato.catalogue import ModelCard, Needs
from sfumato.errors import JobCancelled
from sfumato.plugin._conditioner import Conditioner, Job, Moment, Part
from sfumato.plugin._contribution import Contribution
from sfumato.plugin._family import Family, ModelSigmas, NetworkCall, Residuals, Wrap
from sfumato.plugin._from_diffusers import from_diffusers
from sfumato.plugin._from_k_diffusion import from_k_diffusion
from sfumato.plugin._guider import Branch, Guider
from sfumato.plugin._hooks import HookSpecs, Occasion, Register, hookimpl
from sfumato.plugin._image import Image
from sfumato.plugin._params import Field, Params
from sfumato.plugin._processors import PostProcessor, Preprocessor
from sfumato.plugin._sampler import Evaluate, Noise, Sampler, State, Steps
from sfumato.plugin._schedule import Schedule
from sfumato.plugin._work import Draw, Work
from sfumato.recipe import Recipe, Selection

__all__ = [
    "Branch",
    "Conditioner",
    "Contribution",
    "Draw",
    "Evaluate",
    "Family",
    "Field",
    "Guider",
    "HookSpecs",
    "Image",
    "Job",
    "JobCancelled",
    "ModelCard",
    "ModelSigmas",
    "Moment",
    "Needs",
    "NetworkCall",
    "Noise",
    "Occasion",
    "Params",
    "Part",
    "PostProcessor",
    "Preprocessor",
    "Recipe",
    "Register",
    "Residuals",
    "Sampler",
    "Schedule",
    "Selection",
    "State",
    "Steps",
    "Work",
    "Wrap",
    "from_diffusers",
    "from_k_diffusion",
    "hookimpl",
]
