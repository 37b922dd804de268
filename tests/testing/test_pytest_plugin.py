"""The kit within pytest: outcomes become those of tests, and the fixtures work."""

import subprocess
import sys

import pytest

from tests.testing.twins import BROKEN

TESTS = f"""
import sfumato.plugin as sf
from sfumato.recipe import Selection
from sfumato.testing import conformance_tests

test_broken = conformance_tests({str(BROKEN / "deadly.py")!r})


class Halt(sf.Sampler):
    id, label, order = "halt.halt", "Halt", 1

    def step(self, x, sigma, sigma_next, state, noise):
        return (yield sf.Evaluate(x, sigma))


class Negative(sf.PostProcessor):
    id, label = "halt.negative", "Negative"

    def process(self, image, work):
        work.progress(0.5)
        return sf.Image(pixels=1 - image.pixels)


def test_studio(sfumato_studio):
    from sfumato.testing.studio import recipe

    studio = sfumato_studio(Halt)
    assert studio.latents(recipe(1, sampler=Selection(id="halt.halt")), {{}}).shape == (1, 4, 8, 8)
    assert len(studio.family.called) == 6


def test_work(sfumato_work, sfumato_picture):
    work, image = sfumato_work(), sfumato_picture(3, 16, 8)
    assert Negative().process(image, work).pixels.shape == (8, 16, 3)
    assert work.shares == [0.5]


def test_mixture(sfumato_mixture):
    assert sfumato_mixture.distance(sfumato_mixture.grid(64, 0.0)) < 0.1
"""
#: The plugin by its module, whether or not an entry point of this environment names it as well.
PYTEST = (sys.executable, "-m", "pytest", "-p", "no:sfumato", "-p", "sfumato.testing.pytest_plugin", "-q", "-rA")


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    folder = tmp_path_factory.mktemp("author")
    (folder / "test_author.py").write_text(TESTS, encoding="utf-8")
    chosen = "studio or work or mixture or leaving or loads"
    command = [*PYTEST, "-k", chosen, "-p", "no:cacheprovider", str(folder)]
    return subprocess.run(command, capture_output=True, text=True, cwd=folder).stdout


@pytest.mark.parametrize("name", ["test_studio", "test_work", "test_mixture", "test_broken[plugin.loads]"])
def test_what_passes_is_a_passed_test(told, name):
    assert f"PASSED test_author.py::{name}" in told


def test_a_check_that_does_not_apply_is_a_skipped_test(told):
    assert "broken.leaving: sampler.works-with-any-parameters: has no parameters" in told
    assert "SKIPPED" in told


def test_a_crash_is_a_failed_test_that_says_what_was_printed(told):
    assert "FAILED test_author.py::test_broken[broken.leaving: sampler.is-finite]" in told
    assert "crashed: broken.leaving: sampler.is-finite: ended the process with code 7" in told
