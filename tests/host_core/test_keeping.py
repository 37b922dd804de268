"""Presets, pictures without numpy, and what is remembered."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from host_adapters.core.frames import Frame, FrameError, encode, read
from host_adapters.core.geometry import Bounds
from host_adapters.core.history import Entry, History, Waiting
from host_adapters.core.host import Picture, Selection
from host_adapters.core.pictures import all_selected, coverage_within, picture_of
from host_adapters.core.presets import Presets, user_folder
from host_adapters.core.workspace import Chosen, Region, Workspace
from sfumato import frames


def test_a_preset_keeps_how_one_works_and_not_what_belongs_to_a_picture(tmp_path):
    presets = Presets(tmp_path / "new" / "folder")
    made = Workspace(mode="fill", prompt="moss", seed=5, keep_seed=True, regions=[Region("layer", "lake")], steps=9)
    presets.save(" Mossy ", made)
    mine = Workspace(seed=7, regions=[Region("other", "hill")])

    loaded = Presets(tmp_path / "new" / "folder").load("Mossy", mine)

    assert (loaded.mode, loaded.prompt, loaded.steps) == ("fill", "moss", 9)
    assert (loaded.seed, loaded.keep_seed, loaded.regions) == (7, False, mine.regions)
    presets.save("aqua", Workspace(sampler=Chosen("s.heun")))
    assert presets.names() == ["aqua", "Mossy"]
    presets.delete("Mossy")
    assert presets.names() == ["aqua"]


@pytest.mark.parametrize("damage", ["", "[]", '{"presets": 3}', '{"presets": {"a": 5}}'])
def test_damaged_presets_are_none(tmp_path, damage):
    (tmp_path / "presets.json").write_text(damage, encoding="utf-8")

    assert Presets(tmp_path).names() == []


def test_adapters_keep_their_things_in_the_data_folder(tmp_path):
    assert user_folder("krita", {"SFUMATO_DATA_DIR": str(tmp_path)}) == tmp_path / "hosts" / "krita"
    assert user_folder("gimp", {"XDG_DATA_HOME": str(tmp_path), "LOCALAPPDATA": str(tmp_path)}).name == "gimp"


rectangles = st.builds(Bounds, st.integers(-9, 9), st.integers(-9, 9), st.integers(1, 12), st.integers(1, 12))


@given(rectangles, rectangles, st.data())
def test_coverage_is_cut_and_padded_to_what_is_drawn(selected, bounds, data):
    values = data.draw(st.binary(min_size=selected.area_px, max_size=selected.area_px))
    selection = Selection(selected, Picture(selected.width_px, selected.height_px, "gray8", values))

    found = coverage_within(selection, bounds).data

    assert len(found) == bounds.area_px
    for index, value in enumerate(found):
        x, y = bounds.x + index % bounds.width_px, bounds.y + index // bounds.width_px
        inside = selected.x <= x < selected.right_px and selected.y <= y < selected.bottom_px
        assert value == (values[(y - selected.y) * selected.width_px + x - selected.x] if inside else 0)


def test_all_is_selected_only_where_everything_is_white():
    canvas = Bounds(0, 0, 4, 4)

    def selected(values, bounds=canvas):
        return all_selected(Selection(bounds, Picture(bounds.width_px, bounds.height_px, "gray8", values)), canvas)

    assert selected(b"\xff" * 16)
    assert not selected(b"\xff" * 15 + b"\xfe")
    assert not selected(b"\xff" * 9, Bounds(0, 0, 3, 3))
    assert selected(b"\xff" * 36, Bounds(-1, -1, 6, 6))


@pytest.mark.parametrize(
    "header",
    [None, {}, {"width_px": 2, "height_px": 2, "format": "bgr"}, {"width_px": 2, "height_px": 3, "format": "gray8"}],
)
def test_a_picture_that_does_not_fit_its_bytes_is_none(header):
    assert picture_of(header, bytes(4)) is None


def test_a_history_comes_back_and_forgets_what_is_oldest():
    history = History()
    for number in range(300):
        history.remember(Entry(f"t/{number}/0", "a" * 64, "moss", Bounds(1, 2, 3, 4), number, {"seed": number}, {}))
        history.remember_prompt(f"prompt {number % 60}")
    history.await_job(Waiting("t", "job", Bounds(0, 0, 1, 1), "fill", "moss", {"width_px": 1}, 7))
    history.remember_prompt("  ")

    again = History.from_bytes(history.to_bytes())

    assert (again.entries, again.prompts, again.waiting) == (history.entries, history.prompts, history.waiting)
    assert len(again.entries) == 200
    assert again.entries[0].seed == 299
    assert len(again.prompts) == len(set(again.prompts)) == 50
    again.settle("t")
    assert again.waiting == []


class Stream:
    """Bytes that are read as from a pipe."""

    def __init__(self, data):
        self.data = data

    def read(self, size):
        taken, self.data = self.data[:size], self.data[size:]
        return taken


def test_frames_are_those_of_the_bridge():
    header, pieces = {"op": "submit", "words": "Ä"}, (b"one", b"", b"two")
    whole = b"".join(encode(header, pieces))

    assert whole[8:] == frames.encode(header, b"onetwo")[8:]
    assert read(Stream(whole + whole)) == Frame(header, b"onetwo")
    assert read(Stream(b"")) is None


@given(st.binary(min_size=1, max_size=60))
def test_what_is_no_frame_is_a_frame_error_or_a_frame(rubbish):
    with contextlib.suppress(FrameError):
        assert isinstance(read(Stream(rubbish)), Frame)
