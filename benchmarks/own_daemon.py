"""A daemon of the benchmark's own, in a folder that is thrown away, so that nobody's jobs are touched."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

import sfumato
from sfumato.client import Studio


@contextmanager
def own_daemon() -> Iterator[Studio]:
    """A client of a fresh daemon, which ends with the block."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        os.environ |= {"SFUMATO_DATA_DIR": f"{folder}/data", "SFUMATO_RUNTIME_DIR": f"{folder}/run"}
        with sfumato.connect() as studio:
            try:
                yield studio
            finally:
                studio.shut_down()
