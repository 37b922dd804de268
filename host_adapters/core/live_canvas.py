"""The live canvas: what is painted live lies over the document until it is kept or taken away."""

from typing import Optional

from .catalogue import Catalogue
from .easel import Easel
from .frames import Frame, FrameError
from .host import HostError
from .live import LivePainter
from .news import News
from .workspace import Workspace


class LiveCanvas:
    """Shows what a live painter takes in."""

    def __init__(self, painter: LivePainter, easel: Easel, news: News) -> None:
        self._painter = painter
        self._easel = easel
        self._news = news
        #: What was to be kept before it was finished.
        self._keeps_next = False

    def tick(self, workspace: Workspace, catalogue: Catalogue) -> bool:
        """Look at the canvas; whether something new was sent. What holds it up is told in the painter's words."""
        before, sent = self._painter.paused, False
        try:
            sent = self._painter.tick(workspace, catalogue)
        except (HostError, FrameError) as error:
            self._painter.paused = str(error)
        if sent or before != self._painter.paused:
            self._news.changed("live")
        return sent

    def take(self, frame: Frame) -> None:
        """A live frame has come: show its result, or say why there are no more."""
        result = self._painter.take(frame)
        self._news.changed("live")
        self._keeps_next = self._keeps_next and self._painter.on
        if self._painter.fault and not self._painter.on:
            self._news.say(self._painter.fault.message)
        if result:
            self._easel.preview(result.document, result.bounds, result.picture)
            if self._keeps_next and result.final:
                self.keep()

    def keep(self) -> Optional[str]:
        """Make what is shown a layer; its key, None where there is nothing to keep or it cannot be.

        What is not finished is kept once it is: a preview is smaller than the canvas.
        """
        result = self._painter.result
        if result is None or not result.final:
            self._keeps_next = result is not None
            return None
        self.clear()
        return self._easel.place(result.document, result.bounds, result.picture, "Live")

    def clear(self) -> None:
        """Show the canvas as it is."""
        self._keeps_next = False
        result, self._painter.result = self._painter.result, None
        if result:
            self._easel.preview(result.document, result.bounds, None)
        self._news.changed("live")
