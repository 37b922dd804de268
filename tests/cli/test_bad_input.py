"""What goes wrong is told in one line that names the field, and the daemon goes on serving."""

import json
import pickle
from pathlib import Path

import pytest
from PIL import Image

QUICK = ("generate", "moss", "--model", "tiny", "--size", "64x64", "--steps", "1")


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    """Pictures and files that are none."""
    folder = tmp_path_factory.mktemp("pictures")
    Image.effect_noise((64, 64), 50).convert("RGB").save(folder / "init.png")
    Image.new("L", (64, 128), 255).save(folder / "tall.png")
    (folder / "cut.png").write_bytes((folder / "init.png").read_bytes()[:400])
    (folder / "text.png").write_text("not a picture")
    Image.new("1", (9000, 9000)).save(folder / "bomb.png")
    with (folder / "pickle.safetensors").open("wb") as file:
        pickle.dump({"weight": [1, 2, 3]}, file)
    return folder


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--sampler", "eulr"), "sampler.id (--sampler): no sampler 'eulr'; did you mean sfumato.euler?"),
        (("--guidance", "cgf"), "guider.id (--guidance): no guider 'cgf'; did you mean sfumato.cfg?"),
        (("--seed", "9" * 30), f"seed (--seed): got {'9' * 30}: far out of range"),
        (("--outpaint", "64"), "got '64', expected pixels left, top, right, bottom such as 64,0,64,0"),
        (("--size", "100x100"), "width_px (--size): got 100, expected a multiple of 8 from 64"),
        (("--size", "64"), "Invalid value for '--size': got '64', expected a width and a height in pixels"),
        (("--model", "tinny"), "model (--model): no model 'tinny'; did you mean tiny?"),
        (("--steps", "0"), "steps (--steps): got 0, expected a whole number 1 to 1000"),
        (("--seed", "-1"), "seed (--seed): got -1"),
        (("--tile", "z"), "Invalid value for '--tile'"),
        (("--init", "{}/init.png", "--strength", "nan"), "strength (--strength): got nan, expected a number over 0"),
        (("--strength", "0.5"), "strength (--strength): a strength needs an initial image"),
        (("--init", "{}/init.png", "--mask", "{}/tall.png"), "mask (--mask): "),
        (("--init", "{}/cut.png"), "init (--init): "),
        (("--init", "{}/text.png"), "init (--init): "),
        (("--init", "{}/bomb.png"), "init (--init): "),
        (("--init", "{}/none.png"), "Invalid value for '--init': File '{}/none.png' does not exist."),
        (
            ("--init", "{}/init.png", "--outpaint", "3,0,0,0"),
            "outpaint (--outpaint): got left_px=3, expected a multiple of 8",
        ),
        (("--set", "sampler=1"), "Invalid value for '--set': got 'sampler=1', expected such as sampler.eta=0.5"),
        (("--set", "guidance.scal=1"), "guidance.scal: sfumato.cfg has no parameter 'scal'; did you mean scale?"),
        (("--set", "guidance.scale=nan"), "guidance.scale: got nan, expected a finite number"),
        (("--from-image", "{}/init.png"), "the picture holds no Sfumato recipe"),
        (("-o", "{}/wall.jpg"), "Invalid value for -o: got 'wall.jpg', expected a name ending in .png"),
        (("-o", "{}/no/such/wall.png"), "Invalid value for -o: there is no folder {}/no/such"),
        (("--colour", "red"), "No such option '--colour'"),
    ],
    ids=lambda value: " ".join(value).replace("{}/", "") if isinstance(value, tuple) else "",
)
def test_a_wrong_request_is_told_in_one_line_that_names_the_field(home, pictures, options, told):
    result = home.invoke(*QUICK, *(option.format(pictures) for option in options))

    first, *rest = result.stderr.splitlines()
    assert result.exit_code == 2
    assert first.startswith("error: ")
    assert told.format(pictures) in first
    assert rest in ([], ["`sfumato generate --help` tells how it is used"])
    assert result.stdout == ""


