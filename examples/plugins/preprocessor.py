"""A preprocessor: a picture becomes a control map of the same size."""

import sfumato.plugin as sf


class Tones(sf.Preprocessor):
    """Brightness (ITU-R BT.709) in a few even tones."""

    id, label = "example-preprocessor.tones", "Tones"
    description = "A picture in a few tones of grey, as for a woodcut."

    class Params(sf.Params):
        tones: int = sf.Field(4, ge=2, le=16, help="How many tones.")

    def map(self, image, work):
        import numpy as np

        colours = image.pixels[:, :, :3]
        weights = np.array([0.2126, 0.7152, 0.0722], np.float32)
        grey = colours @ weights if colours.shape[2] == 3 else colours[:, :, 0]
        work.progress(0.5, "counting tones")
        highest = self.params.tones - 1
        tones = np.minimum(np.floor(grey * self.params.tones), highest) / highest
        return sf.Image(pixels=tones.astype(np.float32)[:, :, None])


@sf.hookimpl
def sfumato_register_preprocessors(register):
    register(Tones)
