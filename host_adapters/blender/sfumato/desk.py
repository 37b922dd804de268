"""The desk: owns host, session and studio of this Blender, and turns them. Every method is the main thread's."""

import threading
from pathlib import Path

import bpy

from . import documents, images, preferences, redraw
from .blender_host import BlenderHost
from .core.channel import Channel
from .core.installation import command_of
from .core.pending import Pending
from .core.presets import Presets, user_folder
from .core.session import Session
from .core.studio import Studio
from .workbench import Workbench

#: States of the connection from which nothing comes by itself.
_HOPELESS = ("missing", "incompatible", "off")
_ENDING_S = 5.0
_BUDGET_S = 0.004


class Desk:
    """What the artist works at. `drain` takes in what came from other threads; a timer, or a test, calls it."""

    def __init__(self):
        #: Set by any thread: there is something to drain.
        self.woken = threading.Event()
        self.host = BlenderHost()
        self.workbench = Workbench(self.woken.set, self.mistaken)
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
        self._waiting = []
        self._workspaces, self._histories = {}, {}
        self._file_count = 0
        self._is_edited = False
        self._news, self._reading = frozenset(), False

    @property
    def session(self):
        """The connection."""
        return self.studio.session

    @property
    def busy(self):
        """Whether something is expected soon."""
        at_work = bool(self.studio.queue()) or self.workbench.busy or bool(self._waiting)
        return at_work or self.session.state.name == "starting"

    def listen(self, changed):
        """Call `changed(names)` on the main thread whenever something changed: core.studio.CHANGES and "file"."""
        self._listeners.append(changed)

    def take_frames(self, taker):
        """Offer every frame of the bridge to `taker(frame)` before the studio; true means that it was taken."""
        self._frame_takers.append(taker)

    def start(self):
        """Connect, once the artist asks for something; what was said of the last time is over."""
        self.studio.notice = ""
        if self.session.state.name == "off":
            self.studio.start()
        self.read_file()

    def when_known(self, ask):
        """Call `ask()`, which needs the catalogue: now, or when it has come. True where it waits, else what it returns.

        Where the connection cannot be made, what waits is given up, and the panels say why.
        """
        self.start()
        if self.session.catalogue.models:
            return ask()
        if self.session.state.name in _HOPELESS:
            self.tell(f"{self.session.state.title}: {self.session.state.words}")
            return None
        self._waiting.append(ask)
        return True

    def mistaken(self, words):
        """Tell the artist that something went wrong in here."""
        self.tell(f"Sfumato made a mistake, and a result is lost ({words}). The console says where; please report it.")

    def ask_with_picture(self, raw, ask):
        """Call `ask(picture)` once an image's numbers (images.Raw) are a picture and the catalogue has come."""
        self.workbench.do(lambda: images.converted(raw), lambda picture: self.when_known(lambda: ask(picture)))

    def read_file(self):
        """Have a workspace and a history for each purpose of the file that is open."""
        for purpose in [each for each in documents.PURPOSES if each not in self._workspaces]:
            self._read(purpose)
        self._spread_news()

    def workspace(self, purpose):
        """What the artist has set for this purpose."""
        self.read_file()
        return self._workspaces[purpose]

    def history(self, purpose):
        """What was drawn for this purpose in the file that is open."""
        self.read_file()
        return self._histories[purpose]

    def attend(self, purpose, size=None):
        """Work for this purpose now, at a size (width, height) or the scene's own; its workspace."""
        self.read_file()
        self._read(purpose, size)
        self._spread_news()
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
        self.read_file()

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

    def _read(self, purpose, size=None):
        """Have the studio attend to it. Nobody hears of it meanwhile: who does may ask for another purpose."""
        self.host.at_hand = documents.describe(purpose, self._file_count, size)
        self._reading = True
        try:
            workspace = self.studio.attend(self.host.at_hand)
            if workspace.mode not in documents.MODES_OF[purpose]:
                workspace.mode = documents.MODES_OF[purpose][0]
            self._workspaces[purpose] = workspace
            self._histories[purpose] = self.studio.history
        finally:
            self._reading = False

    def _changed(self, names):
        self._news |= names
        if not self._reading:
            self._spread_news()

    def _spread_news(self):
        while self._news:
            names, self._news = self._news, frozenset()
            for changed in self._listeners:
                changed(names)
            self._serve(names)
            self.redraw()

    def _serve(self, names):
        """Ask for what had to wait for the catalogue."""
        if not self._waiting or not names & {"session", "catalogue"}:
            return
        if self.session.catalogue.models:
            waiting, self._waiting = self._waiting, []
            for ask in waiting:
                ask()
        elif self.session.state.name in _HOPELESS:
            self._waiting = []
