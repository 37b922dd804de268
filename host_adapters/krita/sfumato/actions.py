"""Actions with shortcuts; their ids are those of sfumato.action."""

import krita

from .core.modes import MODES
from .shared import atelier

_MENU = "tools/scripts"


class SfumatoExtension(krita.Extension):
    """Makes the actions of each window."""

    def setup(self):
        """Nothing: Krita's start waits for nothing of ours."""

    def createActions(self, window):
        """What can be done from the keyboard."""
        for mode in MODES.values():
            if mode.id not in ("live", "process"):
                self._add(window, mode.id, mode.label, lambda docker, wanted=mode.id: _ask(docker, wanted))
        self._add(window, "live", "Paint Live", lambda docker: docker.ask.toggle_live())
        self._add(window, "apply", "Apply Result", _apply)
        self._add(window, "discard", "Discard Result", lambda docker: docker.results.discard())
        self._add(window, "next", "Look at Next Result", lambda docker: docker.results.look_at_next(1))
        self._add(window, "previous", "Look at Previous Result", lambda docker: docker.results.look_at_next(-1))
        self._add(window, "hide", "Look at the Canvas", lambda docker: atelier().studio.hide())
        self._add(window, "cancel", "Cancel Jobs", lambda docker: atelier().studio.cancel_all())

    def _add(self, window, name, label, act):
        action = window.createAction(f"sfumato_{name}", f"Sfumato: {label}", _MENU)
        action.triggered.connect(lambda _=False: _with_docker(act))


def _with_docker(act):
    """With the docker of the window at hand: Krita's wrapper of a window does not outlive `createActions`."""
    window = krita.Krita.instance().activeWindow()
    found = [docker for docker in window.dockers() if docker.objectName() == "sfumato"] if window else []
    if found:
        act(found[0])


def _apply(docker):
    """What lies over the canvas becomes a layer."""
    studio = atelier().studio
    if studio.live.on and studio.shown is None:
        studio.apply_live()
    else:
        docker.results.apply()


def _ask(docker, mode_id):
    if atelier().studio.live.on:  # whose mode is no other's
        docker.ask.toggle_live()
    docker.ask.set_mode(mode_id)
    docker.ask.ask()
