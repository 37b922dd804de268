"""status, stop, models, catalog, jobs and doctor against a real daemon."""

import json
import re
import time

from tests.cli.conftest import PATIENCE_S


def test_a_daemon_s_life_as_the_command_line_tells_it(empty_home):
    home = empty_home
    none = home.run("status")
    assert (none.returncode, none.stderr) == (1, "error: no daemon is running; `sfumato serve` starts one\n")
    assert home.run("stop").stdout == "no daemon is running\n"

    serving = home.begin("serve")
    while not home.announced():
        assert serving.poll() is None, serving.stderr.read()
        time.sleep(0.01)
    running = home.run("status")
    assert re.match(rf"daemon  [\d.]+, process {serving.pid}\nworker  stopped\njobs    0 ", running.stdout)

    assert home.run("stop").stdout == "stopped\n"
    assert serving.wait(PATIENCE_S) == 0
    serving.communicate()
    assert home.run("status").returncode == 1


def test_status_tells_the_device_once_the_worker_is_there(home):
    told = home.invoke("status").stdout

    assert re.search(r"worker  ready on CPU \(\w+, 1 threads?\)", told)


def test_models_are_listed_and_inspected(home):
    listed = home.invoke("models", "list").stdout.splitlines()
    assert listed[0].split() == ["ID", "TITLE", "ARCHITECTURE", "SIZE"]
    assert any(row.split()[0] == "tiny" for row in listed[1:])

    inspected = home.invoke("models", "inspect", home.root / "tiny-sd").stdout
    assert re.search(r"architecture +sd, epsilon", inspected)


def test_a_model_comes_and_goes(home):
    added = home.invoke("models", "add", home.root / "tiny-sd", "--id", "second")
    assert added.stdout.startswith("added second\n")
    assert "second" in home.invoke("models", "list").stdout

    assert home.invoke("models", "remove", "second").stdout == "removed second\n"
    assert "second" not in home.invoke("models", "list").stdout
    assert (home.root / "tiny-sd" / "unet").is_dir()


def test_the_catalogue_tells_every_parameter(home):
    told = home.invoke("catalog").stdout
    assert "sfumato.dpmpp-2m  DPM++ 2M" in told
    assert re.search(r"^      scale = [\d.]+ ", told, re.MULTILINE)

    samplers = home.invoke("catalog", "sampler").stdout
    assert samplers.startswith("sampler\n")
    assert "sfumato.cfg" not in samplers
    assert re.search("expected one of .*family, guider, .*sampler", home.invoke("catalog", "sampla").stderr)


def test_a_job_is_listed_watched_and_shown(home, tmp_path):
    made = home.invoke(
        "generate", "red brick", "--model", "tiny", "--size", "64x64", "--steps", 1, "-o", tmp_path / "a.png", "--json"
    )
    job_id = json.loads(made.stdout)["job"]

    newest = home.invoke("jobs", "list").stdout.splitlines()[1]
    assert newest.split()[:2] == [job_id, "succeeded"]
    assert newest.endswith("red brick")
    assert re.fullmatch(r"succeeded after [\d.]+ s\n", home.invoke("jobs", "watch", job_id).stdout)
    shown = json.loads(home.invoke("jobs", "show", job_id).stdout)
    assert (shown["state"], shown["recipe"]["prompt"], len(shown["images"])) == ("succeeded", "red brick", 1)
    assert home.invoke("jobs", "cancel", job_id).stdout == f"job {job_id} had already succeeded\n"


def test_doctor_looks_at_everything(home):
    told = home.invoke("doctor").stdout

    looked_at = [line.split()[1] for line in told.splitlines() if line[:2] in ("ok", "!!")]
    assert looked_at[:6] == ["python", "sfumato", "torch", "diffusers", "transformers", "safetensors"]
    assert looked_at[6:] == ["ground", "runtime", "data", "disk", "daemon"]
    assert re.search(r"^ok +daemon +[\d.]+, process \d+, worker ready", told, re.MULTILINE)


def test_doctor_says_what_to_do(empty_home):
    data = empty_home.root / "data"
    data.write_text("a file in the way")

    result = empty_home.invoke("doctor")

    assert result.exit_code == 1
    assert re.search(r"^!! +data folder +\S+data\n +\S", result.stdout, re.MULTILINE)
