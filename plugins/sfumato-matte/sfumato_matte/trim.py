"""matte.trim: a cut-out without the empty space around it."""

from __future__ import annotations

import sfumato.plugin as sf


class TrimParams(sf.Params):
    """How closely."""

    margin_px: int = sf.Field(8, ge=0, le=4096, display=(0, 64), step=1, unit="px", label="Margin",
        help="Empty space that stays around the object, and is added where there is none.")  # fmt: skip
    threshold: float = sf.Field(0.05, ge=0, le=1, step=0.01, label="Visible from",
        help="Opacity above which something belongs to the object.")  # fmt: skip
    square: bool = sf.Field(False, label="Square",
        help="As wide as high, with the object in the middle.")  # fmt: skip


class Trim(sf.PostProcessor):
    """The box around what can be seen. An image without alpha, or with nothing to be seen, stays as it is."""

    id, label = "matte.trim", "Trim to the object"
    description = "Cuts a cut-out down to its object, with a margin."
    Params = TrimParams
    keeps_size = False

    def process(self, image: sf.Image, work: sf.Work) -> sf.Image:
        """The trimmed image."""
        import numpy as np

        if not image.has_alpha:
            return image
        rows, columns = np.nonzero(image.pixels[:, :, 3] > self.params.threshold)
        if len(rows) == 0:
            return image
        margins = [self.params.margin_px] * 2
        spans = [(int(each.min()), int(each.max()) + 1) for each in (rows, columns)]
        if self.params.square:
            longest = max(end - start for start, end in spans)
            margins = [
                margin + (longest - end + start) // 2 for margin, (start, end) in zip(margins, spans, strict=True)
            ]
        (top, bottom), (left, right) = spans
        # What was beside the object is not kept: it would be cut off at the old border where the margin goes beyond.
        box = image.pixels[top:bottom, left:right]
        extra = [(margin, margin + self._odd(spans, axis)) for axis, margin in enumerate(margins)]
        pixels = np.pad(box, (*extra, (0, 0)))
        return sf.Image(pixels=pixels, name=image.name, bits=image.bits)

    def _odd(self, spans: list[tuple[int, int]], axis: int) -> int:
        """1 where a square needs one more row or column at the far side."""
        sides = [end - start for start, end in spans]
        return (max(sides) - sides[axis]) % 2 if self.params.square else 0
