"""The desk: owns host, session and studio of this Blender, and turns them. Every method is the main thread's."""

import threading
from pathlib import Path

import bpy

from . import documents, preferences, redraw
from .blender_host import BlenderHost
from .core.channel import Channel
from .core.installation import command_of
from .core.pending import Pending
from .core.presets import Presets, user_folder
from .core.session import Session
from .core.studio import Studio
from .workbench import Workbench

_ENDING_S = 5.0
_BUDGET_S = 0.004


class Desk:
    """What the artist works at. `drain` takes in what came from other threads; a timer, or a test, calls it."""

    def __init__(self):
        #: Set by any thread: there is something to drain.
        self.woken = threading.Event()
        self.host = BlenderHost()
        self.workbench = Workbench(self.woken.set)
        self._channels = []
        session = Session("blender", self.host.version, self._command, self.woken.set, opener=self._opened)
        folder = user_folder("blender")
        self.presets = Presets(folder)
        self.studio = Studio(self.host, session, self._changed, Pending(folder))
        # A result becomes an image or a material of the file, which is no matter of showing it on a canvas.
        self.studio.on_finish = "nothing"
        self._studio_takes, session.on_frame = session.on_frame, self._take
        self._frame_takers = []
        self._listeners = []
        self.workspaces = {}
        self._file_count = 0

    @property
    def session(self):
        """The connection."""
        return self.studio.session

    @property
    def busy(self):
        """Whether something is expected soon."""
        return bool(self.studio.queue()) or self.workbench.busy or self.session.state.name == "starting"

    def listen(self, changed):
        """Call `changed(names)` on the main thread whenever something changed: core.studio.CHANGES and "file"."""
        self._listeners.append(changed)

    def take_frames(self, taker):
        """Offer every frame of the bridge to `taker(frame)` before the studio; true means that it was taken."""
        self._frame_takers.append(taker)

    def start(self):
        """Connect, once the artist needs it: Blender's own start waits for nothing of ours."""
        if self.session.state.name == "off":
            self.studio.start()
        self.look()

    def look(self):
        """Have a workspace for each purpose of the file that is open."""
        if not self.workspaces:
            for purpose in documents.PURPOSES:
                self.attend(purpose)

    def attend(self, purpose):
        """Work for this purpose now; its workspace."""
        self.host.at_hand = documents.describe(purpose, self._file_count)
        self.workspaces[purpose] = self.studio.attend(self.host.at_hand)
        return self.workspaces[purpose]

    def drain(self, budget_s=_BUDGET_S):
        """Take in what has come: frames for about `budget_s`, then one outcome of the workbench."""
        self.woken.clear()
        self.studio.drain(budget_s)
        self.workbench.turn()

    def forget_file(self):
        """Another file is about to be opened: jobs of this one go on and are found again when it is."""
        for purpose in self.workspaces:
            self.studio.close(documents.describe(purpose, self._file_count))
        self.workspaces = {}
        self._file_count += 1
        self._changed(frozenset({"file"}))

    def close(self):
        """Keep everything, end the bridge and wait for its end."""
        self.studio.stop()
        self.workbench.close()
        for channel in self._channels:
            channel.wait(_ENDING_S)

    def _command(self):
        return preferences.given_command() or command_of(Path(__file__).parent)

    def _opened(self, command, environment, wake):
        channel = Channel(command, environment, wake)
        self._channels = [each for each in self._channels if each.ending is None] + [channel]
        return channel

    def _take(self, frame):
        if not any(taker(frame) for taker in self._frame_takers):
            self._studio_takes(frame)

    def _changed(self, names):
        for changed in self._listeners:
            changed(names)
        redraw.sidebars(bpy.context.window_manager)
