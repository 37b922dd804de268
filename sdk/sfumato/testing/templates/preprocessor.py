"""A preprocessor: a picture becomes a control map."""

from __future__ import annotations

import sfumato.plugin as sf


class SlopesParams(sf.Params):
    """What an artist can set."""

    gain: float = sf.Field(4.0, ge=0, le=50, display=(0, 20), step=0.5, label="Gain",
        help="How soon an edge is white.")  # fmt: skip


class Slopes(sf.Preprocessor):
    """The length of the gradient of brightness, by central differences."""

    id, label = "template-plugin.slopes", "Slopes"
    description = "White where brightness changes, black where it does not."
    Params = SlopesParams

    def map(self, image: sf.Image, work: sf.Work) -> sf.Image:
        """(H, W, 1)."""
        import numpy as np

        grey = image.pixels[:, :, :3].mean(axis=2)
        padded = np.pad(grey, 1, mode="edge")
        across = padded[1:-1, 2:] - padded[1:-1, :-2]
        down = padded[2:, 1:-1] - padded[:-2, 1:-1]
        work.progress(0.5, "measuring")
        edges = np.clip(np.hypot(across, down) * self.params.gain, 0, 1)
        return sf.Image(pixels=edges.astype(np.float32)[:, :, None])


@sf.hookimpl
def sfumato_register_preprocessors(register: sf.Register) -> None:
    """Called once, when Sfumato looks for plugins."""
    register(Slopes)
