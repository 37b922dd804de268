"""What an artist does with the docker: types, presses, looks, waits."""

import krita
from sfumato.qt import QtWidgets

from .runner import until


class Artist:
    """Works with the docker of the window that is there."""

    def __init__(self):
        dockers = krita.Krita.instance().activeWindow().dockers()
        self.docker = next(each for each in dockers if each.objectName() == "sfumato")
        self.atelier = self.docker.ask._atelier
        self.studio = self.atelier.studio

    def sit_down(self):
        """Open the docker; until the daemon has said what it can do."""
        self.docker.setVisible(True)
        self.docker.raise_()
        yield from until(lambda: self.studio.session.catalogue.models, "the catalogue")

    def look_at(self, document):
        """Until the docker shows this document's settings."""
        key = document.rootNode().uniqueId().toString()
        yield from until(lambda: self.atelier._attended_key == key, "the docker to follow the document")

    def type_in(self, words, **settings):
        """Type a prompt into its field; set what has no bearing on what is tried directly."""
        self.docker.ask._prompt.setPlainText(words)
        for name, value in settings.items():
            setattr(self.studio.workspace, name, value)
        self.docker._load()

    def press(self, action):
        """Press the shortcut of an action."""
        krita.Krita.instance().action("sfumato_" + action).trigger()

    def draw(self, mode):
        """Ask in this mode and wait for the end; the job."""
        known = {job.ticket for job in self.studio.jobs.all()}
        self.press(mode)
        asked = [job for job in self.studio.jobs.all() if job.ticket not in known]
        if not asked:
            raise AssertionError(f"{mode} asked for nothing: {self.studio.notice}")
        yield from until(lambda: not asked[0].open, f"{mode} to end")
        if asked[0].state != "succeeded":
            raise AssertionError(f"{mode} {asked[0].state}: {asked[0].fault}")
        return asked[0]

    def visible_words(self):
        """Everything that can be read in the docker at this moment."""
        labels = self.docker.findChildren(QtWidgets.QLabel)
        buttons = self.docker.findChildren(QtWidgets.QPushButton)
        return [each.text() for each in [*labels, *buttons] if each.isVisible()]
