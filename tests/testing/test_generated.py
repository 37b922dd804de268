"""`sfumato plugins new`: what it writes for every kind installs into a fresh environment, and passes its own tests."""

import json
import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

from sfumato.cli.plugin_check import KINDS

SFUMATO = [sys.executable, "-c", "import sys; from sfumato.cli import main; sys.argv[0] = 'sfumato'; main()"]


def run(*command, **options):
    ended = subprocess.run(command, capture_output=True, text=True, **options)
    assert ended.returncode == 0, ended.stdout[-3000:] + ended.stderr[-3000:]
    return ended.stdout


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """A folder with a distribution of every kind, as the command writes them."""
    folder = tmp_path_factory.mktemp("written")
    for kind in KINDS:
        run(*SFUMATO, "plugins", "new", f"acme-{kind}", "--kind", kind, "--output", str(folder))
    return folder


@pytest.fixture(scope="module")
def python(tmp_path_factory, written):
    """The Python of a fresh environment that has them installed, on top of the one that runs these tests."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=False)
    site = sysconfig.get_path("purelib", vars={"base": str(folder), "platbase": str(folder)})
    beneath = f"import site; site.addsitedir({sysconfig.get_path('purelib')!r})\n"
    Path(site, "beneath.pth").write_text(beneath, encoding="utf-8")
    found = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    plugins = [str(written / f"acme-{kind}") for kind in KINDS]
    run(str(found), "-m", "pip", "install", "--quiet", "--no-index", "--no-deps", "--no-build-isolation", *plugins)
    return str(found)


@pytest.mark.parametrize("kind", KINDS)
def test_its_own_tests_pass(python, written, kind):
    told = run(python, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-rw", cwd=written / f"acme-{kind}")

    assert "failed" not in told
    assert "warning" not in told


def test_the_check_passes_by_the_name_of_the_distribution(python):
    command = "import sys; from sfumato.cli import main; sys.argv[0] = 'sfumato'; main()"
    told = json.loads(run(python, "-c", command, "plugins", "check", "acme-sampler", "--json", "--seed", "3"))

    assert (told["plugin"], told["seed"]) == ("acme-sampler", 3)
    assert set(told["counts"]) <= {"passed", "skipped"}
    assert told["counts"]["passed"] == len([row for row in told["verdicts"] if row["outcome"] == "passed"]) > 20


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_of_the_template_is_left(written, kind):
    texts = [path.read_text(encoding="utf-8") for path in (written / f"acme-{kind}").rglob("*") if path.is_file()]

    assert len(texts) >= 4
    assert not any(word in text for text in texts for word in ("template", "TEMPLATE"))
