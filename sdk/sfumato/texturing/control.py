"""The conditioner of a catalogue that takes a view's depth, found by what it says of itself."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

from sfumato.catalogue import Catalogue, ContributionCard
from sfumato.parameters import ParameterSpec
from sfumato.recipe import Selection

_WORD: Final = "depth"
#: How strongly the network that a model brings is followed where nobody says. Ground's was judged by eye on painted
#: meshes: from 0.4 on, edges and hollows are found. Its light is in the paint, and burns out one pixel in ten of bright
#: marble at 0.4, one in six at 0.6, one in four at 1, where without depth it is one in thirty.
BROUGHT_STRENGTH: Final = 0.4


@dataclass(frozen=True, slots=True, kw_only=True)
class DepthControl:
    """A conditioner `id` whose parameter `image` takes the depth picture; `params` are its other settings."""

    id: str
    image: str
    params: dict[str, Any]

    def selection(self, picture: Any) -> Selection:
        """The conditioner with this picture."""
        return Selection(id=self.id, params={**self.params, self.image: picture})


def depth_control(
    catalogue: Catalogue, model_id: str, *, network: str = "", strength: float | None = None
) -> DepthControl | None:
    """The first conditioner that can make this model follow depth; None where there is none, or `strength` is 0.

    One that needs a network of its own is taken where `network` names it, or the model brings one for depth. Without
    a `strength`, the model's own network is followed by BROUGHT_STRENGTH, others as the conditioner has it.
    """
    if strength == 0:
        return None
    model = catalogue.model(model_id)
    brought = model is not None and model.control == _WORD
    if strength is None and brought and not network:
        strength = BROUGHT_STRENGTH
    for card in catalogue.of_kind("conditioner"):
        fits = not card.needs.families or (model is not None and model.family in card.needs.families)
        found = _control(card, network, brought) if fits else None
        if found:
            return _as_strong(found, card, strength)
    return None


def _control(card: ContributionCard, network: str, brought: bool) -> DepthControl | None:
    images = [spec for spec in card.parameters if spec.kind == "image"]
    networks = [spec for spec in card.parameters if spec.kind == "model"]
    without = any(not spec.default for spec in networks) and not network and not brought
    if not images or not _speaks_of_depth(card) or without:
        return None
    image = next((spec for spec in images if _WORD in _words(spec)), images[0])
    params: dict[str, Any] = {spec.id: network for spec in networks[:1] if network}
    params |= {spec.id: _WORD for spec in card.parameters if _WORD in {choice.value for choice in spec.choices}}
    return DepthControl(id=card.id, image=image.id, params=params)


def _as_strong(control: DepthControl, card: ContributionCard, strength: float | None) -> DepthControl:
    if strength is None or all(spec.id != "strength" for spec in card.parameters):
        return control
    return replace(control, params={**control.params, "strength": strength})


def _speaks_of_depth(card: ContributionCard) -> bool:
    said = [card.id, card.label, card.description, *map(_words, card.parameters)]
    return _WORD in " ".join(said).lower()


def _words(spec: ParameterSpec) -> str:
    options = " ".join(choice.value for choice in spec.choices)
    return f"{spec.id} {spec.label} {spec.help} {options}".lower()
