"""A parameter under its old name is taken at the border, and whoever sent it is told."""

from dataclasses import replace

import pytest

from sfumato.adjustments import Adjustment
from sfumato.border import complete
from sfumato.catalogue import Catalogue, ContributionCard
from sfumato.errors import InvalidRecipe
from sfumato.parameters import ParameterSpec
from sfumato.recipe import Selection
from tests.values.cards import CATALOGUE

PUSH = ParameterSpec(id="push", kind="float", default=0.0, minimum=0.0, maximum=1.0, renamed_from="churn")


def card(kind, id):
    return ContributionCard(
        id=id, kind=kind, label=id, description="", plugin="acme", plugin_version="1", capability=f"sfumato.{kind}/1",
        parameters=(PUSH,),
    )  # fmt: skip


MINE = (card("sampler", "acme.swirl"), card("conditioner", "acme.fade"))
KNOWN = replace(CATALOGUE, contributions=CATALOGUE.contributions + MINE)


def completed(catalogue: Catalogue = KNOWN, **request):
    adjustments: list[Adjustment] = []
    return complete({"prompt": "sand", "seed": 1, **request}, catalogue, adjustments=adjustments), adjustments


def test_an_old_name_in_a_selection_becomes_the_new_one():
    recipe, (told,) = completed(sampler={"id": "acme.swirl", "params": {"churn": 0.5}})

    assert recipe.sampler == Selection(id="acme.swirl", params={"push": 0.5})
    assert told.field == "sampler.params.churn"
    assert "calls it 'push' now" in told.description


def test_an_old_name_in_a_chain_becomes_the_new_one():
    chain = [{"id": "acme.fade", "params": {"churn": 0.5}}, {"id": "acme.fade", "params": {"push": 0.25}}]
    recipe, (told,) = completed(conditioners=chain)

    assert [each.params for each in recipe.conditioners] == [{"push": 0.5}, {"push": 0.25}]
    assert told.field == "conditioners.0.params.churn"


def test_the_new_name_is_no_adjustment():
    assert completed(sampler={"id": "acme.swirl", "params": {"push": 0.5}})[1] == []


def test_a_value_under_an_old_name_has_to_fit_as_well():
    with pytest.raises(InvalidRecipe) as caught:
        completed(sampler={"id": "acme.swirl", "params": {"churn": 7.0}})
    assert [row.field for row in caught.value.violations] == ["sampler.params.push"]


def test_both_names_at_once_are_a_mistake():
    with pytest.raises(InvalidRecipe, match="send 'push' alone") as caught:
        completed(sampler={"id": "acme.swirl", "params": {"churn": 0.1, "push": 0.2}})
    assert caught.value.violations[0].field == "sampler.params.churn"


def test_a_model_s_defaults_may_be_older_than_the_plugin():
    (ground,) = CATALOGUE.models
    older = replace(ground, default_sampler=Selection(id="acme.swirl", params={"churn": 0.5}))
    catalogue = replace(KNOWN, models=(older,))

    assert completed(catalogue, sampler={"params": {"push": 0.25}})[0].sampler.params == {"push": 0.25}
    assert completed(catalogue, sampler={"params": {}})[0].sampler.params == {"push": 0.5}
