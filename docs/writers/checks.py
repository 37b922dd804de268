"""reference/checks.md: every check of the conformance kit, with what a plugin that breaks it is told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from sfumato.testing.cases import CHECKS
from sfumato.testing.check import EVERY, PLUGIN, Check

#: What the kit says of the broken twins of tests/testing; `python docs/record_failures.py` records it.
FAILURES = Path(__file__).parents[1] / "reference/check_failures.json"

TITLES = {
    PLUGIN: "Of the plugin as a whole",
    EVERY: "Of every contribution",
    "sampler": "Of a sampler",
    "schedule": "Of a schedule",
    "guider": "Of a guider",
    "conditioner": "Of a conditioner",
    "preprocessor": "Of a preprocessor",
    "post-processor": "Of a post-processor",
    "family": "Of a family",
}
INTRODUCTION = """\
What `sfumato plugins check` and `sfumato.testing.conformance_tests` try, each in a process of its own. The last column
is what the kit says of a plugin that was broken on purpose to see the check fail; all of them are in
`tests/testing/broken`. Outcomes are `passed`, `failed`, `skipped` (there is nothing to check), `warned` (nothing is
broken, but users would be better off otherwise) and `crashed` (the process died or hung).
"""


def page() -> str:
    """The whole page."""
    said = json.loads(FAILURES.read_text(encoding="utf-8"))
    parts = ["# The checks of the conformance kit\n", INTRODUCTION]
    for kind, title in TITLES.items():
        parts += [f"## {title}\n", "| check | what has to hold | it fails, for example, with |", "|---|---|---|"]
        parts += _rows([check for check in CHECKS.values() if check.kind == kind], said)
        parts.append("")
    return "\n".join(parts)


def _rows(checks: list[Check], said: dict[str, dict[str, str]]) -> Iterator[str]:
    for check in checks:
        failure = said[check.name]
        told = failure["said"].replace("|", "\\|").replace("<", "&lt;").replace("*", "\\*").replace("_", "\\_")
        warns = "" if failure["outcome"] == "failed" else f" ({failure['outcome']})"
        limit = "" if check.time_limit_s == 60 else f" Within {check.time_limit_s:g} s."
        yield f"| `{check.name}` | {check.description}{limit} | {told}{warns} |"
