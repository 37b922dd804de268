"""CatalogService: models, contributions and plugins, and the models' administration."""

from __future__ import annotations

from typing import Any

from sfumato import wire
from sfumato.catalogue import ModelCard
from sfumato.daemon.admission import Admission
from sfumato.daemon.supervisor import Supervisor
from sfumato.daemon.token_check import require_local
from sfumato.v1 import catalog_pb2


class CatalogService:
    """What sfumato/v1/catalog.proto promises. Lists come from the last catalogue; administration needs a worker."""

    def __init__(self, admission: Admission, worker: Supervisor) -> None:
        self._admission = admission
        self._worker = worker

    async def ListModels(self, request: catalog_pb2.ListModelsRequest, context: Any) -> catalog_pb2.ListModelsResponse:
        """All models that jobs may name."""
        catalogue = await self._admission.catalogue()
        return catalog_pb2.ListModelsResponse(models=map(wire.model_to_message, catalogue.models))

    async def ListContributions(
        self, request: catalog_pb2.ListContributionsRequest, context: Any
    ) -> catalog_pb2.ListContributionsResponse:
        """All contributions, or those of one kind, and all plugins."""
        catalogue = await self._admission.catalogue()
        cards = catalogue.of_kind(request.kind) if request.kind else catalogue.contributions
        return catalog_pb2.ListContributionsResponse(
            contributions=map(wire.contribution_to_message, cards),
            plugins=map(wire.plugin_to_message, catalogue.plugins),
        )

    async def InspectModel(
        self, request: catalog_pb2.InspectModelRequest, context: Any
    ) -> catalog_pb2.InspectModelResponse:
        """What a folder or file is."""
        require_local(context, "inspecting a model")
        card = ModelCard.from_json(await self._worker.ask(op="inspect", path=request.path))
        return catalog_pb2.InspectModelResponse(model=wire.model_to_message(card))

    async def AddModel(self, request: catalog_pb2.AddModelRequest, context: Any) -> catalog_pb2.AddModelResponse:
        """Add a folder or file as a model."""
        require_local(context, "adding a model")
        card = ModelCard.from_json(await self._worker.ask(op="add_model", path=request.path, id=request.id))
        return catalog_pb2.AddModelResponse(model=wire.model_to_message(card))

    async def RemoveModel(
        self, request: catalog_pb2.RemoveModelRequest, context: Any
    ) -> catalog_pb2.RemoveModelResponse:
        """Forget a model."""
        require_local(context, "removing a model")
        await self._worker.ask(op="remove_model", id=request.id)
        return catalog_pb2.RemoveModelResponse()

    async def ReloadPlugins(
        self, request: catalog_pb2.ReloadPluginsRequest, context: Any
    ) -> catalog_pb2.ReloadPluginsResponse:
        """Look for plugins again."""
        require_local(context, "reloading plugins")
        await self._worker.ask(op="rescan")
        catalogue = await self._admission.catalogue()
        return catalog_pb2.ReloadPluginsResponse(plugins=map(wire.plugin_to_message, catalogue.plugins))
