"""Every block of the tutorial and the recipes is run as a reader would, and what it defines keeps its contracts."""

import sys

import pytest

from tests.docs.blocks import KINDS, LESSONS, blocks_of
from tests.docs.lesson import Lesson, broken_contracts, contributions_in
from tests.docs.terminal import environment

#: What takes long, and what the machine's load decides.
UNTRIED = ("works-with-any-parameters", "costs-little", "reaches-the-distribution")
NAMES = {page.stem: page for page in LESSONS}


@pytest.fixture(scope="module")
def python(tmp_path_factory):
    return environment(tmp_path_factory.mktemp("environment"))


@pytest.fixture
def k_diffusion(monkeypatch):
    """Its package imports torchvision; its sampling functions need none of it."""
    from tests.plugin.k_diffusion import sampling, stand_ins

    with stand_ins():
        monkeypatch.setitem(sys.modules, "k_diffusion", sys.modules["k_diffusion"])
        monkeypatch.setattr(sys.modules["k_diffusion"], "sampling", sampling, raising=False)
        yield


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
@pytest.mark.filterwarnings("ignore:__array_wrap__ must:DeprecationWarning")
@pytest.mark.parametrize("name", NAMES)
def test_a_page_does_what_it_says(name, terminal, request):
    if name == "from_k_diffusion":
        request.getfixturevalue("k_diffusion")
    lesson = Lesson(NAMES[name], terminal)
    for block in blocks_of(NAMES[name]):
        lesson.run(block)

    assert list(broken_contracts(contributions_in(lesson.namespace), UNTRIED)) == []


@pytest.mark.parametrize("page", LESSONS, ids=lambda page: page.stem)
def test_every_block_is_of_a_kind_that_is_run(page):
    assert {block.kind for block in blocks_of(page)} <= set(KINDS)
