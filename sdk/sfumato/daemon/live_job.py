"""A job under way, as it stands in memory."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from sfumato.daemon.event_feed import Event, EventFeed
from sfumato.daemon.job_record import JobRecord

if TYPE_CHECKING:
    from sfumato.daemon.chronicle import Chronicle


class LiveJob:
    """A job that has not ended.

    `order` is that of acceptance. `recording` is held by whoever writes down what the worker made, in order.
    `saving` is done when all that happened so far is in the journal; `unsaved` are events that a full disk did not
    take, and that go with the job's end. `chronicle` is who is told of it in the journal's place; the pictures of such
    a job are `at_hand` by sha256, and what it makes are pixels rather than assets.
    """

    def __init__(self, record: JobRecord, feed: EventFeed, order: int, *, chronicle: Chronicle | None = None) -> None:
        self.record = record
        self.feed = feed
        self.order = order
        self.chronicle = chronicle
        self.at_hand: Mapping[str, bytes] = {}
        self.recording = asyncio.Lock()
        self.accepted: asyncio.Future[None] | None = None
        self.saving: asyncio.Future[None] | None = None
        self.unsaved: list[Event] = []
        self.ending = False
        self.has_checkpoint = False

    @property
    def id(self) -> str:
        """The job's id."""
        return self.record.id

    @property
    def snapshot(self) -> JobRecord:
        """The record with the number of the newest event, steps included."""
        return replace(self.record, last_event=self.feed.last_number)
