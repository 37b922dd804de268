"""Layers that guide the drawing, by the widgets of the docker: words of their own, and a ControlNet's picture."""

import os

from sfumato.form_widgets import LayerCombo
from sfumato.qt import QtWidgets

from . import scenes
from .artist import Artist

HALF_PX = 128
SIDE_PX = 2 * HALF_PX
_CONTROL, _REGIONS = 2, 3


def trial(report):
    """One document with a painted layer on each half."""
    artist = Artist()
    document = yield from scenes.open_document(SIDE_PX, SIDE_PX)
    yield from artist.sit_down()
    yield from artist.look_at(document)
    layers = [half(document, name, place) for place, name in enumerate(("Left", "Right"))]
    yield from scenes.settle(document)
    artist.type_in("grey cobblestone", steps=16, seed=3, keep_seed=True, native_size=False)
    report["regions"] = yield from regions(artist, document, layers)
    report["control"] = yield from control(artist, layers)
    yield from scenes.close(document)


def half(document, name, place):
    """A layer with paint on the left or the right half of the canvas."""
    layer = document.createNode(name, "paintlayer")
    layer.setPixelData(bytes((255, 255, 255, 255)) * HALF_PX * SIDE_PX, HALF_PX * place, 0, HALF_PX, SIDE_PX)
    document.rootNode().addChildNode(layer, None)
    return layer


def regions(artist, document, layers):
    """How green each half is: alone, with grass on the left and lava on the right, and the other way round."""
    section = artist.docker._sections[_REGIONS]
    section.unfold(True)
    said = {"alone": greenness((yield from drawn(artist)))}
    for layer in layers:
        document.setActiveNode(layer)
        yield from scenes.settle(document)
        section._add.click()
    yield from scenes.settle(document)  # rows that were replaced leave with the next turn
    grass_left = [region.layer for region in artist.studio.workspace.regions]
    said["layers"] = grass_left == [layer.uniqueId().toString() for layer in layers]
    for name, words in (("grass_left", ("green grass", "red lava")), ("grass_right", ("red lava", "green grass"))):
        for field, prompt in zip(section.findChildren(QtWidgets.QLineEdit), words, strict=True):
            field.setText(prompt)
            field.textEdited.emit(prompt)
        said[name] = greenness((yield from drawn(artist)))
    for box in section.findChildren(QtWidgets.QCheckBox):
        box.setChecked(False)
    return said


def control(artist, layers):
    """What a ControlNet changes: with one layer, with the other, and with no strength."""
    section = artist.docker._sections[_CONTROL]
    section.unfold(True)
    alone = yield from drawn(artist)
    section._take("control.net")
    network = next(box for box in section.findChildren(QtWidgets.QComboBox) if box.isEditable())
    network.setEditText(os.path.join(os.environ["HOME"], "net"))
    image = section.findChild(LayerCombo)
    seen = []
    for layer in layers:
        image.showPopup()
        image.hidePopup()
        place = image.findData(layer.uniqueId().toString())
        image.setCurrentIndex(place)
        image.activated.emit(place)
        seen.append((yield from drawn(artist)))
    artist.studio.workspace.conditioners[0].values["strength"] = 0.0
    none = yield from drawn(artist)
    return {"left": apart(alone, seen[0]), "other": apart(*seen), "none": apart(alone, none)}


def drawn(artist):
    """The rgba8 of a new picture."""
    job = yield from artist.draw("generate")
    return job.results[0].picture.data


def greenness(rgba):
    """How much greener than red and blue each half is on the mean, away from the line between them."""
    halves = (range(8, HALF_PX - 16), range(HALF_PX + 16, SIDE_PX - 8))
    return [_mean([_green(rgba, x, y) for y in range(0, SIDE_PX, 4) for x in columns]) for columns in halves]


def _green(rgba, x, y):
    red, green, blue = rgba[4 * (y * SIDE_PX + x) :][:3]
    return green - (red + blue) / 2


def apart(one, other):
    """Levels between two pictures, on the mean."""
    return _mean([abs(a - b) for a, b in zip(one, other, strict=True)])


def _mean(values):
    return sum(values) / len(values)
