"""A plugin that imports torch as soon as it is looked at."""

import torch  # noqa: F401
