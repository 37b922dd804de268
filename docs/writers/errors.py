"""reference/errors.md: every error that Sfumato raises on purpose, and how it travels."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

from sfumato import wire
from sfumato.errors import SfumatoError

INTRODUCTION = """\
Every error is a `sfumato.errors.SfumatoError`: `message` says what came, what was expected and what to do, `metadata`
holds the moving parts as strings, and `reason` is a word for programs that never changes. Over the wire an error is a
`google.rpc.Status` with the code below and `reason` in its `ErrorInfo`; the client raises it again as what it was. What
nobody foresaw arrives as a plain `SfumatoError` with the number under which the daemon's log tells more.

[What a plugin does wrong](../plugins/faults.md) comes as a `PluginError`.

| error | reason | gRPC code | also a | |
|---|---|---|---|---|
"""


def page() -> str:
    """The whole page."""
    rows = [_row(kind) for kind in _tree(SfumatoError)]
    return "# Errors\n\n" + INTRODUCTION + "\n".join(rows) + "\n"


def _tree(kind: type[SfumatoError]) -> Iterator[type[SfumatoError]]:
    """The kind and all below it; what a package keeps to itself is left out."""
    if kind.__module__ == SfumatoError.__module__:
        yield kind
        for below in kind.__subclasses__():
            yield from _tree(below)


def _row(kind: type[SfumatoError]) -> str:
    others = [base.__name__ for base in kind.__mro__[1:] if base.__module__ == "builtins"]
    also = others[0] if others[0] not in ("Exception", "object") else ""
    code = wire.grpc_code(kind("")).name
    said = " ".join((inspect.getdoc(kind) or "").split())
    return f"| `{kind.__name__}` | `{kind.reason}` | `{code}` | {f'`{also}`' if also else ''} | {said} |"
