"""control.segmentation: what everything is, a colour for each class."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pydantic

import sfumato.plugin as sf

if TYPE_CHECKING:
    from sfumato_control.planes import Plane

_COLOUR = re.compile(r"#?([0-9a-fA-F]{6})")


class SegmentationParams(sf.Params):
    """The model, and the colours of its classes."""

    model: str = sf.Field("", kind="model", label="Segmentation model",
        help="Folder of a semantic segmentation model for transformers, such as segformer-b0.")  # fmt: skip
    colours: str = sf.Field("", multi_line=True, label="Colours of the classes", group="Advanced",
        help="Such as #787878 #b47878, in the order of the model's classes; a control net wants those that it was"
        " trained with. Left out: the colours of PASCAL VOC.")  # fmt: skip

    @pydantic.field_validator("colours")
    @classmethod
    def _are_colours(cls, text: str) -> str:
        for word in text.replace(",", " ").split():
            if not _COLOUR.fullmatch(word):
                raise ValueError(f"got {word!r}, expected colours such as #787878")
        return text


class Segmentation(sf.Preprocessor):
    """Any of transformers' semantic segmenters; each pixel gets the colour of its most likely class."""

    id, label = "control.segmentation", "Segmentation"
    description = "A colour for each kind of thing in the picture, by a model of yours."
    Params = SegmentationParams

    def map(self, image: sf.Image, work: sf.Work) -> sf.Image:
        """The colours of the classes (H, W, 3). Raises ValueError without a model, or with too few colours."""
        from sfumato_control.local_model import load, resized
        from sfumato_control.planes import map_of, rgb_of

        auto_class, example = "AutoModelForSemanticSegmentation", "segformer-b0-finetuned-ade-512-512"
        model = load("model", self.params.model, auto_class, example)
        palette = self._palette(model.network.config.num_labels)
        work.progress(0.3, "segmenting")
        logits = model.run(rgb_of(image)).logits[0]  # (classes, h, w)
        work.progress(0.9)
        classes = resized(logits, image.height_px, image.width_px).argmax(axis=2)
        return map_of(palette[classes], name="segmentation")

    def _palette(self, count: int) -> Plane:
        """The colours (classes, 3)."""
        import numpy as np

        words = self.params.colours.replace(",", " ").split()
        if not words:
            return voc_colours(count)
        if len(words) < count:
            raise ValueError(f"colours: got {len(words)}, expected one for each of the model's {count} classes")
        rows = [list(bytes.fromhex(word.removeprefix("#"))) for word in words]
        return np.array(rows, np.float32) / np.float32(255)


def voc_colours(count: int) -> Plane:
    """PASCAL VOC's colours (count, 3): the bits of a class's number, dealt out to red, green and blue from the top."""
    import numpy as np

    numbers, colours = np.arange(count), np.zeros((count, 3), np.int64)
    for place in range(8):
        for channel in range(3):
            bit = numbers >> (3 * place + channel) & 1
            colours[:, channel] |= bit << (7 - place)
    return colours.astype(np.float32) / np.float32(255)
