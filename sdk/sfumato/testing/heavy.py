"""Libraries that take seconds to import."""

from __future__ import annotations

from typing import Final

#: Those that a process may fork after importing: they start no threads until they are used.
FORKABLE: Final = ("scipy", "cv2", "skimage", "sklearn", "diffusers", "transformers", "spandrel", "trimesh")
#: What has no place in a module that is imported wherever plugins are listed.
HEAVY: Final = (
    "torch", "torchvision", "tensorflow", "jax", "onnxruntime", "pandas", "matplotlib", "numba", "open3d", *FORKABLE,
)  # fmt: skip
