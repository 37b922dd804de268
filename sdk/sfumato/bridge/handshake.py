"""The first frame and its answer: whether adapter and bridge speak the same protocol."""

from __future__ import annotations

import os
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final

PROTOCOL: Final = 1


class Refused(Exception):
    """The adapter cannot be served; the message is for the artist."""

    @property
    def frame(self) -> dict[str, Any]:
        """The answer that says so."""
        return {"op": "refused", "message": str(self), "protocol": PROTOCOL}


def welcome(hello: dict[str, Any]) -> dict[str, Any]:
    """The answer to the first frame. Raises Refused where it is no hello, or one of another protocol."""
    if hello.get("op") != "hello":
        raise Refused(f"The first frame must be `hello`, and {hello.get('op')!r} came.")
    theirs = hello.get("protocol")
    if theirs != PROTOCOL:
        raise Refused(_misfit(theirs, hello))
    return {"op": "welcome", "protocol": PROTOCOL, "version": _version(), "pid": os.getpid()}


def _misfit(theirs: Any, hello: dict[str, Any]) -> str:
    newer = isinstance(theirs, int) and theirs > PROTOCOL
    host = str(hello.get("host") or "HOST")
    remedy = "Update Sfumato" if newer else f"Run `sfumato hosts install {host}`"
    said = f"This adapter speaks protocol {theirs!r}, Sfumato {_version()} speaks protocol {PROTOCOL}."
    return f"{said} {remedy}, then start the program again."


def _version() -> str:
    try:
        return version("sfumato")
    except PackageNotFoundError:
        return "unknown"
