"""A post-processor that has the model draw again, and returns a second layer beside the image."""

import sfumato.plugin as sf


class Variation(sf.PostProcessor):
    """Draws over the finished image, and hands over what has changed as a layer of its own."""

    id, label, keeps_alpha = "example-post-processor.variation", "Variation", False
    description = "Draws over the image, and shows where it has changed."

    class Params(sf.Params):
        strength: float = sf.Field(0.4, ge=0.1, le=1, step=0.05, help="How much of the image may change.")
        prompt: str = sf.Field("", multi_line=True, help="Another prompt for it; nothing is the same one.")

    def process(self, image, work):
        import numpy as np

        work.progress(0.0, "drawing a variation")
        wanted = sf.Draw(
            prompt=self.params.prompt or None, init=image, strength=self.params.strength, seed=work.seed + 1
        )
        drawn = work.draw(wanted)
        work.progress(0.9, "looking at the difference")
        before = np.broadcast_to(image.pixels[:, :, :3], drawn.pixels.shape)
        changed = np.abs(drawn.pixels - before).max(axis=2, keepdims=True)
        return [drawn, sf.Image(pixels=changed.astype(np.float32), name="changed", bits=16)]


@sf.hookimpl
def sfumato_register_post_processors(register):
    register(Variation)
