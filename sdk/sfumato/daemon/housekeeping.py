"""Once a day: forget old jobs, and the assets that no job names any more.

Kept are the newest 10,000 jobs that ended, for at most 30 days, and unused assets for 7 days.
"""

from __future__ import annotations

import asyncio
import logging
import time
from typing import Final

from sfumato.daemon.asset_store import AssetStore
from sfumato.daemon.journal import Journal

_log = logging.getLogger(__name__)

MOST_ENDED_JOBS: Final = 10_000
OLDEST_ENDED_JOB_S: Final = 30 * 86_400
OLDEST_UNUSED_ASSET_S: Final = 7 * 86_400
_EVERY_S: Final = 86_400


async def keep_house(journal: Journal, assets: AssetStore) -> None:
    """Tidy now and then every day, until cancelled."""
    while True:
        await tidy(journal, assets)
        await asyncio.sleep(_EVERY_S)


async def tidy(journal: Journal, assets: AssetStore) -> None:
    """Forget what is old, once."""
    limit_ns = time.time_ns() - OLDEST_ENDED_JOB_S * 10**9
    jobs = await journal.forget(ended_before_ns=limit_ns, keep=MOST_ENDED_JOBS)
    in_use = await journal.assets_in_use()
    files = await asyncio.to_thread(assets.collect, in_use, older_than_s=OLDEST_UNUSED_ASSET_S)
    if jobs or files:
        _log.info("forgot %d old jobs and deleted %d unused files", jobs, files)
