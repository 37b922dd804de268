"""The briefing: what a conditioner may know of the job that it works for."""

from __future__ import annotations

import copy
from collections.abc import Generator, Mapping
from types import GeneratorType
from typing import Any

import numpy as np
from PIL import Image

import sfumato.plugin as sf
from sfumato.black_box import Hook, Lane
from sfumato.engine import layers
from sfumato.engine.bench import Bench
from sfumato.engine.errand import Errand
from sfumato.engine.pictures import to_vae
from sfumato.errors import PluginError
from sfumato.recipe import Recipe, Selection


class Briefing:
    """What one conditioner gets as `sf.Job`."""

    def __init__(
        self, recipe: Recipe, family: sf.Family, bench: Bench, images: Mapping[str, sf.Image], job_id: str
    ) -> None:
        self.width_px, self.height_px = recipe.width_px, recipe.height_px
        self.steps, self.seed, self.tile = recipe.steps, recipe.seed, recipe.tile
        self.family, self.images = family, images
        self._recipe, self._bench, self._job_id = recipe, bench, job_id

    def encode_prompt(self, text: str) -> Generator[None, None, Any]:
        """The conditioning of a prompt."""
        return copy.deepcopy((yield from encoded(self.family, text)))

    def encode_image(self, image: sf.Image) -> Generator[None, None, Any]:
        """Latents (1, C, h, w) of an image at the job's size."""
        pixels = to_vae(self._fitted(image), self.family.device)
        return (yield from self.family.encode_image(pixels, self.tile))

    def preprocess(self, preprocessor_id: str, image: sf.Image) -> Generator[Any, None, sf.Image]:
        """The control map of an image. Raises NotFound."""
        preprocessor: sf.Preprocessor = self._bench.registry.build("preprocessor", Selection(id=preprocessor_id))
        owner = self._bench.registry.owner("preprocessor", preprocessor_id)
        hook = Hook(
            job=self._job_id,
            kind="preprocessor",
            contribution=preprocessor_id,
            plugin=owner.name,
            version=owner.version,
            hook="map",
        )
        work = _Quiet(self._recipe)

        def mapped(mine: Errand[sf.Image]) -> sf.Image:
            with self._bench.guard.errand(hook) as lane:
                return preprocessor.map(layers.frozen(image), work.of(mine, lane))

        made = yield from Errand(mapped, self._bench.wake).run(_draws_nothing)
        if problem := layers.problem_with(made):
            raise hook.fault(problem)
        return layers.frozen(made)

    def _fitted(self, image: sf.Image) -> Any:
        """(H, W, 3) bytes of the job's size, transparency on white."""
        pixels = layers.to_pixels(sf.Image(pixels=image.pixels))
        paper = Image.new("RGBA", (image.width_px, image.height_px), "white")
        flat = Image.alpha_composite(paper, pixels.to_pil().convert("RGBA")).convert("RGB")
        return np.asarray(flat.resize((self.width_px, self.height_px), Image.Resampling.LANCZOS))


class _Quiet:
    """`sf.Work` for a preprocessor that runs before the first step: nobody hears of its progress."""

    def __init__(self, recipe: Recipe) -> None:
        self.recipe, self.seed = recipe, recipe.seed
        self.images: Mapping[str, sf.Image] = {}
        self.mask: sf.Image | None = None
        self._errand: Errand[sf.Image] | None = None
        self._lane: Lane | None = None

    def of(self, errand: Errand[sf.Image], lane: Lane) -> _Quiet:
        """The same, for the errand that it runs in."""
        self._errand, self._lane = errand, lane
        return self

    def progress(self, share: float, description: str = "") -> None:
        """Only a place to be cancelled at."""
        assert self._errand is not None
        assert self._lane is not None
        self._lane.alive()
        self._errand.check()

    def draw(self, wanted: sf.Draw) -> sf.Image:
        """Not before the first step."""
        raise PluginError("a preprocessor that a conditioner runs cannot have the engine draw")


def _draws_nothing(_: Any) -> Generator[Any, Any, Any]:
    raise PluginError("a preprocessor that a conditioner runs cannot have the engine draw")
    yield


def encoded(family: sf.Family, text: str) -> Generator[None, None, Any]:
    """A prompt's conditioning; a family may encode in pieces or at once."""
    given = family.encode_prompt(text)
    return (yield from given) if isinstance(given, GeneratorType) else given
