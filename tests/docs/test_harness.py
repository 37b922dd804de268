"""What runs the lessons finds an example that does not do what it says."""

from pathlib import Path

import pytest

import sfumato.plugin as sf
from tests.docs.blocks import Block, blocks_of, commands_of
from tests.docs.lesson import Lesson, broken_contracts, contributions_in
from tests.docs.terminal import Terminal, matches

PAGE = """
```python
answer = 42
```

```{code-block} python
:caption: plugins/one.py
import sfumato.plugin as sf
```

```console
$ sfumato generate "a b" \\
    --count 2
a.png
...
$ sfumato stop
```
"""


@pytest.fixture
def lesson(tmp_path):
    return Lesson(Path("page.md"), Terminal(tmp_path, tmp_path / "home"))


def test_a_page_is_taken_apart(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(PAGE, encoding="utf-8")
    python, file, console = blocks_of(page)

    assert (python.kind, python.text) == ("python", "answer = 42\n")
    assert (file.kind, file.name, file.text) == ("file", "plugins/one.py", "import sfumato.plugin as sf\n")
    lines = [(each.line, each.shown) for each in commands_of(console)]
    assert lines == [('sfumato generate "a b" --count 2', "a.png\n..."), ("sfumato stop", "")]


def test_python_that_is_not_true_fails(lesson):
    lesson.run(Block(kind="python", text="answer = 42\n", line=1))

    with pytest.raises(AssertionError):
        lesson.run(Block(kind="python", text="assert answer == 41\n", line=3))


@pytest.mark.parametrize("text", ["$ sfumato --version\nsfumato, version 9.9\n", "$ sfumato hologram\n"])
def test_a_command_that_prints_or_ends_otherwise_fails(lesson, text):
    with pytest.raises(AssertionError):
        lesson.run(Block(kind="console", text=text, line=1))


def test_a_file_of_the_repository_that_no_test_runs_is_refused(lesson):
    with pytest.raises(AssertionError):
        lesson.run(Block(kind="include", name="../../docs/gallery.py", text="", line=1))


class Boastful(sf.Sampler):
    """Euler's method, which claims more than it is."""

    id, label, order = "docs.boastful", "Boastful", 3
    description = "Claims the third order."

    def step(self, x, sigma, sigma_next, state, noise):
        denoised = yield sf.Evaluate(x, sigma)
        return x + (x - denoised) / sigma * (sigma_next - sigma)


def test_a_contribution_that_breaks_its_contract_is_found():
    found = list(broken_contracts(contributions_in({"Boastful": Boastful}), ("costs-little", "distribution")))

    assert len(found) == 1
    assert "docs.boastful: sampler.converges-at-its-order" in found[0]


def test_dots_stand_for_anything_and_nothing_else_does():
    assert matches("a\n...\nb", "a\nsomething\nelse\nb\n")
    assert not matches("a\n...\nb", "a\nsomething\nelse\n")
    assert not matches("20 passed", "21 passed\n")
