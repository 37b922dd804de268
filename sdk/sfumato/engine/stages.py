"""A job from beginning to end: prepare, denoise, decode, finish.

Each job is one generator. It pauses with None where a more urgent job may take over, and with a Request where it
needs an evaluation, whose predictions it is then sent. Dropping a job is closing its generator.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import closing
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import torch

import sfumato.plugin as sf
from sfumato.border import check_drawable
from sfumato.engine import checkpoint, layers
from sfumato.engine.batching import key_of
from sfumato.engine.bench import Bench
from sfumato.engine.blame import Blame
from sfumato.engine.errand import Errand
from sfumato.engine.events import Checkpointed, ImageReady, PreviewReady, StageEntered, Started, Stepped
from sfumato.engine.finishing import Finishing
from sfumato.engine.inpainting import Bytes
from sfumato.engine.pictures import from_vae, to_pixels
from sfumato.engine.prepare import prepare
from sfumato.engine.registry import Registry
from sfumato.engine.stepper import Answer, Request, abreast, resume
from sfumato.engine.trajectory import Position, Trajectory
from sfumato.errors import InvalidRecipe
from sfumato.recipe import Recipe

#: Yields a request, an errand that it waits for, or None where others may have a turn.
Script = Generator[Request | Errand[Any] | None, Answer | None, None]
#: Work that a job's script waits for, in pieces.
Aside = Generator[None, None, None]


class Stages:
    """The work on one job. `live` are the trajectories in flight, by image."""

    def __init__(
        self, job_id: str, recipe: Recipe, bench: Bench, *, assets: Mapping[str, bytes], checkpoint_data: bytes
    ) -> None:
        self.live: dict[int, Trajectory] = {}
        self._job_id, self._recipe, self._bench = job_id, recipe, bench
        self._assets, self._checkpoint_data = assets, checkpoint_data
        self._checkpointed_s = 0.0

    @property
    def registry(self) -> Registry:
        """The contributions that the job works with, from its beginning to its end."""
        return self._bench.registry

    def run(self) -> Script:
        """Work on the job until all its images are ready."""
        positions = checkpoint.restore(self._checkpoint_data, self._recipe.digest)
        reached = min((position.step_index for position in positions.values()), default=0)
        self._bench.emit(Started(job_id=self._job_id, step_index=reached))
        if self._recipe.strength == 0:
            yield from self._finish_only()
            return
        self._enter("prepare")
        self._scene = yield from prepare(self._recipe, self._assets, self._bench, self._job_id)
        done = min(positions, default=0)
        width = yield from self._width(done)
        while done < self._recipe.count:
            images = positions or dict.fromkeys(range(done, min(done + width, self._recipe.count)))
            yield from self._images(images)
            done, positions = max(images) + 1, {}

    def checkpoint(self) -> None:
        """Tell where the live trajectories are, if there are any."""
        if not self.live:
            return
        positions = {index: trajectory.position for index, trajectory in self.live.items()}
        try:
            data = checkpoint.dump(self._recipe.digest, positions)
        except checkpoint.Unsaveable as error:
            hook = {"sampler": "step", "guider": "combine"}[error.kind]
            raise self._scene.course.blame.fault(error.kind, hook, None, str(error)) from error
        self._checkpointed_s = self._bench.clock()
        self._bench.emit(Checkpointed(job_id=self._job_id, data=data))

    def preview(self, image_index: int) -> Aside | None:
        """Decode an image's latest prediction in full; None where there is none yet, or no longer."""
        trajectory = self.live.get(image_index)
        if trajectory is None or trajectory.denoised is None:
            return None
        decoding = self._preview(image_index, trajectory.denoised)
        next(decoding)
        return decoding

    def _preview(self, image_index: int, denoised: torch.Tensor) -> Aside:
        pixels = None
        try:
            yield
            pixels = to_pixels((yield from self._decode(denoised)))
        finally:
            # Whoever asked waits for an answer, even if the job is dropped first.
            self._bench.emit(PreviewReady(job_id=self._job_id, image_index=image_index, pixels=pixels))

    def _enter(self, stage: str) -> None:
        self._bench.emit(StageEntered(job_id=self._job_id, stage=stage))

    def _width(self, done: int) -> Generator[None, None, int]:
        """How many of the job's own images to advance side by side, as the batch profile says."""
        profile, course = self._bench.profile, self._scene.course
        if profile is None or self._recipe.count - done < 2:
            return 1
        with closing(self._scene.trajectory(done, self._bench).walk(lambda _: None)) as walk:
            calls = next(walk, ())
        if not calls:
            return 1
        key = key_of(course.family, calls)
        if profile.width(key) is None:
            yield
            measuring = partial(profile.measure, course.family, calls)
            yield from course.blame.through("family", "evaluate", measuring)
        return profile.width(key) or 1

    def _images(self, positions: Mapping[int, Position | None]) -> Script:
        """Images side by side, from nothing or from where they were."""
        self.live = {i: self._scene.trajectory(i, self._bench, position) for i, position in positions.items()}
        self._checkpointed_s = self._bench.clock()
        self._enter("denoise")
        yield from self._denoise()
        for trajectory in list(self.live.values()):
            self._enter("decode")
            yield None
            picture = yield from self._decode(trajectory.position.x)
            self._enter("finish")
            index, seed = trajectory.image_index, trajectory.seed
            canvas = self._scene.canvas
            mask = None if canvas is None or canvas.mask is None else layers.of_mask(canvas.mask)
            if self._recipe.post_processors:
                made = layers.of_bytes(picture)
                yield from self._finish(made, mask, index, seed, self._scene.course.blame)
            else:
                self._bench.emit(
                    ImageReady(job_id=self._job_id, image_index=index, seed=seed, pixels=to_pixels(picture))
                )
            del self.live[index]

    def _finish_only(self) -> Script:
        """Nothing is drawn: the initial image itself goes to the post-processors."""
        recipe = self._recipe
        blame = Blame(self._bench.registry, recipe, family_id="", job_id=self._job_id, guard=self._bench.guard)
        self._enter("finish")
        if recipe.init not in self._assets:
            raise InvalidRecipe.of("init", f"got {recipe.init}, but no such asset came with the job")
        image = layers.of_file(self._assets[recipe.init])
        for index in range(recipe.count):
            yield from self._finish(image, None, index, recipe.seed + index, blame)

    def _finish(
        self, image: sf.Image, mask: sf.Image | None, image_index: int, seed: int, blame: Blame
    ) -> Generator[Any, Any, None]:
        finishing = Finishing(
            job_id=self._job_id,
            recipe=self._recipe,
            bench=self._bench,
            blame=blame,
            assets=self._assets,
            draw_in=self._draw_in,
        )
        made = yield from finishing.run(image, mask=mask, image_index=image_index, seed=seed)
        for place, (layer, name) in reversed(list(enumerate(zip(made, layers.names_of(made), strict=True)))):
            self._bench.emit(
                ImageReady(
                    job_id=self._job_id,
                    image_index=image_index,
                    seed=seed,
                    pixels=layers.to_pixels(layer),
                    layer=name,
                    layer_index=place,
                )
            )

    def _draw_in(self, recipe: Recipe, assets: Mapping[str, bytes]) -> Generator[Any, Any, sf.Image]:
        """Run another recipe in this job's place; nobody hears of it but who asked. Raises InvalidRecipe."""
        check_drawable(recipe, self._bench.models.load(recipe.model).card)
        made: list[ImageReady] = []
        heard = lambda event: made.append(event) if isinstance(event, ImageReady) else None  # noqa: E731
        quiet = replace(self._bench, emit=heard, checkpoint_every_s=float("inf"))
        yield from Stages(self._job_id, recipe, quiet, assets=assets, checkpoint_data=b"").run()
        pixels = made[0].pixels
        picture = np.frombuffer(pixels.data, np.uint8).reshape(pixels.height_px, pixels.width_px, 3)
        return layers.of_bytes(picture)

    def _denoise(self) -> Script:
        course = self._scene.course
        walks = abreast([trajectory.walk(self._stepped) for trajectory in self.live.values()])
        with closing(walks):
            wanted = resume(walks, None)
            while wanted:
                answer = yield Request(
                    family=course.family,
                    trajectories=wanted,
                    blame=course.blame,
                    step_index=min(trajectory.position.step_index for trajectory in self.live.values()),
                )
                wanted = resume(walks, answer)
                if self._bench.clock() - self._checkpointed_s >= self._bench.checkpoint_every_s:
                    self.checkpoint()

    def _stepped(self, trajectory: Trajectory) -> None:
        course, step_index = self._scene.course, trajectory.position.step_index
        preview = None
        if trajectory.denoised is not None:
            with course.blame.on("family", "preview", step_index):
                preview = to_pixels(course.family.preview(trajectory.denoised).cpu().numpy())
        self._bench.emit(
            Stepped(
                job_id=self._job_id,
                image_index=trajectory.image_index,
                step_index=step_index,
                step_count=course.step_count,
                sigma=course.sigmas[step_index],
                preview=preview,
            )
        )

    def _decode(self, latents: torch.Tensor) -> Generator[None, None, Bytes]:
        """Latents (1, C, h, w) to the picture (H, W, 3) over the canvas, in pieces."""
        course, canvas = self._scene.course, self._scene.canvas
        decoding = partial(course.family.decode_latents, latents, course.tile)
        pixels = yield from course.blame.through("family", "decode_latents", decoding)
        expected = (1, 3, self._recipe.height_px, self._recipe.width_px)
        if tuple(pixels.shape) != expected or not torch.isfinite(pixels).all():
            said = f"returned {tuple(pixels.shape)}, expected {expected} of finite values"
            raise course.blame.fault("family", "decode_latents", None, said)
        painted = from_vae(pixels)
        return canvas.composite(painted) if canvas else painted
