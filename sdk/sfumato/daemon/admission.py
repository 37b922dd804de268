"""Admission: a request from outside becomes a complete recipe, or an error that names every wrong field."""

from __future__ import annotations

import asyncio
import contextlib
import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from google.protobuf.unknown_fields import UnknownFieldSet

from sfumato import border, wire
from sfumato.adjustments import Adjustment
from sfumato.catalogue import Catalogue
from sfumato.daemon.asset_store import AssetStore
from sfumato.daemon.catalogue_file import CatalogueFile
from sfumato.daemon.supervisor import Supervisor
from sfumato.errors import ImageRefused, InvalidRecipe, NotFound, SfumatoError, Violation
from sfumato.recipe import CHAINS, SELECTIONS, Recipe
from sfumato.v1 import jobs_pb2, recipes_pb2

#: From this size on, checking a request may take longer than the event loop can wait.
_LARGE_REQUEST_BYTES: Final = 64 * 1024
_REMEMBERED_SIZES: Final = 1024
#: A worker that is busy looks for plugins between two evaluations; nobody waits longer to hear of a wrong name.
_RESCAN_PATIENCE_S: Final = 10.0

Size = tuple[int, int]
_NOTHING: Final[Mapping[str, Size]] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Admitted:
    """A recipe that may run, the assets that it needs, and what was changed for the client."""

    recipe: Recipe
    inputs: tuple[str, ...]
    adjustments: tuple[jobs_pb2.Adjustment, ...]


class Admission:
    """Checks requests against the newest known catalogue."""

    def __init__(self, kept: CatalogueFile, assets: AssetStore, worker: Supervisor) -> None:
        self._kept = kept
        self._worker = worker
        self._assets = assets
        self._size_of = functools.lru_cache(_REMEMBERED_SIZES)(self._read_size)

    async def catalogue(self) -> Catalogue:
        """What the last worker could do; waits for a worker if there never was one. Raises WorkerCrashed."""
        if self._kept.catalogue is None:
            await self._worker.ready()
        if self._kept.catalogue is None:
            raise SfumatoError("the worker is ready and reported no catalogue")
        return self._kept.catalogue

    async def admit(self, message: recipes_pb2.Recipe, at_hand: Mapping[str, Size] = _NOTHING) -> Admitted:
        """The complete recipe of a request. Raises InvalidRecipe.

        `at_hand` are the sizes of pictures that come with it and are no assets, by sha256.
        """
        request, known = wire.request_from_message(message), await self.catalogue()
        try:
            return await self._checked(request, message, known, at_hand)
        except InvalidRecipe as refusal:
            if not any(map(_may_be_new, refusal.violations)) or not await self._newer(known):
                raise
        return await self._checked(request, message, await self.catalogue(), at_hand)

    async def _newer(self, known: Catalogue) -> bool:
        """Whether the worker, asked to look for plugins again, has another catalogue than the one that was known."""
        if not self._kept.is_fresh:
            await self._worker.ready()
        elif self._kept.catalogue == known:
            with contextlib.suppress(SfumatoError, TimeoutError):
                await asyncio.wait_for(self._worker.ask(op="rescan"), _RESCAN_PATIENCE_S)
        return self._kept.catalogue != known

    async def _checked(
        self, request: dict[str, Any], message: recipes_pb2.Recipe, catalogue: Catalogue, at_hand: Mapping[str, Size]
    ) -> Admitted:
        canvas = await self._canvas(request, at_hand)
        adjustments: list[Adjustment] = []
        complete = functools.partial(border.complete, request, catalogue, canvas=canvas, adjustments=adjustments)
        large = message.ByteSize() > _LARGE_REQUEST_BYTES
        recipe = await asyncio.to_thread(complete) if large else complete()
        named = {field: sha256 for field, sha256 in _assets_named(recipe, catalogue) if sha256 not in at_hand}
        if named:
            await asyncio.to_thread(self._keep, named)
        told = [jobs_pb2.Adjustment(field=each.field, description=each.description) for each in adjustments]
        inputs = tuple(dict.fromkeys(named.values()))
        return Admitted(recipe=recipe, inputs=inputs, adjustments=(*told, *_unknown(message)))

    async def _canvas(self, request: dict[str, Any], at_hand: Mapping[str, Size]) -> Size | None:
        """The initial image's size, checked against the mask's."""
        sizes = {}
        for field in ("init", "mask"):
            if sha256 := request.get(field):
                sizes[field] = at_hand.get(sha256) or await asyncio.to_thread(self._sized, field, sha256)
        init, mask = sizes.get("init"), sizes.get("mask")
        if init and mask and init != mask:
            said = f"got {mask[0]}x{mask[1]} pixels, expected the initial image's {init[0]}x{init[1]}"
            raise InvalidRecipe.of("mask", said)
        return init

    def _sized(self, field: str, sha256: str) -> Size:
        try:
            self._assets.keep(sha256, field)
            return self._size_of(sha256)
        except (ImageRefused, NotFound) as error:
            raise InvalidRecipe.of(field, error.message) from error

    def _read_size(self, sha256: str) -> Size:
        from sfumato.images import whole_size_of  # Pillow is not needed to start

        return whole_size_of(self._assets.read(sha256))

    def _keep(self, named: dict[str, str]) -> None:
        """Make sure that every asset is there and stays. Raises InvalidRecipe."""
        problems = []
        for field, sha256 in named.items():
            try:
                self._assets.keep(sha256, field)
            except NotFound as error:
                problems.append(Violation(field=field, description=error.message))
        if problems:
            raise InvalidRecipe(problems)


def _may_be_new(violation: Violation) -> bool:
    """Whether a newer catalogue than the one on disk may know the name: a plugin may have been installed since."""
    return violation.field == "model" or violation.field.endswith(".id") or ".params." in violation.field


def _assets_named(recipe: Recipe, catalogue: Catalogue) -> Iterator[tuple[str, str]]:
    """Path and sha256 of every asset in a recipe."""
    for field in ("init", "mask"):
        if sha256 := getattr(recipe, field):
            yield field, sha256
    for field, kinds, selection in recipe.selections():
        card = catalogue.contribution_of(kinds, selection.id)
        for spec in card.parameters if card else ():
            if spec.kind in ("image", "mask") and (sha256 := selection.params.get(spec.id)):
                yield f"{field}.params.{spec.id}", str(sha256)


def _unknown(message: recipes_pb2.Recipe) -> tuple[jobs_pb2.Adjustment, ...]:
    """What a newer client asked for and this daemon does not know."""
    return tuple(
        jobs_pb2.Adjustment(field=f"{path}.{row.field_number}", description="this daemon does not know the field")
        for path, part in _parts(message)
        for row in UnknownFieldSet(part)  # type: ignore[attr-defined]  # missing in the stubs
    )


def _parts(message: recipes_pb2.Recipe) -> Iterator[tuple[str, Any]]:
    """The recipe and the messages in it, by path."""
    yield "recipe", message
    for name in (*SELECTIONS, "outpaint"):
        if message.HasField(name):
            yield f"recipe.{name}", getattr(message, name)
    for name in CHAINS:
        yield from ((f"recipe.{name}.{place}", each) for place, each in enumerate(getattr(message, name)))
