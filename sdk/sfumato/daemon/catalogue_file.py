"""The last catalogue that a worker reported, on disk, so that forms open and recipes are checked without a worker."""

from __future__ import annotations

import json
import logging
from pathlib import Path

from sfumato.catalogue import Catalogue
from sfumato.daemon.durable_files import write_whole
from sfumato.errors import StorageFull

_log = logging.getLogger(__name__)


class CatalogueFile:
    """`catalogue` is None until the first worker has ever been ready. `is_fresh` once one of this start was."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.catalogue = _read(path)
        self.is_fresh = False

    def replace(self, catalogue: Catalogue) -> None:
        """A worker reported this one."""
        unchanged = catalogue == self.catalogue
        self.catalogue = catalogue
        self.is_fresh = True
        if unchanged:
            return
        try:
            write_whole(self._path, json.dumps(catalogue.to_json()).encode(), synced=False)
        except StorageFull as error:
            _log.warning("the catalogue is not kept: %s", error)


def _read(path: Path) -> Catalogue | None:
    try:
        return Catalogue.from_json(json.loads(path.read_bytes()))
    except FileNotFoundError:
        return None
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        _log.warning("%s cannot be read and will be asked from a worker again: %s", path, error)
        return None
