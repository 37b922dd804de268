"""The kit within pytest: outcomes become those of tests, and the fixtures work."""

import subprocess
import sys

import pytest

from tests.testing.twins import BROKEN

TESTS = f"""
from pathlib import Path

import sfumato.plugin as sf
from sfumato.recipe import Selection
from sfumato.testing import conformance_tests

PAGE = Path(__file__).with_name("page.md")
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


def test_workshop(sfumato_workshop, sfumato_material):
    from sfumato.engine.layers import to_file
    from sfumato.testing.studio import recipe

    bricks = sfumato_material("brick", seed=1)
    kept = recipe(0, init="i", strength=0.0, post_processors=(Selection(id="halt.negative"),))
    (made,) = sfumato_workshop(Negative).pictures(kept, assets={{"i": to_file(bricks)}})
    assert abs(made.data[0] / 255 - (1 - bricks.pixels[0, 0, 0])) < 1 / 255


def test_page(sfumato_examples):
    sfumato_examples(PAGE)
"""
#: What is in the longer fence is shown; line 15 fails.
PAGE = """# A page

````markdown
```python
raise RuntimeError("shown, not run")
```
````

```python
count = 3
```

```python title="later"
count -= 3
1 / count
```
"""
#: The plugin by its module, whether or not an entry point of this environment names it as well.
PYTEST = (sys.executable, "-m", "pytest", "-p", "no:sfumato", "-p", "sfumato.testing.pytest_plugin", "-q", "-rA")


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    folder = tmp_path_factory.mktemp("author")
    (folder / "test_author.py").write_text(TESTS, encoding="utf-8")
    (folder / "page.md").write_text(PAGE, encoding="utf-8")
    chosen = "studio or work or mixture or page or leaving or loads"
    command = [*PYTEST, "-k", chosen, "-p", "no:cacheprovider", str(folder)]
    return subprocess.run(command, capture_output=True, text=True, cwd=folder).stdout


@pytest.mark.parametrize(
    "name", ["test_studio", "test_work", "test_mixture", "test_workshop", "test_broken[plugin.loads]"]
)
def test_what_passes_is_a_passed_test(told, name):
    assert f"PASSED test_author.py::{name}" in told


def test_a_check_that_does_not_apply_is_a_skipped_test(told):
    assert "broken.leaving: sampler.works-with-any-parameters: has no parameters" in told
    assert "SKIPPED" in told


def test_a_crash_is_a_failed_test_that_says_what_was_printed(told):
    assert "FAILED test_author.py::test_broken[broken.leaving: sampler.is-finite]" in told
    assert "crashed: broken.leaving: sampler.is-finite: ended the process with code 7" in told


def test_what_fails_in_a_page_is_told_with_its_line(told):
    assert "FAILED test_author.py::test_page - ZeroDivisionError" in told
    assert "page.md:15: ZeroDivisionError" in told


def test_loading_the_plugin_imports_nothing_heavy():
    script = "import sys, sfumato.testing.pytest_plugin; print(*sys.modules)"
    shown = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert not {"torch", "numpy", "grpc", "diffusers", "psutil", "sfumato.plugin"} & set(shown.split())
