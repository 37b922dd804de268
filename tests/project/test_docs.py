"""Docs that the code can check: generated pages are current, links lead somewhere, commands are documented."""

import importlib.util
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
GENERATED = (
    "reference/checks.md", "reference/cli.md", "reference/client.md", "reference/contributions.md",
    "reference/errors.md", "reference/plugin.md", "reference/testing.md", "reference/wire.md", "samplers.md",
    "pictures/sampler_order.svg",
)  # fmt: skip
LINK = re.compile(r"\]\((?!https?://|#)([^)#\s]+)")


def _generator():
    spec = importlib.util.spec_from_file_location("docs_generate", ROOT / "docs/generate.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def generated() -> dict[str, str]:
    return _generator().pages()


@pytest.mark.parametrize("name", GENERATED)
def test_a_generated_page_is_that_of_the_code(generated, name):
    """Run `make docs` when this fails."""
    assert (ROOT / "docs" / name).read_text(encoding="utf-8") == generated[name]


def test_every_generated_page_is_checked(generated):
    assert sorted(generated) == sorted(GENERATED)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_to_a_file(page):
    for target in LINK.findall(page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_the_readme_names_only_targets_that_the_makefile_has():
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    named = set(re.findall(r"\bmake ([a-z]+)\b(?=`|    #)", (ROOT / "README.md").read_text(encoding="utf-8")))

    assert {"demo", "test"} <= named <= targets
