"""k-diffusion's own sampling functions, loaded by their file: the package around them imports torchvision."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import sys
import types
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

try:
    FILE = importlib.metadata.distribution("k-diffusion").locate_file("k_diffusion/sampling.py")
except importlib.metadata.PackageNotFoundError:
    pytest.skip("k-diffusion is not installed; pip install --no-deps k-diffusion", allow_module_level=True)


def append_dims(x, ndim):
    return x[(...,) + (None,) * (ndim - x.ndim)]


@contextmanager
def stand_ins() -> Iterator[None]:
    """What the file imports beside torch and scipy, and what its sampling functions never call but `append_dims`."""
    package, helpers, ode = (types.ModuleType(name) for name in ("k_diffusion", "k_diffusion.utils", "torchdiffeq"))
    package.__path__, helpers.append_dims, ode.odeint = [], append_dims, None
    package.utils = helpers
    names = {module.__name__: module for module in (package, helpers, ode)}
    before = {name: sys.modules.get(name) for name in names}
    sys.modules.update(names)
    yield
    for name, module in before.items():
        if module is None:
            del sys.modules[name]
        else:
            sys.modules[name] = module


def _load() -> types.ModuleType:
    spec = importlib.util.spec_from_file_location("k_diffusion.sampling", FILE)
    module = importlib.util.module_from_spec(spec)
    with stand_ins():
        spec.loader.exec_module(module)
    return module


sampling = _load()
FUNCTIONS = [function for name, function in vars(sampling).items() if name.startswith("sample_")]
