"""reference/checks.md: every check of the conformance kit, with what a plugin that breaks it is told."""

from __future__ import annotations

import json
import textwrap
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
What `sfumato plugins check` and `sfumato.testing.conformance_tests` try, each in a process of its own. Below every
check stands what the kit says of a plugin that was broken on purpose to see it fail. Outcomes are:

- `passed`: the contract holds;
- `failed`: it is broken;
- `skipped`: there is nothing to check, or a model has to be named;
- `warned`: nothing is broken, but users would be better off otherwise;
- `crashed`: the process died, or took longer than 60 s, unless another limit is named.
"""


def page() -> str:
    """The whole page."""
    said = json.loads(FAILURES.read_text(encoding="utf-8"))
    parts = ["# The checks of the conformance kit\n", INTRODUCTION]
    for kind, title in TITLES.items():
        parts.append(f"## {title}\n")
        parts += [_entry(check, said[check.name]) for check in CHECKS.values() if check.kind == kind]
    return "\n".join(parts)


def _entry(check: Check, failure: dict[str, str]) -> str:
    """A check, and how it failed."""
    limit = "" if check.time_limit_s == 60 else f" Within {check.time_limit_s:g} s."
    told = "\n".join(textwrap.wrap(f"{failure['outcome']}: {failure['said']}", 88, break_on_hyphens=False))
    return f"### `{check.name}`\n\n{check.description}{limit}\n\n```text\n{told}\n```\n"
