"""Preprocessors and post-processors: images in, images out, beside the step loop."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sfumato.plugin._contribution import Contribution

if TYPE_CHECKING:
    from sfumato.plugin._image import Image
    from sfumato.plugin._work import Work


class PostProcessor(Contribution):
    """Base of all post-processors. [post-processing thread]

    They run in the recipe's order on every finished image. The first layer goes to the next one as its image; the
    others are results of their own.
    """

    kind = "post-processor"
    capability = "sfumato.post-processor/1"

    #: What the conformance check holds it to: the size stays, alpha stays, pixels outside the job's mask stay.
    keeps_size: bool = True
    keeps_alpha: bool = True
    keeps_unmasked: bool = False

    def process(self, image: Image, work: Work) -> Image | Sequence[Image]:
        """The result, or several named layers with the image itself first."""
        raise NotImplementedError


class Preprocessor(Contribution):
    """Base of all preprocessors: a picture becomes a control map of the same size. [post-processing thread]"""

    kind = "preprocessor"
    capability = "sfumato.preprocessor/1"

    def map(self, image: Image, work: Work) -> Image:
        """The control map (H, W, 1 or 3) of a picture."""
        raise NotImplementedError
