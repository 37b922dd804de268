"""The engine without a worker around it: a recipe's latents, with the stand-in as its model."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import torch

import sfumato.plugin as sf
from sfumato.catalogue import PluginCard
from sfumato.engine.bench import Bench
from sfumato.engine.encodings import Encodings
from sfumato.engine.noise import SeededNoise
from sfumato.engine.prepare import Scene, prepare
from sfumato.engine.registry import Registry
from sfumato.engine.trajectory import Position, Trajectory
from sfumato.recipe import Recipe, Selection
from sfumato.testing.stand_in import CARD, StandIn

SIZE_PX = 64


class Studio:
    """What the engine does between a recipe and its latents, an image at a time, in the caller's thread."""

    def __init__(self, registry: Registry) -> None:
        self.family = StandIn()
        if not any(card.id == StandIn.id for card in registry.cards()):
            intake = registry.intake(PluginCard(name="sfumato-testing", version=""))
            intake.registrar(StandIn.kind)(StandIn)
            intake.accept()
        self._roused = threading.Event()
        self.bench = Bench(
            registry=registry,
            models=self,
            emit=lambda _: None,
            emit_later=lambda _: None,
            wake=self._roused.set,
            noise=SeededNoise,
            profile=None,
            encodings=Encodings(),
            checkpoint_every_s=float("inf"),
            clock=time.monotonic,
        )

    def load(self, model_id: str) -> sf.Family:
        """The stand-in, whatever is asked for."""
        return self.family

    def scene(self, recipe: Recipe, assets: Mapping[str, bytes]) -> Scene:
        """The recipe, prepared. Raises what the engine raises."""
        work = prepare(recipe, assets, self.bench)
        while True:
            self._roused.clear()
            try:
                waiting = next(work)
            except StopIteration as end:
                scene: Scene = end.value
                return scene
            if waiting is not None and not waiting.ready:
                self._roused.wait()

    def latents(self, recipe: Recipe, assets: Mapping[str, bytes], position: Position | None = None) -> torch.Tensor:
        """The latents (1, 4, h, w) of the recipe's first image."""
        return self.walk([self.scene(recipe, assets).trajectory(0, self.bench, position)])[0].x

    def walk(self, trajectories: Sequence[Trajectory], until: int | None = None) -> list[Position]:
        """Take the trajectories to their ends, or to step `until`, one evaluation of each at a time."""
        walks: dict[Any, Any] = {each.walk(lambda _: None): None for each in trajectories}
        while walks and not (until and all(each.position.step_index >= until for each in trajectories)):
            for walk, answer in list(walks.items()):
                try:
                    calls = next(walk) if answer is None else walk.send(answer)
                except StopIteration:
                    del walks[walk]
                else:
                    walks[walk] = self.family.evaluate(calls)
        return [each.position for each in trajectories]


def recipe(seed: int, **changes: Any) -> Recipe:
    """Six Euler steps of guided drawing at 64 x 64."""
    plain = Recipe(
        model=CARD.id,
        prompt="a mossy brick wall",
        negative_prompt="blurry",
        width_px=SIZE_PX,
        height_px=SIZE_PX,
        seed=seed,
        steps=6,
        sampler=Selection(id="sfumato.euler"),
        schedule=Selection(id="sfumato.karras"),
        guider=Selection(id="sfumato.cfg"),
    )
    return replace(plain, **changes)
