"""An errand ends with its job, whatever it was about to ask."""

import threading

import pytest

from sfumato.engine.errand import Errand
from sfumato.errors import JobCancelled

PATIENCE_S = 300


class Late(Errand):
    """Hears of a cancel only just after it has looked for one."""

    def __init__(self, call, wake):
        super().__init__(call, wake)
        self.looked, self.closed = threading.Event(), threading.Event()

    def check(self):
        super().check()
        self.looked.set()
        assert self.closed.wait(PATIENCE_S)


def test_one_that_asks_just_as_its_job_is_cancelled_ends():
    raised = []

    def call(errand):
        with pytest.raises(JobCancelled) as caught:
            errand.ask("a picture")
        raised.append(str(caught.value))

    errand = Late(call, lambda: None)
    running = errand.run(lambda question: iter(()))
    next(running)
    assert errand.looked.wait(PATIENCE_S)
    running.close()
    errand.closed.set()
    errand._thread.join(60)

    assert raised == ["the job was cancelled"]
