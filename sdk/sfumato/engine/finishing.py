"""The last stage: post-processors work on a finished image, each on a thread of its own."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sfumato.plugin as sf
from sfumato.black_box import Lane
from sfumato.engine import layers
from sfumato.engine.bench import Bench
from sfumato.engine.blame import Blame
from sfumato.engine.errand import Errand
from sfumato.engine.events import Progressed
from sfumato.errors import InvalidRecipe
from sfumato.recipe import Recipe

#: Runs a recipe of one image inside the present job: the image at its end. Raises InvalidRecipe.
DrawIn = Callable[[Recipe, Mapping[str, bytes]], Generator[Any, Any, sf.Image]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finishing:
    """What all post-processors of a job have in common."""

    job_id: str
    recipe: Recipe
    bench: Bench
    blame: Blame
    assets: Mapping[str, bytes]
    draw_in: DrawIn

    def run(
        self, image: sf.Image, *, mask: sf.Image | None, image_index: int, seed: int
    ) -> Generator[Any, Any, list[sf.Image]]:
        """The layers of the finished image, the image itself first."""
        others: list[sf.Image] = []
        for place, kinds, selection in self.recipe.selections():
            if not place.startswith("post_processors."):
                continue
            kind = self.bench.registry.kind_of(kinds, selection.id)
            with self.blame.on(place, "__init__"):
                processor = self.bench.registry.build(kind, selection, path=place)
            pictures = layers.parameter_images(processor, selection.params, place, self.assets)
            work = _Work(self, place, selection.id, image_index, seed, pictures, mask)
            image, *more = yield from work.through(processor, image)
            others += more
        return [image, *others]


class _Work:
    """What one post-processor gets as `sf.Work`."""

    def __init__(
        self,
        finishing: Finishing,
        place: str,
        contribution_id: str,
        image_index: int,
        seed: int,
        images: Mapping[str, sf.Image],
        mask: sf.Image | None,
    ) -> None:
        self.recipe, self.seed, self.images, self.mask = finishing.recipe, seed, images, mask
        self._finishing, self._place = finishing, place
        self._contribution_id, self._image_index = contribution_id, image_index
        self._errand: Errand[Any] | None = None
        self._lane: Lane | None = None

    def through(self, processor: Any, image: sf.Image) -> Generator[Any, Any, Sequence[sf.Image]]:
        """Run it on a thread, and check what it returns."""
        maps = isinstance(processor, sf.Preprocessor)
        hook, method = ("map", processor.map) if maps else ("process", getattr(processor, "process", None))
        assert method is not None
        about = self._finishing.blame.hook(self._place, hook)

        def work(_: Errand[Any]) -> Any:
            with self._finishing.bench.guard.errand(about) as self._lane:
                return method(image, self)

        self._errand = Errand(work, self._finishing.bench.wake)
        try:
            given = yield from self._errand.run(self._answer)
        except GeneratorExit:
            raise
        except BaseException as error:  # a SystemExit on that thread ends this job alone
            raise self._finishing.blame.translate(error, about, None) from error
        made = [given] if isinstance(given, sf.Image) else given
        problem = (
            None if isinstance(made, Sequence) and made else f"returned {made!r:.80}, expected an Image or several"
        )
        for each in made if problem is None else ():
            problem = problem or layers.problem_with(each)
        if problem:
            raise self._finishing.blame.fault(self._place, hook, None, problem)
        return [layers.frozen(each) for each in made]

    def progress(self, share: float, description: str = "") -> None:
        """Tell it; raises JobCancelled where nobody wants to know."""
        assert self._errand is not None
        assert self._lane is not None
        self._lane.alive()
        self._errand.check()
        self._finishing.bench.emit_later(
            Progressed(
                job_id=self._finishing.job_id,
                image_index=self._image_index,
                contribution=self._contribution_id,
                share=min(max(float(share), 0.0), 1.0),
                description=str(description)[:200],
            )
        )

    def draw(self, wanted: sf.Draw) -> sf.Image:
        """Have the engine draw, and wait for the image."""
        assert self._errand is not None
        assert self._lane is not None
        with self._lane.resting():
            image: sf.Image = self._errand.ask(wanted)
        return image

    def _answer(self, wanted: sf.Draw) -> Generator[Any, Any, sf.Image]:
        recipe, assets = recipe_of(wanted, replace(self.recipe, seed=self.seed), self._finishing.assets)
        try:
            return (yield from self._finishing.draw_in(recipe, assets))
        except InvalidRecipe as error:
            said = f"asked for what cannot be drawn: {error.message}"
            raise self._finishing.blame.fault(self._place, "process", None, said) from error


def recipe_of(wanted: sf.Draw, base: Recipe, assets: Mapping[str, bytes]) -> tuple[Recipe, dict[str, bytes]]:
    """The recipe of a further generation within a job, and the assets that it needs."""
    more = dict(assets)

    def asset(image: sf.Image | None) -> str:
        if image is None:
            return ""
        data = layers.to_file(image)
        sha256 = hashlib.sha256(data).hexdigest()
        more[sha256] = data
        return sha256

    told = ("prompt", "negative_prompt", "seed", "steps", "tile", "sampler", "guider")
    said: dict[str, Any] = {name: getattr(wanted, name) for name in told if getattr(wanted, name) is not None}
    size = (wanted.init.width_px, wanted.init.height_px) if wanted.init else (base.width_px, base.height_px)
    strength = wanted.strength if wanted.strength is not None else (0.5 if wanted.init and not wanted.mask else 1.0)
    recipe = replace(
        base,
        count=1,
        width_px=size[0] if wanted.width_px is None else wanted.width_px,
        height_px=size[1] if wanted.height_px is None else wanted.height_px,
        init=asset(wanted.init),
        mask=asset(wanted.mask),
        strength=strength,
        outpaint=None,
        post_processors=(),
        **said,
    )
    return recipe, more
