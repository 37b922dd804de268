"""Everything that the code offers has its entry in the docs, and a test that uses it."""

import pytest

from docs.writers import public_names
from sfumato import errors
from tests.docs import offers, pages, uses
from tests.docs.blocks import DOCS
from tests.testing.twins import TWINS

COMMAND_LINE = DOCS / "reference/cli.md"


def untold(offered, told):
    """What of it the docs leave out."""
    return sorted(set(offered) - set(told))


def untried(offered, tried):
    """What of it no test uses."""
    return sorted(set(offered) - set(tried))


def titles():
    """The first heading of every recipe."""
    return {page.stem.replace("_", "-"): page.read_text(encoding="utf-8").splitlines()[0] for page in pages.RECIPES}


def test_every_hook_has_an_entry_in_a_recipe_and_a_test():
    assert untold(offers.hooks(), pages.entries(pages.RECIPES)) == []
    assert untried(offers.hooks(), uses.words()) == []


def test_every_registration_hook_has_a_heading_with_code_below():
    for hook in offers.hooks():
        sections = [part for page in pages.RECIPES for part in page.read_text(encoding="utf-8").split("\n## ")[1:]]
        about = next(part for part in sections if f"`{hook}`" in part.partition("\n")[0])
        assert "```" in about, f"nothing in code about {hook}"


def test_every_kind_of_contribution_has_a_recipe_an_example_and_a_test():
    assert untold(offers.contribution_kinds(), titles()) == []
    examples = {path.stem.replace("_", "-") for path in (DOCS.parent / "examples/plugins").glob("*.py")}
    assert untried(offers.contribution_kinds(), examples) == []


def test_every_kind_of_parameter_has_a_heading_and_a_test():
    page = DOCS / "plugins/parameters.md"

    assert untold(offers.parameter_kinds(), _words(_headings(page))) == []
    assert untried(offers.parameter_kinds(), uses.words()) == []


def test_every_command_and_option_has_an_entry_and_a_test():
    told = pages.helped(COMMAND_LINE)
    options = offers.options()

    assert untold([*offers.command_names(), *options], told) == []
    assert untried(offers.command_names(), filter(uses.runs, offers.command_names())) == []
    tried = [option for option, names in options.items() if uses.runs(option.rpartition(" ")[0], names)]
    assert untried(options, tried) == []


def test_every_check_has_an_entry_and_a_twin_that_breaks_it():
    assert untold(offers.checks(), pages.entries([DOCS / "reference/checks.md"])) == []
    assert untried(offers.checks(), TWINS) == []


def test_what_a_check_is_shown_to_say_is_what_its_twin_is_told():
    """Run `python docs/record_failures.py` when this fails."""
    import json

    from docs.writers.checks import FAILURES

    recorded = json.loads(FAILURES.read_text(encoding="utf-8"))
    assert [check for check, (_, _, said) in TWINS.items() if said not in recorded[check]["said"]] == []


def test_the_life_of_an_image_shows_every_kind_and_every_event():
    drawn = (DOCS / "pictures/life_of_an_image.svg").read_text(encoding="utf-8")
    events = [hook for hook in offers.hooks() if "register" not in hook]

    assert [each for each in (*offers.contribution_kinds(), *events) if each not in drawn] == []


def test_every_public_name_has_an_entry():
    assert untold(offers.public_names(), pages.entries(pages.REFERENCE)) == []


@pytest.mark.parametrize("module", ["sfumato.plugin", "sfumato.testing"])
def test_every_name_for_plugin_authors_has_a_test(module):
    names = [name.rpartition(".")[2] for name in offers.public_names() if name.startswith(f"{module}.")]

    assert len(names) > 7
    assert untried(names, uses.words()) == []


def test_every_error_has_an_entry():
    """Those of `sfumato.errors`: others stay in the package that has them, whichever tests have imported it."""
    kinds = [each for each in vars(errors).values() if isinstance(each, type) and issubclass(each, errors.SfumatoError)]
    offered = [kind.__name__ for kind in kinds]

    assert len(offered) > 15
    assert untold(offered, pages.entries([DOCS / "reference/errors.md"])) == []


def test_every_data_of_the_reference_says_what_it_is():
    written = public_names.plugin_page() + public_names.client_page() + public_names.testing_page()
    entries = written.split(".. py:data:: ")[1:]

    assert [
        entry.split()[0] for entry in entries if len(entry.partition("\n\n")[2].partition("\n")[0].split()) < 3
    ] == []


#: One made-up name of everything, and where it would be missed.
STRANGERS = {
    "sfumato_register_dreams": (pages.entries(pages.RECIPES), uses.words()),
    "hologram-parameter": (pages.entries([DOCS / "plugins/parameters.md"]), uses.words()),
    "sampler.is-a-hologram": (pages.entries([DOCS / "reference/checks.md"]), TWINS),
    "sfumato.plugin.Hologram": (pages.entries(pages.REFERENCE), uses.words()),
}


@pytest.mark.parametrize("name", STRANGERS)
def test_what_is_new_is_missed(name):
    told, tried = STRANGERS[name]

    assert untold([name], told) == [name]
    assert untried([name], tried) == [name]


def test_a_new_command_and_a_new_option_are_missed():
    told = pages.helped(COMMAND_LINE)

    assert untold(["sfumato holograms", "sfumato generate --hologram"], told) != []
    assert not uses.runs("sfumato holograms")
    assert not uses.runs("sfumato generate", ("--hologram",))


def _headings(page):
    return "\n".join(line for line in page.read_text(encoding="utf-8").splitlines() if line.startswith("#"))


def _words(text):
    return {word.strip("`,") for word in text.split() if word.startswith("`")}
