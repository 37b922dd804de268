"""What the kit's fixtures give: pictures of materials, work that can be cancelled, a home, pages that are run."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import psutil
import pytest

import sfumato
import sfumato.plugin as sf
from sfumato.errors import DaemonUnavailable
from sfumato.testing.examples import examples_of, run_examples
from sfumato.testing.home import settled
from sfumato.testing.outcome import Failed


def test_a_material_is_a_picture_that_its_seed_determines(sfumato_material):
    bricks, again, others = (sfumato_material("brick", seed=seed, size_px=128) for seed in (1, 1, 2))

    assert (bricks.pixels.shape, bricks.pixels.dtype) == ((128, 128, 3), np.float32)
    assert 0 <= bricks.pixels.min() < bricks.pixels.max() <= 1
    assert (bricks.pixels == again.pixels).all()
    assert (bricks.pixels != others.pixels).any()


def test_a_material_that_nobody_knows(sfumato_material):
    with pytest.raises(ValueError, match=r"material: got 'marzipan', expected one of .*brick"):
        sfumato_material("marzipan")


def test_work_notes_what_was_wanted(sfumato_work, sfumato_picture):
    image = sfumato_picture(3, 16, 8)
    work, wanted = sfumato_work(answer=lambda wanted: image, tile="xy"), sf.Draw(prompt="moss", steps=4)

    assert work.draw(wanted) is image
    assert work.wanted == [wanted]
    assert work.recipe.tile == "xy"


def test_without_an_answer_the_same_wish_gives_the_same_picture(sfumato_work):
    first, again, other = (sfumato_work().draw(sf.Draw(prompt=prompt)).pixels for prompt in ("moss", "moss", "sand"))

    assert (first == again).all()
    assert (first != other).any()


@pytest.mark.parametrize("call", [lambda work: work.progress(0.5), lambda work: work.draw(sf.Draw(prompt="moss"))])
def test_cancelled_work_stops_at_the_next_call_and_for_good(call, sfumato_work):
    work = sfumato_work()
    work.progress(0.1)
    work.cancel()

    with pytest.raises(sf.JobCancelled):
        call(work)
    with pytest.raises(Failed, match="after an earlier call had raised JobCancelled"):
        call(work)
    assert (work.shares, work.wanted) == ([0.1], [])


def test_work_can_be_cancelled_after_so_many_calls(sfumato_work):
    work = sfumato_work(cancel_at=2)
    for share in (0.1, 0.2):
        work.progress(share)
    with pytest.raises(sf.JobCancelled):
        work.progress(0.3)
    assert work.shares == [0.1, 0.2]


def test_a_home_is_empty_and_its_daemon_ends_with_it(tmp_path, monkeypatch):
    monkeypatch.setenv("SFUMATO_ADDRESS", "127.0.0.1:9")
    (tmp_path / "work").mkdir()
    before = Path.cwd()
    with settled(tmp_path / "work", tmp_path / "daemon") as folder:
        assert Path.cwd() == folder
        with pytest.raises(DaemonUnavailable, match="no daemon is running"):
            sfumato.connect(start=False)
        with sfumato.connect() as studio:
            pid = studio.info().pid
        assert psutil.pid_exists(pid)
        assert list(folder.iterdir()) == []

    assert not psutil.pid_exists(pid)
    assert (Path.cwd(), os.environ["SFUMATO_ADDRESS"]) == (before, "127.0.0.1:9")


def test_a_home_needs_no_daemon(sfumato_home):
    assert Path.cwd() == sfumato_home


def test_the_blocks_of_a_page_are_one_program(tmp_path, sfumato_examples):
    (tmp_path / "page.md").write_text(
        """
1. In a list:
   ```python
   from dataclasses import dataclass

   @dataclass
   class Point:
       x: "int" = start
   ```

~~~text
raise RuntimeError
~~~

```python
point = Point()
named = Point.__module__, __name__
```
""",
        encoding="utf-8",
    )
    found = sfumato_examples(tmp_path / "page.md", {"start": 7})

    assert found["point"].x == 7
    assert found["named"] == ("__main__", "__main__")
    assert [example.lines_before for example in examples_of(tmp_path / "page.md")] == [3, 15]


def test_an_example_that_is_no_python_is_told_with_its_line(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("# Title\n\n```python\nx = 1\nif\n```\n", encoding="utf-8")
    with pytest.raises(SyntaxError) as raised:
        run_examples(page)
    assert (raised.value.filename, raised.value.lineno) == (str(page), 5)


def test_a_page_without_examples_is_refused(tmp_path):
    (tmp_path / "page.md").write_text("# Nothing\n\n```sh\nls\n```\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"page\.md: has no ```python block, expected at least one"):
        run_examples(tmp_path / "page.md")
