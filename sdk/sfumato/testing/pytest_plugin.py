"""A pytest plugin: what the kit works with, as fixtures. `conformance_tests` needs none of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import sfumato.plugin as sf
    from sfumato.testing.mixture import Mixture
    from sfumato.testing.pictures import StandInWork
    from sfumato.testing.studio import Studio
    from sfumato.testing.workshop import Workshop


@pytest.fixture
def sfumato_mixture() -> Mixture:
    """A Gaussian mixture whose denoiser, ODE and distribution are known in closed form."""
    from sfumato.testing.mixture import Mixture

    return Mixture()


@pytest.fixture(scope="session")
def sfumato_picture() -> Callable[..., sf.Image]:
    """Makes a picture: `sfumato_picture(seed, width_px, height_px, channels)`; all but the seed may be left out."""
    from sfumato.testing.pictures import picture

    return picture


@pytest.fixture(scope="session")
def sfumato_material() -> Callable[..., sf.Image]:
    """Makes a picture of one of Ground's materials, seamless and lit: `sfumato_material("brick", seed=1, size_px=64)`.

    The size is a multiple of 64; seed and size may be left out.
    """
    from sfumato.testing.materials import material

    return material


@pytest.fixture
def sfumato_work() -> Callable[..., StandInWork]:
    """Makes what a processor works with, outside of the engine: `sfumato_work(images={...}, mask=..., cancel_at=3)`.

    It notes the `shares` of progress and what was `wanted` of draw(), which answers with `answer(wanted)` where that
    is given. `tile="xy"` makes it the work of a job that tiles; `cancel()` cancels it.
    """
    from sfumato.testing.pictures import StandInWork
    from sfumato.testing.studio import recipe

    def made(seed: int = 0, *, tile: str = "", **options: Any) -> StandInWork:
        return StandInWork(**{"recipe": recipe(seed, tile=tile), "seed": seed, "images": {}, **options})

    return made


@pytest.fixture
def sfumato_studio() -> Callable[..., Studio]:
    """Makes an engine with the kit's stand-in as its model, and these contributions beside the built-in ones.

    `sfumato_studio(Swirl).latents(recipe(0, sampler=Selection(id="acme.swirl")), {})`
    """
    from sfumato.testing.registries import builtins_and
    from sfumato.testing.studio import Studio

    def made(*contributions: type[sf.Contribution]) -> Studio:
        return Studio(builtins_and(*contributions))

    return made


@pytest.fixture
def sfumato_workshop() -> Callable[..., Workshop]:
    """Makes an engine that goes from recipes to finished images, with all installed plugins and these contributions.

    `sfumato_workshop(Swirl).pictures(recipe(0, post_processors=(Selection(id="acme.swirl"),)))`; `run` returns the
    events of a job instead. Its model is the kit's stand-in, or another `family`.
    """
    from sfumato.testing.registries import installed_and
    from sfumato.testing.stand_in import StandIn
    from sfumato.testing.workshop import Workshop

    def made(*contributions: type[sf.Contribution], family: sf.Family | None = None, **options: Any) -> Workshop:
        model = family or StandIn()
        return Workshop(installed_and(*contributions, type(model)), model, **options)

    return made


@pytest.fixture
def sfumato_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """An empty folder as the working directory, and no daemon but the test's own, which ends with the test.

    `sfumato.connect()` starts one; neither the user's daemon nor the user's data are touched.
    """
    from sfumato.testing.home import settled

    with settled(tmp_path_factory.mktemp("work"), tmp_path_factory.mktemp("daemon")) as folder:
        yield folder


@pytest.fixture
def sfumato_examples(sfumato_home: Path) -> Callable[..., dict[str, Any]]:
    """Runs all Python blocks of a Markdown page in order, as one program: `sfumato_examples(README)`.

    Returns the names that they define; what they raise points to its line in the page. They run in `sfumato_home`,
    and find there what the test has put there; the page is given by its whole path.
    """
    from sfumato.testing.examples import run_examples

    return run_examples


@pytest.fixture(scope="session")
def sfumato_one_thread() -> Iterator[None]:
    """Torch computes on one thread for the session, so that its sums do not depend on the machine."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)