def test_a_prompt_of_a_megabyte_is_told_by_its_length_and_not_printed(home):
    result = home.invoke("generate", "moss " * 200_000, "--model", "tiny")

    assert result.exit_code == 2
    assert "prompt (PROMPT): got 1000000 characters, expected at most 32768" in result.stderr
    assert len(result.stderr) < 200


def test_a_missing_prompt(home):
    result = home.invoke("generate")

    assert result.exit_code == 2
    assert result.stderr.startswith("error: missing PROMPT; give one, or a picture with --from-image")


def test_an_error_as_json_for_scripts(home):
    result = home.invoke(*QUICK, "--sampler", "eulr", "--json")

    error = json.loads(result.stdout)["error"]
    assert result.exit_code == 2
    assert (error["reason"], error["violations"][0]["field"]) == ("INVALID_RECIPE", "sampler.id")


def test_a_daemon_that_is_not_there_is_told_as_json_too(home, monkeypatch):
    monkeypatch.setenv("SFUMATO_ADDRESS", "127.0.0.1:1")

    error = json.loads(home.invoke(*QUICK, "--json").stdout)["error"]
    assert error["reason"] == "UNAVAILABLE"
    assert error["message"].startswith("no daemon answers at 127.0.0.1:1")


def test_a_folder_that_cannot_be_written_to(home, tmp_path):
    (tmp_path / "wall.png").mkdir()
    (tmp_path / "wall.png" / "moss-1.png.part").mkdir()

    result = home.invoke(*QUICK, "--seed", "1", "-o", tmp_path / "wall.png")

    assert result.exit_code == 1
    assert "moss-1.png.part: Is a directory" in result.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no file that is always full")
def test_a_full_disk_is_told_with_the_file_s_name(home, tmp_path):
    (tmp_path / "moss.png.part").symlink_to("/dev/full")

    result = home.invoke(*QUICK, "-o", tmp_path / "moss.png")

    assert result.exit_code == 1
    assert result.stderr == f"error: {tmp_path / 'moss.png'}: No space left on device\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no file that is always full")
def test_images_that_nobody_can_save_are_not_drawn(home, tmp_path):
    (tmp_path / "moss-01.png.part").symlink_to("/dev/full")

    result = home.invoke(*QUICK, "--count", "64", "--steps", "20", "-o", tmp_path / "moss.png", "--json")

    assert result.exit_code == 1
    said = f"{tmp_path / 'moss-01.png'}: No space left on device"
    assert json.loads(result.stdout)["error"] == {"reason": "INTERNAL", "message": said, "metadata": {}}
    job_id = home.invoke("jobs", "list").stdout.splitlines()[1].split()[0]
    assert home.invoke("jobs", "watch", job_id).stdout.startswith("cancelled")


@pytest.mark.parametrize("source", ["gone", "./gone", "gone.safetensors", "a/b/gone"])
def test_a_missing_model_is_told_by_its_whole_path(home, tmp_path, monkeypatch, source):
    monkeypatch.chdir(tmp_path)
    result = home.invoke("models", "add", source)

    assert result.exit_code == 1
    assert result.stderr.startswith(f"error: no file or folder {tmp_path / source}; give a path, or owner/name")


@pytest.mark.parametrize("command", ["add", "inspect"])
def test_a_pickle_is_refused_whatever_it_is_called(home, pictures, command):
    result = home.invoke("models", command, pictures / "pickle.safetensors")

    assert result.exit_code == 1
    assert result.stderr.startswith("error: ")
    assert "pickle" in result.stderr
    assert "tiny" in home.invoke("models", "list").stdout


def test_an_unknown_command_and_its_help(home):
    result = home.invoke("generat")

    assert result.exit_code == 2
    assert result.stderr.splitlines() == ["error: No such command 'generat'.", "`sfumato --help` tells how it is used"]


@pytest.mark.parametrize("words", [("jobs", "show"), ("jobs", "watch"), ("jobs", "cancel"), ("models", "remove")])
def test_what_is_not_there_is_told_by_its_id(home, words):
    result = home.invoke(*words, "nothing")

    assert result.exit_code == 1
    assert "nothing" in result.stderr
