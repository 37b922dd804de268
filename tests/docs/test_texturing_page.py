"""The page about painted meshes does what it says."""

from tests.docs.blocks import DOCS, KINDS, blocks_of
from tests.docs.lesson import Lesson

PAGE = DOCS / "texturing.md"


def test_the_page_does_what_it_says(terminal, capsys):
    lesson = Lesson(PAGE, terminal)
    for block in blocks_of(PAGE):
        lesson.run(block)

    assert (terminal.folder / "painted.glb").exists()
    assert (terminal.folder / "planks.glb").exists()
    assert "view 3 of 3" in capsys.readouterr().out
    assert {block.kind for block in blocks_of(PAGE)} <= set(KINDS)
