"""Records what each check says of its broken twin, for reference/checks.md: `python docs/record_failures.py`."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from docs.writers.checks import FAILURES
from sfumato.testing import Assignment, Case, Inspection
from sfumato.testing.cases import CHECKS
from tests.testing.twins import BROKEN, TINY, TWINS

ROOT = Path(__file__).parents[1]


def failure(inspection: Inspection, check: str, contribution: str) -> dict[str, str]:
    """Outcome and words of one check about its twin, without paths of this machine."""
    kind = {"plugin": "", "contribution": "sampler"}.get(kind := check.partition(".")[0], kind)
    case = Case(check=check, kind=kind, contribution=contribution, bare=CHECKS[check].bare)
    verdict = inspection.try_case(case)
    said = re.sub(r"[^\s(]*/(?=[\w.-]+)", "", verdict.said) if str(ROOT) in verdict.said else verdict.said
    return {"outcome": verdict.outcome, "said": " ".join(said.split())}


def main() -> None:
    """Try every check, one warden for each file of twins."""
    found: dict[str, dict[str, str]] = {}
    for file in sorted({file for file, _, _ in TWINS.values()}):
        with Inspection(Assignment(plugin=str(BROKEN / f"{file}.py"), model=str(TINY))) as inspection:
            own = {check: contribution for check, (home, contribution, _) in TWINS.items() if home == file}
            found |= {check: failure(inspection, check, contribution) for check, contribution in own.items()}
    ordered = {check: found[check] for check in CHECKS}
    FAILURES.write_text(json.dumps(ordered, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
