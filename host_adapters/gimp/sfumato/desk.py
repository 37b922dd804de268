"""The desk: studio, window and the timers that look after images and live painting. One for each running window."""

import json
from pathlib import Path
from typing import Dict, FrozenSet, Optional

from canvas_watch import CanvasWatch
from connection import HOST, new_session
from core.host import Document
from core.pending import Pending
from core.presets import Presets, user_folder
from core.studio import Studio
from gimp_host import GimpHost
from gimp_libraries import Gimp, GLib
from window import SfumatoWindow

_IMAGES_EVERY_MS = 1000
_LIVE_EVERY_MS = 100
#: How long the main thread takes in frames in one go; the last of them may take longer.
_FRAMES_S = 0.002
#: After a change is seen, the studio looks at the canvas for so many turns at least: it waits for a stroke to end.
_TURNS_AFTER_A_CHANGE = 12
#: How many results of an image's history are offered when it is opened again.
_MOST_REOPENED = 12


class Desk:
    """Owns everything that a window needs. [main thread]"""

    def __init__(self, folder: Path, image: Optional[Gimp.Image]) -> None:
        self.host = GimpHost(image)
        kept = user_folder(HOST)
        self.window = SfumatoWindow(self.host, Presets(kept), self.look_at)
        self.studio = Studio(self.host, new_session(folder, self._wake), self._refresh, Pending(kept))
        self._watch = CanvasWatch()
        self._attended: Dict[str, Document] = {}
        self._turns = 0
        self._settings = ""
        self._live_timer = 0
        self._open = True
        self.window.show_studio(self.studio)
        self.window.on_setting = self._setting_changed
        self._images_timer = GLib.timeout_add(_IMAGES_EVERY_MS, self._look_after_images)
        self._attend()
        self.studio.start()

    def look_at(self, image: Gimp.Image) -> None:
        """The artist turns to this image."""
        self._keep_settings()
        self.host.image = image
        self._attend()

    def close(self) -> None:
        """Keep everything, take previews away, end the bridge; jobs go on."""
        if self._open:
            self._open = False
            GLib.source_remove(self._images_timer)
            self.studio.stop()
            self.host.previews.hide_all()

    def tick_live(self) -> bool:
        """One look at the canvas while painting live. Little is read while nothing changes."""
        if not self._open or not self.studio.live.on:
            self._live_timer = 0
            self.host.remember_captures(False)
            return False
        image = self.host.image
        if image is not None and image.is_valid():
            if self._watch.changed(image, self.host.previews.of(image)):
                self._turns = _TURNS_AFTER_A_CHANGE
                self.host.forget_captures()
            if self._turns > 0:
                self._turns -= 0 if self._waits_for_an_answer else 1
                self.studio.tick()
        return True

    @property
    def _waits_for_an_answer(self) -> bool:
        """What has changed meanwhile is not sent before the last frame was taken up."""
        return self.studio.live.working and not self.studio.live.paused

    def _wake(self) -> None:
        """Called from the bridge's threads."""
        GLib.idle_add(self._drain)

    def _drain(self) -> bool:
        if self._open or self.studio.session.connected:
            self.studio.drain(_FRAMES_S)
        return False

    def _refresh(self, changes: FrozenSet[str]) -> None:
        if not self._open:
            return
        self.window.refresh(changes)
        if "live" in changes and self.studio.live.on and not self._live_timer:
            self._watch, self._turns = CanvasWatch(), _TURNS_AFTER_A_CHANGE
            self.host.remember_captures(True)
            self._live_timer = GLib.timeout_add(_LIVE_EVERY_MS, self.tick_live)
        if "session" in changes:
            self._turns = _TURNS_AFTER_A_CHANGE

    def _setting_changed(self) -> None:
        """Live painting looks again; what it has captured of the canvas stays good."""
        self._turns = _TURNS_AFTER_A_CHANGE

    def _attend(self) -> None:
        image = self.host.image
        if image is not None and image.is_valid():
            self.host.previews.sweep(image)
        document = self.host.document()
        if document is not None:
            self._attended[document.key] = document
        self.studio.attend(document)
        for entry in reversed([each for each in self.studio.history.entries[:_MOST_REOPENED] if not each.applied]):
            self.studio.reopen(entry)
        self._settings = self._settings_now()
        self.window.list_images(Gimp.get_images())

    def _look_after_images(self) -> bool:
        """GIMP tells plug-ins of no opened and no closed image."""
        images = Gimp.get_images()
        self._close_documents()
        image = self.host.image
        if image is None or not image.is_valid():
            self.host.image = images[0] if images else None
            self._attend()
        self.window.list_images(images)
        self._keep_settings()
        return self._open

    def _close_documents(self) -> None:
        """What is drawn for an image that was closed comes when it is opened again."""
        for key in list(self._attended):
            if not Gimp.Image.id_is_valid(int(key)):
                self.studio.close(self._attended.pop(key))

    def _keep_settings(self) -> None:
        image = self.host.image
        if image is not None and image.is_valid() and self._settings_now() != self._settings:
            self._settings = self._settings_now()
            self.studio.save()

    def _settings_now(self) -> str:
        return json.dumps(self.studio.workspace.to_json(), sort_keys=True)
