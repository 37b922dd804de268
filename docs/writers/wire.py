"""reference/wire.md: every RPC with its comment, and the protos themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

PROTOS = Path(__file__).parents[2] / "protos/sfumato/v1"
INTRODUCTION = """\
The daemon speaks gRPC as `protos/sfumato/v1` describes it, with a bearer token on every call. This is for those who
write a client in another language; in Python, [the client](client.md) does all of it. Besides these services there is
`grpc.health.v1.Health`, which needs no token. Errors are `google.rpc.Status` ([errors](errors.md)).

| RPC | takes | returns | |
|---|---|---|---|
"""
#: A comment, then an RPC.
_RPC = re.compile(
    r"((?:  // .*\n)+)  rpc (\w+)\((stream )?(\w+)\) returns \((stream )?(\w+)\)",
)
_SERVICE = re.compile(r"^service (\w+) \{(.*?)^\}", re.MULTILINE | re.DOTALL)


def page() -> str:
    """The whole page."""
    texts = {path.name: path.read_text(encoding="utf-8") for path in sorted(PROTOS.glob("*.proto"))}
    rows = [row for text in texts.values() for row in _rows(text)]
    parts = ["# The wire\n", INTRODUCTION + "\n".join(rows) + "\n"]
    for name, text in texts.items():
        headline = text.splitlines()[0].removeprefix("// ")
        include = f"```{{literalinclude}} ../../protos/sfumato/v1/{name}\n:language: protobuf\n:lines: 2-\n```\n"
        parts.append(f"## `{name}`\n\n{headline}\n\n{include}")
    return "\n".join(parts)


def _rows(text: str) -> Iterator[str]:
    for service, body in _SERVICE.findall(text):
        for comment, name, sends, request, streams, response in _RPC.findall(body):
            said = " ".join(comment.replace("//", " ").split()).replace("|", "\\|")
            takes, returns = _type(request, sends), _type(response, streams)
            yield f"| `{service}.{name}` | {takes} | {returns} | {said} |"


def _type(name: str, streamed: str) -> str:
    return f"a stream of `{name}`" if streamed else f"`{name}`"
