"""The registry takes sound contributions, names what is wrong with others, and builds instances."""

import pytest

import sfumato.plugin as sf
from sfumato.catalogue import PluginCard
from sfumato.engine.registry import KINDS, Registry
from sfumato.errors import InvalidRecipe, NotFound, PluginError
from sfumato.plugin import HookSpecs
from sfumato.recipe import SELECTIONS, Selection

ACME = PluginCard(name="acme", version="1.2")
UMBRELLA = PluginCard(name="umbrella", version="3.0")


def sampler(name="acme.swirl", **attributes):
    """A sampler class with these class attributes; None takes one away."""

    def step(self, x, sigma, sigma_next, state, noise):
        return (yield sf.Evaluate(x, sigma))

    members = {"id": name, "label": "Swirl", "order": 1, "step": step, **attributes}
    return type("Swirl", (sf.Sampler,), {key: value for key, value in members.items() if value is not None})


class SwirlParams(sf.Params):
    eta: float = sf.Field(0.5, ge=0, le=1)


def registry_of(*classes, plugin=ACME):
    registry = Registry()
    intake = registry.intake(plugin)
    for contribution in classes:
        intake.registrar(contribution.kind)(contribution)
    intake.accept()
    return registry


def test_a_class_is_found_by_kind_and_id_with_its_owner():
    swirl = sampler()
    registry = registry_of(swirl)
    assert registry.get("sampler", "acme.swirl") is swirl
    assert registry.owner("sampler", "acme.swirl") == ACME
    assert registry.plugins() == (ACME,)


def test_an_unknown_id_names_the_nearest_one():
    with pytest.raises(NotFound, match=r"no sampler 'acme.swril'; did you mean acme\.swirl\?"):
        registry_of(sampler()).get("sampler", "acme.swril")


def test_an_id_of_another_kind_is_not_found():
    with pytest.raises(NotFound):
        registry_of(sampler()).get("guider", "acme.swirl")


def test_build_fills_in_and_checks_parameters():
    registry = registry_of(sampler(Params=SwirlParams))
    built = registry.build("sampler", Selection(id="acme.swirl", params={"eta": 1}))
    assert built.params == SwirlParams(eta=1.0)
    assert registry.build("sampler", Selection(id="acme.swirl")).params.eta == 0.5


@pytest.mark.parametrize(
    ("params", "field"), [({"eta": 7.0}, "sampler.params.eta"), ({"eat": 1.0}, "sampler.params.eat")]
)
def test_build_names_the_wrong_parameter(params, field):
    with pytest.raises(InvalidRecipe) as caught:
        registry_of(sampler(Params=SwirlParams)).build("sampler", Selection(id="acme.swirl", params=params))
    assert [violation.field for violation in caught.value.violations] == [field]


def test_a_contribution_that_cannot_be_made_is_blamed_on_its_plugin():
    def broken(self, params):
        raise OSError("no such table")

    with pytest.raises(PluginError, match=r"sampler acme\.swirl of plugin acme 1\.2 .*no such table") as caught:
        registry_of(sampler(__init__=broken)).build("sampler", Selection(id="acme.swirl"))
    assert caught.value.metadata["plugin"] == "acme"


def test_cards_are_sorted_and_hold_the_parameters():
    registry = registry_of(sampler("acme.whirl"), sampler("acme.swirl", Params=SwirlParams, description="Turns."))
    first, second = registry.cards()
    assert (first.id, second.id) == ("acme.swirl", "acme.whirl")
    assert (first.kind, first.plugin, first.plugin_version) == ("sampler", "acme", "1.2")
    assert (first.description, first.capability) == ("Turns.", "sfumato.sampler/1")
    assert [spec.id for spec in first.parameters] == ["eta"]


def test_a_duplicate_names_both_owners():
    registry = registry_of(sampler())
    with pytest.raises(ValueError, match=r"'acme.swirl' of plugin umbrella 3\.0 .* by plugin acme 1\.2"):
        registry.intake(UMBRELLA).registrar("sampler")(sampler())


def test_a_duplicate_within_one_plugin_is_refused():
    register = Registry().intake(ACME).registrar("sampler")
    register(sampler())
    with pytest.raises(ValueError, match="already registered by plugin acme"):
        register(sampler())


def test_the_same_id_may_serve_two_kinds():
    class Guide(sf.Guider):
        id, label = "acme.swirl", "Swirl"

        def branches(self, sigma, step, steps):
            return ()

        def combine(self, denoised, x, sigma, state):
            return x

    registry = registry_of(sampler(), Guide)
    assert registry.get("guider", "acme.swirl") is Guide


def test_a_refused_plugin_leaves_nothing_but_its_reason():
    registry = Registry()
    intake = registry.intake(ACME)
    intake.registrar("sampler")(sampler())
    intake.refuse("it is broken")
    assert registry.cards() == ()
    assert registry.plugins() == (PluginCard(name="acme", version="1.2", error="it is broken", state="broken"),)


WRONG = {
    "an instance": (sampler()(), "expected a subclass of sfumato.plugin.Sampler"),
    "another kind": (sf.Guider, "expected a subclass of sfumato.plugin.Sampler"),
    "no id": (sampler(None), "has no id; set the class attribute `id`"),
    "an empty id": (sampler(""), "has no id"),
    "no namespace": (sampler("swirl"), "expected `namespace.name`"),
    "capitals": (sampler("acme.Swirl"), "expected `namespace.name` in a-z, 0-9 and hyphens"),
    "no label": (sampler(label=None), "has no label"),
    "no order": (sampler(order=None), "has no order"),
    "order of 0": (sampler(order=0), "has no order"),
    "no step": (sampler(step=None), r"does not define step\(\); see sfumato.plugin.Sampler.step"),
    "foreign params": (sampler(Params=dict), "expected a subclass of sfumato.plugin.Params"),
}


@pytest.mark.parametrize(("contribution", "said"), WRONG.values(), ids=WRONG)
def test_a_wrong_class_is_told_what_is_wrong(contribution, said):
    with pytest.raises(ValueError, match=said):
        Registry().intake(ACME).registrar("sampler")(contribution)


def test_parameters_that_no_host_can_show_are_refused():
    class Odd(sf.Params):
        ratio: complex = 1j

    with pytest.raises(ValueError, match=r"no host can show: parameter 'ratio' is annotated .*complex"):
        Registry().intake(ACME).registrar("sampler")(sampler(Params=Odd))


def test_every_kind_of_a_recipe_and_every_hook_has_a_base_class():
    assert set(SELECTIONS.values()) <= set(KINDS)
    assert all(base.kind == kind for kind, (base, _) in KINDS.items())
    assert len([name for name in vars(HookSpecs) if name.startswith("sfumato_register_")]) == len(KINDS)
