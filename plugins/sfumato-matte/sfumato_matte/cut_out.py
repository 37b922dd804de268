"""matte.cut-out: the background becomes transparent."""

from __future__ import annotations

import os.path
from collections.abc import Sequence
from typing import TYPE_CHECKING

import pydantic

import sfumato.plugin as sf

if TYPE_CHECKING:
    from sfumato_matte.layers import Plane


class CutOutParams(sf.Params):
    """What finds the object, and how its edge is treated."""

    model: str = sf.Field("", label="Segmentation model",
        help="Folder of a segmentation model for transformers; left out, GrabCut goes by colours.")  # fmt: skip
    subject: str = sf.Field("", label="Subject", depends_on="model",
        help="The model's classes that stay, apart by commas; left out, all but the background.")  # fmt: skip
    hint: str = sf.Field("", kind="mask", label="On the subject",
        help="White where the object is for sure, for GrabCut.")  # fmt: skip
    border: float = sf.Field(0.04, ge=0, le=0.4, step=0.01, label="Border",
        help="The share of each side that is background for sure, for GrabCut.")  # fmt: skip
    edge_px: int = sf.Field(4, ge=0, le=64, display=(0, 16), step=1, unit="px", label="Edge", group="Edge",
        help="How far the edge may move to where the picture has one; 0 leaves it.")  # fmt: skip
    haze: float = sf.Field(0.25, ge=0, le=0.45, step=0.05, label="Clear haze", group="Edge",
        help="Opacity this near to none or all becomes that; less keeps hair, more is crisper.")  # fmt: skip
    clean_colours: bool = sf.Field(True, label="Clean colours", group="Edge",
        help="Take the background's colour out of soft edges.")  # fmt: skip
    show_matte: bool = sf.Field(False, label="Matte as a layer", group="Edge",
        help="Give the opacity as a layer of its own beside the image.")  # fmt: skip

    @pydantic.field_validator("model")
    @classmethod
    def _is_a_folder(cls, folder: str) -> str:
        if folder.strip() and not os.path.isfile(os.path.join(os.path.expanduser(folder), "config.json")):
            raise ValueError(f"no config.json in {folder}, expected the folder of a segmentation model")
        return folder


class CutOut(sf.PostProcessor):
    """A segmentation model's probabilities, or GrabCut; a guided filter; blur fusion for the colours of the edge."""

    id, label = "matte.cut-out", "Cut out"
    description = "Makes the background transparent, by a segmentation model of yours, or by its colours."
    Params = CutOutParams
    keeps_alpha = False

    def process(self, image: sf.Image, work: sf.Work) -> Sequence[sf.Image]:
        """The image with alpha, no more opaque than it was, and the matte (H, W, 1). Raises ValueError."""
        from sfumato_matte.edges import clean_colours, cleared, guided
        from sfumato_matte.layers import alpha_of, rgb_of, with_alpha

        rgb, alpha = rgb_of(image), alpha_of(image)
        work.progress(0.0, "finding the object")
        matte = self._matte(rgb, alpha, work)
        work.progress(0.6, "refining its edge")
        if self.params.edge_px:
            matte = cleared(guided(matte, rgb, self.params.edge_px, 0.03, work.recipe.tile), self.params.haze)
        matte = matte * alpha
        work.progress(0.8)
        if self.params.clean_colours:
            rgb = clean_colours(rgb, matte)
        layers = [with_alpha(image, rgb, matte)]
        if self.params.show_matte:
            layers.append(sf.Image(pixels=matte[:, :, None], name="matte", bits=image.bits))
        return layers

    def _matte(self, rgb: Plane, alpha: Plane, work: sf.Work) -> Plane:
        if self.params.model.strip():
            from sfumato_matte.segmenter import matte

            return matte(self.params.model, rgb, self.params.subject)
        from sfumato_matte.grab_cut import cut

        hint = work.images.get("hint")
        return cut(rgb, alpha, None if hint is None else hint.pixels[:, :, 0], self.params.border, work.seed)
