"""Models by their name on a hub: their revision, their files, and what goes wrong on the way, in words."""

from __future__ import annotations

import errno
import re
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from huggingface_hub import HfApi, constants, errors, try_to_load_from_cache

from sfumato.engine.hub_download import RemoteFile, download
from sfumato.engine.hub_files import lone_file, refuse_pickles, wanted
from sfumato.errors import NotFound, NotPermitted, SfumatoError, StorageFull

_NAME: Final = re.compile(r"[\w-][\w.-]*/[\w-][\w.-]*(@[\w./-]+)?")

#: Hears how many bytes are here, and of how many. Whatever it raises ends the download.
Told = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A model from the hub on this disk."""

    path: Path
    revision: str


def is_name(source: str) -> bool:
    """Whether `source` reads as `owner/name` or `owner/name@revision`."""
    return _NAME.fullmatch(source) is not None


def is_meant(source: Path) -> bool:
    """Whether a source is a name on the hub: it reads like one, and nothing on this disk is called so."""
    return is_name(source.as_posix()) and not source.exists()


def fetch(name: str, endpoint: str | None = None, told: Told = lambda done, total: None) -> Snapshot:
    """Download what is needed of `owner/name` or `owner/name@revision`, into the cache that all tools share.

    What an earlier attempt left is taken up. `endpoint` is the hub's address; $HF_ENDPOINT, or the public one, unless
    given. Raises NotFound, NotPermitted for a gated model, WeightsRefused for one in pickles, StorageFull, DataLoss.
    """
    repository, _, revision = name.partition("@")
    try:
        info = HfApi(endpoint=endpoint).model_info(repository, revision=revision or None, files_metadata=True)
        sizes = {sibling.rfilename: sibling.size or 0 for sibling in info.siblings or ()}
        refuse_pickles(name, list(sizes))
        files = {path: sizes[path] for path in wanted(sizes)}
        lone = lone_file(name, list(sizes))
        pinned = RemoteFile(repository=repository, revision=str(info.sha), path="", endpoint=endpoint)
        return Snapshot(path=_fetch_all(pinned, files, told) / lone, revision=pinned.revision)
    except SfumatoError:
        raise
    except Exception as error:  # the client's own errors, and those of whichever HTTP library it uses
        raise _in_words(name, error) from error


def _fetch_all(pinned: RemoteFile, sizes: dict[str, int], told: Told) -> Path:
    """Download the files of one revision, one after the other; the folder that they are in."""
    missing = [path for path in sizes if not _is_here(pinned, path)]
    total = sum(sizes.values())
    done = total - sum(sizes[path] for path in missing)
    _require_room(pinned, [sizes[path] for path in missing])
    for path in missing:
        base = done
        download(pinned.named(path), lambda size, base=base: told(base + size, total))  # type: ignore[misc]
        done += sizes[path]
    told(total, total)
    last = pinned.named(next(iter(sizes)))
    return download(last, lambda size: None).parents[last.path.count("/")]


def _is_here(pinned: RemoteFile, path: str) -> bool:
    return isinstance(try_to_load_from_cache(pinned.repository, path, revision=pinned.revision), str)


def _require_room(pinned: RemoteFile, sizes: Sequence[int]) -> None:
    cache = Path(constants.HF_HUB_CACHE)
    cache.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(cache).free
    if sum(sizes) > free:
        said = f"{pinned.repository} takes {_gb(sum(sizes))} more, and {cache} has {_gb(free)} free; make room there"
        raise StorageFull(f"{said}, or set HF_HOME to a larger disk", needed_bytes=sum(sizes), free_bytes=free)


def _in_words(name: str, error: Exception) -> SfumatoError:
    """What went wrong, and what to do about it."""
    repository = name.partition("@")[0]
    if getattr(error, "errno", None) in (errno.ENOSPC, errno.EDQUOT):
        said = f"the disk is full: {constants.HF_HUB_CACHE} cannot take {name}; make room, then add it again"
        return StorageFull(f"{said}: it goes on from where it stopped", model=name)
    match error:
        case errors.GatedRepoError():
            said = f"{name} is gated: agree to its terms at https://huggingface.co/{repository}, then `hf auth login`"
            return NotPermitted(said, model=name)
        case errors.RevisionNotFoundError():
            return NotFound(f"{repository} is on the hub, but has no revision {name.partition('@')[2]!r}", model=name)
        case errors.RepositoryNotFoundError():
            said = f"{repository} is not on the hub; check the name, or if it is private, log in with `hf auth login`"
            return NotFound(said, model=name)
        case errors.HfHubHTTPError():
            return NotFound(f"{name} cannot be fetched, the hub answers: {_first_line(error)}", model=name)
    said = f"{name} cannot be fetched, the hub does not answer: {_first_line(error)}; check the network"
    return NotFound(f"{said}, or give a folder or file on this disk", model=name)


def _first_line(error: Any) -> str:
    return next((line for line in str(error).splitlines() if line.strip()), type(error).__name__)


def _gb(size: int) -> str:
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{size / 1e6:.0f} MB"
