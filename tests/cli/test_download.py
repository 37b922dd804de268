"""`sfumato models add owner/name` against a hub on the loopback, with a real daemon and worker."""

import signal
import threading

import pytest

from sfumato.testing.tiny_models import tiny_folder
from tests.engine.hub_server import hub

UNET = "unet/diffusion_pytorch_model.safetensors"


class Slow:
    """A hub that stops in the middle of the UNet until it is let go."""

    def __init__(self):
        self.reached, self.let_go = threading.Event(), threading.Event()

    def __call__(self, file):
        if file == UNET:
            self.reached.set()
            assert self.let_go.wait(300)
        return True


@pytest.fixture
def slow():
    slow = Slow()
    yield slow
    slow.let_go.set()


@pytest.fixture
def home(empty_home, slow, tmp_path):
    """A home whose hub has acme/Tiny."""
    with hub({"acme/Tiny": tiny_folder(tmp_path / "published")}, halfway=slow) as (address, _):
        empty_home.environment |= {"HF_ENDPOINT": address, "HF_HOME": str(tmp_path / "hf")}
        yield empty_home
        slow.let_go.set()
        empty_home.end_daemon()


def test_a_job_goes_on_while_a_model_is_downloaded(home, slow):
    adding = home.begin("models", "add", "acme/Tiny")
    assert slow.reached.wait(300)
    made = home.run("generate", "moss", "--size", "64x64", "--steps", 2, "-o", "moss.png")
    assert made.returncode == 0, made.stderr
    assert adding.poll() is None
    slow.let_go.set()

    out, err = adding.communicate(timeout=300)
    assert (adding.returncode, err) == (0, "")
    assert out.startswith("added tiny\n")
    made = home.run("generate", "red brick", "--model", "tiny", "--size", "64x64", "--steps", 1, "-o", "brick.png")
    assert made.returncode == 0, made.stderr


def test_ctrl_c_ends_a_download_and_the_next_one_goes_on(home, slow):
    adding = home.begin("models", "add", "acme/Tiny")
    assert slow.reached.wait(300)
    adding.send_signal(signal.SIGINT)
    adding.communicate(timeout=300)
    assert adding.returncode == 130
    slow.let_go.set()
    assert "tiny" not in home.run("models", "list").stdout

    added = home.run("models", "add", "acme/Tiny", "--id", "second")
    assert added.stdout.startswith("added second\n"), added.stderr


def test_what_the_hub_does_not_have_is_one_line(home):
    added = home.run("models", "add", "acme/Tinny")
    assert (added.returncode, added.stderr.count("\n")) == (1, 1)
    assert added.stderr.startswith("error: acme/Tinny is not on the hub; check the name")
