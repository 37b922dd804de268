"""Work beside the main thread: encoding and shading in one thread, what follows from it back on the main thread."""

import queue
import threading
import traceback


class _Failure(Exception):
    """The work did not come to its end."""


class Workbench:
    """Does pieces of work one after the other. Work never touches `bpy`; what is done with its outcome may.

    `failed(words)` is called on the main thread where a piece of work raises, which is a mistake of ours.
    """

    def __init__(self, wake, failed):
        self._wake, self._failed = wake, failed
        self._orders = queue.SimpleQueue()
        self._done = queue.SimpleQueue()
        self._open = 0
        self._thread = None

    @property
    def busy(self):
        """Whether work, or what follows from it, is left."""
        return self._open > 0

    def do(self, work, then):
        """Call `work()` in the thread and `then(outcome)` on the main thread, at a later turn."""
        self._open += 1
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="sfumato-work", daemon=True)
            self._thread.start()
        self._orders.put((work, then))

    def turn(self):
        """Hand one outcome over, if there is one: at most one finished picture is placed at a turn."""
        try:
            then, outcome = self._done.get_nowait()
        except queue.Empty:
            return
        self._open -= 1
        if not self._done.empty():
            self._wake()
        if isinstance(outcome, _Failure):
            self._failed(str(outcome))
        else:
            then(outcome)

    def close(self):
        """End the thread once its work at hand is done; what was not handed over is dropped."""
        thread, self._thread = self._thread, None
        if thread:
            self._orders.put(None)
            thread.join()
        self._done, self._open = queue.SimpleQueue(), 0

    def _run(self):
        while True:
            order = self._orders.get()
            if order is None:
                return
            work, then = order
            try:
                outcome = work()
            except Exception as error:  # the thread goes on for others
                traceback.print_exc()
                outcome = _Failure(f"{type(error).__name__}: {error}")
            self._done.put((then, outcome))
            self._wake()
