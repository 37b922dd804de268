"""A model family, as small as it can be: a model that knows one picture, a file `NAME.still.png`."""

import sfumato.plugin as sf

#: Pixels to one latent, along each side.
FACTOR = 8


class Still(sf.Family):
    """Whatever the noise and the prompt: what is under it is the picture."""

    id, label = "example-family.still", "Still life"
    description = "A model that knows one picture."

    def __init__(self, card, pixels):
        import torch

        super().__init__()
        self.card, self.pixels, self.device = card, pixels, torch.device("cpu")
        self.sigmas = sf.ModelSigmas(sigmas=tuple(0.03 * 1.0065**t for t in range(1000)), prediction_type="epsilon")

    @classmethod
    def describe(cls, source):
        if not source.name.endswith(".still.png") or not source.is_file():
            return None
        about = {"architecture": "still", "prediction_type": "epsilon", "native_size_px": 64, "latent_channels": 3}
        return sf.ModelCard(id=source.name.partition(".")[0], title="Still life", family=cls.id, **about)

    @classmethod
    def load(cls, source, card, *, device, dtype):
        import numpy as np
        import torch
        from PIL import Image

        with Image.open(source) as picture:
            pixels = np.array(picture.convert("RGB"), np.float32) / 127.5 - 1
        return cls(card, torch.from_numpy(pixels).permute(2, 0, 1)[None])

    def encode_prompt(self, text):
        return text

    def latent_shape(self, width_px, height_px):
        return 1, 3, height_px // FACTOR, width_px // FACTOR

    def batch_key(self, call):
        return call.x.shape

    def evaluate(self, calls):
        import torch

        return [torch.nn.functional.interpolate(self.pixels, call.x.shape[-2:], mode="area") for call in calls]

    def encode_image(self, pixels, tile):
        import torch

        yield
        return torch.nn.functional.avg_pool2d(pixels, FACTOR)

    def decode_latents(self, latents, tile):
        import torch

        yield
        return torch.nn.functional.interpolate(latents, scale_factor=FACTOR)

    def preview(self, denoised):
        return denoised[0].permute(1, 2, 0).clamp(-1, 1).add(1).mul(127.5).byte()

    def memory(self):
        return {"picture": self.pixels.nbytes}


@sf.hookimpl
def sfumato_register_families(register):
    register(Still)
