"""A link to a daemon that is lost at a chosen moment, which no real one could be killed at."""

from __future__ import annotations

import datetime
from types import SimpleNamespace

from sfumato.border import complete
from sfumato.client.answers import Job
from tests.values.cards import CATALOGUE

NOW = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
JOB = Job(
    id="job-1", state="running", recipe=complete({"prompt": "moss", "seed": 1}, CATALOGUE), recipe_digest="",
    priority=0, create_time=NOW, end_time=None, artifacts=(), error=None, last_event=0, crash_count=0,
)  # fmt: skip


class Link:
    """Stands in for `link.Link` and its connection: gives `answers` one by one, and raises those that are errors."""

    def __init__(self, *answers, events=()):
        self.info = SimpleNamespace(max_asset_bytes=2**20)
        self._answers, self._events = list(answers), events
        self.retries = 0

    @property
    def connection(self):
        return self

    async def reached(self):
        return self

    async def reached_at_last(self):
        return self

    def retry(self):
        self.retries += 1

    async def run(self, operation):
        operation.close()
        answer = self._answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def iterate(self, watch):
        watch.close()
        for event in self._events:
            yield event
