"""`sfumato generate` end to end: command line, front, worker, engine and a tiny model, each in its process."""

import json
import signal
from pathlib import Path

import pytest
from PIL import Image

from sfumato.images import decode, recipe_of, texts_of
from tests.cli.conftest import PATIENCE_S

QUICK = ("--model", "tiny", "--size", "64x64", "--steps", "2")
#: So long that nobody has to hurry with Ctrl-C.
LONG = ("--size", "128x128", "--steps", 20)


@pytest.fixture(scope="module")
def original(home):
    """A picture made with as many options as there are, and the line about it."""
    made = home.run(
        "generate", "(red:1.2) brick", *QUICK, "--seed", 5, "--negative", "dust", "--sampler", "euler", "--schedule",
        "karras", "--set", "guidance.scale=3", "--tile", "x", "-o", "original.png", "--json",
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    return home.root / "original.png", json.loads(made.stdout)


def test_the_file_and_its_line_say_what_was_made(original):
    path, line = original

    assert (line["file"], line["seed"], line["width_px"], line["height_px"]) == ("original.png", 5, 64, 64)
    recipe = line["recipe"]
    assert recipe == recipe_of(path.read_bytes())["recipe"]
    assert (recipe["prompt"], recipe["negative_prompt"], recipe["tile"]) == ("(red:1.2) brick", "dust", "x")
    assert (recipe["sampler"]["id"], recipe["schedule"]["id"]) == ("sfumato.euler", "sfumato.karras")
    assert recipe["guider"]["params"]["scale"] == 3.0


def test_other_tools_find_their_text(original):
    path, _ = original

    with Image.open(path) as image:
        text = image.info["parameters"]
    assert text.startswith("(red:1.2) brick\nNegative prompt: dust\nSteps: 2, Sampler: Euler, Schedule type: Karras, ")
    assert "CFG scale: 3.0, Seed: 5, Size: 64x64, Model: tiny" in text


def test_from_image_makes_the_same_file_byte_for_byte(home, original):
    path, _ = original
    again = home.run("generate", "--from-image", path, "-o", "again.png")

    assert again.returncode == 0, again.stderr
    assert (home.root / "again.png").read_bytes() == path.read_bytes()


def test_from_image_with_other_options_changes_only_these(home, original):
    path, line = original
    changed = home.run("generate", "blue stone", "--from-image", path, "--steps", 3, "-o", "changed.png", "--json")

    expected = line["recipe"] | {"prompt": "blue stone", "steps": 3}
    assert json.loads(changed.stdout)["recipe"] == expected, changed.stderr


def test_each_of_several_images_can_be_made_again_alone(home, tmp_path):
    made = home.run("generate", "moss", *QUICK, "--seed", 8, "--count", 3, "-o", tmp_path / "moss.png")
    assert made.stdout.split() == [str(tmp_path / f"moss-{number}.png") for number in (1, 2, 3)], made.stderr

    home.run("generate", "--from-image", tmp_path / "moss-3.png", "-o", tmp_path / "third.png")

    assert recipe_of((tmp_path / "moss-3.png").read_bytes())["recipe"]["seed"] == 10
    assert (tmp_path / "third.png").read_bytes() == (tmp_path / "moss-3.png").read_bytes()


def test_without_a_name_the_prompt_and_the_seed_make_one(home, tmp_path):
    for name in ("red-brick-7.png", "red-brick-7-2.png"):
        made = home.run("generate", "red brick", *QUICK, "--seed", 7, folder=tmp_path)
        assert made.stdout == f"{name}\n", made.stderr
        assert made.stderr == ""

    assert sorted(path.name for path in tmp_path.iterdir()) == ["red-brick-7-2.png", "red-brick-7.png"]


def test_a_picture_is_kept_outside_its_mask_and_made_again(home, tmp_path):
    Image.new("RGB", (64, 64), "teal").save(tmp_path / "init.png")
    mask = Image.new("L", (64, 64), 0)
    mask.paste(255, (32, 0, 64, 64))
    mask.save(tmp_path / "mask.png")
    inputs = ("--init", tmp_path / "init.png", "--mask", tmp_path / "mask.png")
    made = home.run("generate", "moss", *QUICK, *inputs, "--strength", 0.8, "-o", tmp_path / "out.png")
    assert made.returncode == 0, made.stderr

    home.run("generate", "--from-image", tmp_path / "out.png", "-o", tmp_path / "again.png")

    assert (tmp_path / "again.png").read_bytes() == (tmp_path / "out.png").read_bytes()
    left = decode((tmp_path / "out.png").read_bytes()).to_pil().crop((0, 0, 16, 64))
    assert left.getcolors() == [(16 * 64, (0, 128, 128))]
    assert "Denoising strength: 0.8" in texts_of((tmp_path / "out.png").read_bytes())["parameters"]


def test_outpainting_grows_the_canvas(home, tmp_path):
    Image.new("RGB", (64, 64), "teal").save(tmp_path / "init.png")
    options = ("--model", "tiny", "--steps", 2, "--init", tmp_path / "init.png", "--outpaint", "64,0,0,8")
    made = home.run("generate", "moss", *options, "-o", tmp_path / "out.png", "--json")

    line = json.loads(made.stdout)
    assert (line["width_px"], line["height_px"]) == (128, 72)


def test_without_a_model_ground_draws(home, tmp_path):
    made = home.run("generate", "moss", "--size", "64x64", "--steps", 1, "-o", tmp_path / "moss.png", "--json")

    assert json.loads(made.stdout)["recipe"]["model"] == "ground", made.stderr


def test_ctrl_c_cancels_the_job_and_waits_for_its_end(home, tmp_path):
    process = home.begin("generate", "moss", *LONG, "--seed", 1, "--count", 64, "--json", folder=tmp_path)
    first = json.loads(process.stdout.readline())
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=PATIENCE_S)

    assert process.returncode == 130
    assert err == f"cancelled job {first['job']}\n"
    job = json.loads(home.invoke("jobs", "show", first["job"]).stdout)
    assert job["state"] == "cancelled"
    told = {first["file"], *(json.loads(line)["file"] for line in out.splitlines())}
    saved = {path.name for path in tmp_path.iterdir()}
    assert told <= saved
    assert {Path(name).suffix for name in saved} == {".png"}
    assert len(saved) < 64
