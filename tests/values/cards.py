"""A small catalogue for the tests of the border."""

from sfumato.catalogue import Catalogue, ContributionCard, ModelCard, PluginCard
from sfumato.parameters import Choice, ParameterSpec
from sfumato.recipe import Selection

SCALE = ParameterSpec(id="scale", kind="float", default=7.0, minimum=0.0, maximum=50.0)
SOLVER = ParameterSpec(
    id="solver", kind="choice", default="midpoint", choices=(Choice(value="midpoint", label="Midpoint"),)
)


def _card(kind: str, name: str, *parameters: ParameterSpec) -> ContributionCard:
    return ContributionCard(
        id=name, kind=kind, label=name, description="", plugin="builtin", plugin_version="1",
        capability=f"sfumato.{kind}/1", parameters=parameters,
    )  # fmt: skip


CATALOGUE = Catalogue(
    models=(
        ModelCard(
            id="ground", title="Ground", family="sfumato.stable-diffusion", architecture="ground",
            prediction_type="v_prediction", native_size_px=256, max_size_px=2048, default_steps=12,
            default_guider=Selection(id="sfumato.cfg", params={"scale": 4.0}),
        ),
    ),
    contributions=(
        _card("sampler", "sfumato.dpmpp-2m"),
        _card("sampler", "sfumato.dpmpp-2m-sde", SOLVER),
        _card("sampler", "acme.twin"),
        _card("sampler", "other.twin"),
        _card("schedule", "sfumato.model-default"),
        _card("schedule", "sfumato.karras"),
        _card("guider", "sfumato.cfg", SCALE),
        _card("conditioner", "acme.net", ParameterSpec(id="map", kind="preprocessor", default="")),
        _card("preprocessor", "acme.edges"),
    ),
    plugins=(PluginCard(name="builtin", version="1"),),
)  # fmt: skip
