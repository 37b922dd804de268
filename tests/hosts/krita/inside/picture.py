"""The window with a real result on the canvas, for the pages of the artist."""

import os

import krita

from . import scenes
from .artist import Artist
from .runner import until

_STAYS = ("sfumato", "KisLayerBox", "ToolBox")


def trial(report):
    """Fill a round selection of a wall with moss, and look at one of three results."""
    artist = Artist()
    document = yield from scenes.open_document(512, 512)
    yield from artist.sit_down()
    yield from artist.look_at(document)
    window = krita.Krita.instance().activeWindow()
    window.qwindow().resize(1360, 860)
    for docker in window.dockers():
        if docker.objectName() not in _STAYS and docker.isVisible():
            docker.setVisible(False)
    for _ in range(20):
        yield
    shot(window, "waiting")
    artist.type_in("weathered brick wall", steps=20, tile="xy")
    job = yield from artist.draw("generate")
    artist.studio.apply(job.results[0])
    yield from scenes.settle(document)
    artist.studio.discard(job.results[0])
    chosen = krita.Selection()
    chosen.select(150, 130, 220, 240, 255)
    chosen.feather(30)
    document.setSelection(chosen)
    krita.Krita.instance().action("zoom_to_fit").trigger()
    artist.type_in("green moss", steps=20, count=3, tile="")
    artist.press("fill")
    job = artist.studio.jobs.all()[-1]
    yield from until(lambda: job.preview is not None, "a preview")
    for _ in range(20):
        yield
    shot(window, "drawing")
    yield from until(lambda: not job.open, "the results")
    for _ in range(60):
        yield
    shot(window, "results")
    for section in artist.docker._sections:
        section.unfold(True)
    artist.docker.finish._take("upscale.enlarge")
    artist.docker._sections[2]._take("control.net")
    for _ in range(60):
        yield
    artist.docker.widget().widget().grab().save(os.path.join(os.environ["HOME"], "sections.png"))
    report["state"] = job.state


def shot(window, name):
    """What the artist sees."""
    window.qwindow().grab().save(os.path.join(os.environ["HOME"], name + ".png"))
