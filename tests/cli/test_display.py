"""What a running job looks like in a terminal."""

import io
from datetime import UTC, datetime

import pytest
from rich.console import Console

from sfumato.cli.halfblocks import HalfBlocks
from sfumato.cli.progress import JobDisplay
from sfumato.client import events
from sfumato.images import Pixels

STAMP = {"number": 1, "time": datetime.now(UTC)}
RED_OVER_BLUE = Pixels(width_px=1, height_px=2, data=bytes([255, 0, 0, 0, 0, 255]))


def terminal(**options):
    return Console(file=io.StringIO(), force_terminal=True, width=80, height=50, **options)


def step(index, *, image_index=0, preview=None):
    return events.Stepped(**STAMP, image_index=image_index, step_index=index, step_count=10, sigma=1.0, preview=preview)


def test_two_pixels_share_a_cell():
    console = terminal(color_system="truecolor")
    console.print(HalfBlocks(RED_OVER_BLUE))

    assert console.file.getvalue().startswith("\x1b[38;2;255;0;0;48;2;0;0;255m▀")


@pytest.mark.parametrize(
    ("width_px", "height_px", "columns", "rows"), [(32, 32, 32, 16), (128, 128, 40, 20), (4, 1, 4, 1), (200, 20, 48, 2)]
)
def test_a_picture_fits_the_terminal_and_keeps_its_shape(width_px, height_px, columns, rows):
    console = terminal(color_system="truecolor")
    console.print(HalfBlocks(Pixels(width_px=width_px, height_px=height_px, data=bytes(3 * width_px * height_px))))

    lines = console.file.getvalue().rstrip("\n").split("\n")
    assert (lines[0].count("▀"), len(lines)) == (columns, rows)


def test_the_bar_counts_the_steps_of_all_images():
    console = terminal(color_system="truecolor")
    with JobDisplay(2, 10, console) as display:
        display.show(events.StageEntered(**STAMP, stage="denoise"))
        display.show(step(10))
        display.show(step(3, image_index=1))

    assert "drawing" in console.file.getvalue()
    assert "13/20" in console.file.getvalue()


def test_the_preview_is_shown_where_the_terminal_can():
    console = terminal(color_system="truecolor")
    with JobDisplay(1, 10, console) as display:
        assert display.shows_previews
        display.show(step(1, preview=RED_OVER_BLUE))

    assert "▀" in console.file.getvalue()


@pytest.mark.parametrize("colours", ["standard", "256", None])
def test_no_preview_without_24_bit_colour(colours):
    console = terminal(color_system=colours)
    with JobDisplay(1, 10, console) as display:
        assert not display.shows_previews
        display.show(step(1, preview=RED_OVER_BLUE))

    assert "▀" not in console.file.getvalue()


def test_nothing_is_drawn_into_a_file():
    console = Console(file=io.StringIO(), force_terminal=False)
    with JobDisplay(1, 10, console) as display:
        display.show(step(5))
        with display.aside():
            pass

    assert console.file.getvalue() == ""


def test_a_dead_worker_is_told():
    console = Console(file=io.StringIO(), force_terminal=False, width=100)
    with JobDisplay(1, 10, console) as display:
        display.show(events.Interrupted(**STAMP, description="the worker died: it was ended by SIGKILL"))

    assert (
        console.file.getvalue()
        == "the worker died: it was ended by SIGKILL; the job goes on from its last checkpoint\n"
    )


def test_what_is_printed_aside_is_not_wiped_out_afterwards():
    console = terminal(color_system="truecolor")
    tall = Pixels(width_px=8, height_px=20, data=bytes(480))
    with JobDisplay(1, 10, console) as display:
        display.show(step(1, preview=tall))
        with display.aside():
            console.file.write("wall.png\n")
        mark = console.file.tell()
        display.show(step(2, preview=tall))

    lines_drawn = console.file.getvalue()[mark:].count("\n")
    lines_cleared = console.file.getvalue()[mark:].count("\x1b[1A")
    assert lines_cleared <= lines_drawn
