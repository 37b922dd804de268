"""`--set`: from what was typed to selections."""

import pytest

from sfumato.catalogue import Catalogue, ContributionCard, ModelCard
from sfumato.cli.settings import selections
from sfumato.cli.shapes import Setting
from sfumato.errors import InvalidRecipe
from sfumato.parameters import Choice, ParameterSpec
from sfumato.recipe import Recipe, Selection


def card(kind, name, *parameters):
    return ContributionCard(
        id=name, kind=kind, label=name, description="", plugin="test", plugin_version="1", capability="",
        parameters=parameters,
    )  # fmt: skip


SCALE = ParameterSpec(id="scale", kind="float", default=4.0, minimum=0.0, maximum=30.0)
SOLVER = ParameterSpec(id="solver", kind="choice", default="midpoint", choices=(Choice(value="heun", label="Heun"),))
CATALOGUE = Catalogue(
    models=(
        ModelCard(
            id="ground", title="", family="", architecture="", prediction_type="", native_size_px=256,
            default_guider=Selection(id="sfumato.cfg", params={"scale": 4.0}),
        ),
    ),
    contributions=(
        card("sampler", "sfumato.dpmpp-2m", SOLVER),
        card("sampler", "sfumato.euler", ParameterSpec(id="churn", kind="float", default=0.0)),
        card("schedule", "sfumato.model-default"),
        card("schedule", "sfumato.karras", ParameterSpec(id="7", kind="int", default=7)),
        card("guider", "sfumato.cfg", SCALE, ParameterSpec(id="late", kind="bool", default=False)),
        card("guider", "acme.apg", SCALE, ParameterSpec(id="note", kind="text", default="")),
        card("guider", "acme.new", ParameterSpec(id="push", kind="float", default=1.0, renamed_from="force")),
    ),
)  # fmt: skip


def setting(text):
    path, _, value = text.partition("=")
    owner, _, param = path.rpartition(".")
    return Setting(owner=owner, param=param, text=value)


def chosen_with(*texts, base=None, **chosen):
    return selections(map(setting, texts), chosen, base, CATALOGUE, "ground")


def test_a_word_means_the_model_s_default_contribution():
    found = chosen_with("guidance.scale=5")

    assert found == {"guider": Selection(id="sfumato.cfg", params={"scale": 5.0})}
    assert isinstance(found["guider"].params["scale"], float)


def test_a_word_means_the_contribution_that_was_chosen():
    assert chosen_with("sampler.churn=0.5", sampler="euler") == {
        "sampler": Selection(id="sfumato.euler", params={"churn": 0.5})
    }


def test_a_full_id_needs_no_word():
    assert chosen_with("sfumato.cfg.scale=6")["guider"].params == {"scale": 6.0}


def test_several_settings_of_one_contribution_are_kept_together():
    assert chosen_with("guidance.scale=5", "guider.late=yes")["guider"].params == {"scale": 5.0, "late": True}


def test_parameters_of_a_recipe_that_is_made_again_stay():
    base = Recipe(
        model="ground", prompt="", width_px=64, height_px=64, seed=0, steps=1, sampler=Selection(id="sfumato.euler"),
        schedule=Selection(id="sfumato.karras"), guider=Selection(id="acme.apg", params={"scale": 9.0}),
    )  # fmt: skip

    assert chosen_with("guidance.note=x", base=base)["guider"] == Selection(
        id="acme.apg", params={"scale": 9.0, "note": "x"}
    )
    assert chosen_with("guidance.late=on", base=base, guider="cfg")["guider"] == Selection(
        id="sfumato.cfg", params={"late": True}
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("guidance.scale=nan", "finite"),
        ("guidance.scale=99", "at most 30"),
        ("guidance.scale=much", "expected a number"),
        ("guidance.late=perhaps", "expected true or false"),
        ("sampler.solver=rk4", "expected one of heun"),
        ("guidance.scal=5", r"no parameter 'scal'; did you mean scale\?"),
        ("guidanc.scale=5", r"no contribution 'guidanc'; did you mean guidance\?"),
        ("acme.apg.scale=5", r"made with sfumato.cfg; add --guidance acme.apg"),
    ],
)
def test_what_does_not_fit_is_told_with_its_name(text, message):
    with pytest.raises(InvalidRecipe, match=message) as refused:
        chosen_with(text)

    assert refused.value.violations[0].field == text.partition("=")[0]


def test_a_parameter_s_former_name_still_counts():
    found = selections([setting("acme.new.force=2")], {"guider": "acme.new"}, None, CATALOGUE, "ground")

    assert found["guider"] == Selection(id="acme.new", params={"force": 2.0})


def test_an_unknown_sampler_is_left_for_the_daemon_to_refuse():
    assert chosen_with("sampler.eta=1", sampler="nosuch")["sampler"] == Selection(id="nosuch", params={"eta": "1"})
