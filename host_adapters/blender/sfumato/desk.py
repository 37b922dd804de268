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
        self._workspaces, self._histories = {}, {}
        self._file_count = 0
        self._is_edited = False

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
        """Have a workspace and a history for each purpose of the file that is open."""
        for purpose in documents.PURPOSES:
            self.workspace(purpose)

    def workspace(self, purpose):
        """What the artist has set for this purpose."""
        return self._workspaces.get(purpose) or self.attend(purpose)

    def history(self, purpose):
        """What was drawn for this purpose in the file that is open."""
        self.workspace(purpose)
        return self._histories[purpose]

    def attend(self, purpose, size=None):
        """Work for this purpose now, at a size (width, height) or the scene's own; its workspace."""
        self.host.at_hand = documents.describe(purpose, self._file_count, size)
        self._workspaces[purpose] = self.studio.attend(self.host.at_hand)
        self._histories[purpose] = self.studio.history
        return self._workspaces[purpose]

    def use(self, purpose, workspace):
        """Put another workspace in place, a preset for instance."""
        self.attend(purpose)
        self.studio.use(workspace)
        self._workspaces[purpose] = workspace

    def edited(self):
        """What a workspace has chosen was changed: forms follow at the next turn, not in the middle of this one."""
        self._is_edited = True
        self.woken.set()

    def drain(self, budget_s=_BUDGET_S):
        """Take in what has come: frames for about `budget_s`, then one outcome of the workbench."""
        self.woken.clear()
        if self._is_edited:
            self._is_edited = False
            self._changed(frozenset({"workspace"}))
        self.studio.drain(budget_s)
        self.workbench.turn()

    def tell(self, words):
        """Tell the artist something, in words for the panels."""
        self.studio.notice = words
        self._changed(frozenset({"notice"}))

    def redraw(self):
        """Have the panels drawn again."""
        redraw.sidebars(bpy.context.window_manager)

    def owns(self, document):
        """Whether a document belongs to the file that is open."""
        return document.key.partition("/")[0] == str(self._file_count)

    def forget_file(self):
        """Another file is about to be opened: jobs of this one go on and are found again when it is."""
        for purpose in self._workspaces:
            self.studio.close(documents.describe(purpose, self._file_count))
        self._workspaces, self._histories = {}, {}
        self._file_count += 1

    def open_file(self):
        """Another file is open: what was kept with it comes back."""
        self._changed(frozenset({"file"}))
        self.look()

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
        self.redraw()
