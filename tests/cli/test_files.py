"""Where pictures go."""

from pathlib import Path

import pytest

from sfumato.cli.files import picture_path, problem_with, slug


@pytest.mark.parametrize(
    ("prompt", "name"),
    [
        ("mossy red brick wall", "mossy-red-brick-wall"),
        ("(Red dress:1.2), [old]  BREAK stone", "red-dress-1-2-old-break-stone"),
        ("", "picture"),
        ("../../etc/passwd", "etc-passwd"),
        ("снег и лёд", "снег-и-лёд"),
        ("()", "picture"),
        ("a" * 60, "a" * 48),
        ("word " * 100, "-".join(["word"] * 9)),
    ],
)
def test_a_prompt_as_a_file_name(prompt, name):
    assert slug(prompt) == name


def path_for(output, *, count=1, image_index=0, seed=5):
    return picture_path(output, prompt="moss", seed=seed, image_index=image_index, count=count)


def test_without_a_name_prompt_and_seed_make_one(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    assert path_for(None) == Path("moss-5.png")


def test_a_made_name_never_overwrites(tmp_path):
    (tmp_path / "moss-5.png").touch()
    assert path_for(tmp_path) == tmp_path / "moss-5-2.png"

    (tmp_path / "moss-5-2.png").touch()
    assert path_for(tmp_path) == tmp_path / "moss-5-3.png"


def test_a_given_name_is_taken_even_if_it_is_there(tmp_path):
    (tmp_path / "wall.png").touch()

    assert path_for(tmp_path / "wall.png") == tmp_path / "wall.png"


def test_several_images_are_numbered_so_that_they_sort():
    assert path_for(Path("wall.png"), count=3, image_index=2) == Path("wall-3.png")
    assert path_for(Path("wall.png"), count=10, image_index=2) == Path("wall-03.png")


@pytest.mark.parametrize(
    ("output", "problem"),
    [(None, None), ("wall.png", None), ("WALL.PNG", None), (".", None), ("wall.jpg", "ending in .png"),
     ("wall", "or a folder that is there"), ("no/such/wall.png", "no folder no/such")],
)  # fmt: skip
def test_a_name_that_cannot_work_is_known_before_anything_is_drawn(tmp_path, monkeypatch, output, problem):
    monkeypatch.chdir(tmp_path)

    said = problem_with(Path(output) if output else None)

    assert (said is None) if problem is None else (problem in said)
