"""A post-processor: what is done to a finished image."""

from __future__ import annotations

import sfumato.plugin as sf


class WarmParams(sf.Params):
    """What an artist can set."""

    strength: float = sf.Field(0.2, ge=0, le=1, step=0.05, label="Strength",
        help="How far colours go towards the tint.")  # fmt: skip
    tint: str = sf.Field("#ffb066", kind="colour", label="Tint", help="The colour of the light.")


class Warm(sf.PostProcessor):
    """Multiplies colours by those of a light, within the job's mask."""

    id, label = "template-plugin.warm", "Warm light"
    description = "As if by another light."
    keeps_unmasked = True
    Params = WarmParams

    def process(self, image: sf.Image, work: sf.Work) -> sf.Image:
        """The same picture, alpha included, in another light."""
        import numpy as np

        channels = min(image.pixels.shape[2], 3)
        light = np.array([int(self.params.tint[i : i + 2], 16) / 255 for i in (1, 3, 5)], np.float32)
        light = light if channels == 3 else light.mean(keepdims=True)
        share = self.params.strength if work.mask is None else self.params.strength * work.mask.pixels
        work.progress(0.5, "lighting")
        made = image.pixels.copy()
        made[:, :, :channels] *= 1 + (light - 1) * share
        return sf.Image(pixels=made, name=image.name, bits=image.bits)


@sf.hookimpl
def sfumato_register_post_processors(register: sf.Register) -> None:
    """Called once, when Sfumato looks for plugins."""
    register(Warm)
