"""News: what has changed since the window was told the last time, and the last words for the artist."""

from typing import Callable, FrozenSet, Set

#: What an observer is told has changed. A window redraws only that.
CHANGES = ("session", "catalogue", "workspace", "queue", "results", "history", "live", "notice", "orphans")

Observer = Callable[[FrozenSet[str]], None]


class News:
    """Gathers names of CHANGES until `tell` hands them to the observer, all at once."""

    def __init__(self, observer: Observer) -> None:
        self._observer = observer
        self._changes: Set[str] = set()
        #: The last thing that the artist should know; empty when it was read or is over.
        self.notice = ""

    def changed(self, *names: str) -> None:
        """These have changed."""
        self._changes.update(names)

    def say(self, words: str) -> None:
        """Tell the artist."""
        self.notice = words
        self.changed("notice")

    def hush(self) -> None:
        """What was said last is over."""
        if self.notice:
            self.say("")

    def tell(self) -> None:
        """Hand on what has changed; the observer is not called where nothing has."""
        changes, self._changes = frozenset(self._changes), set()
        if changes:
            self._observer(changes)
