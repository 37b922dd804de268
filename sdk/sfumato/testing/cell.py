"""A cell: the process in which one case is tried. `python -m sfumato.testing.cell` reads a case, writes a verdict."""

from __future__ import annotations

import importlib
import json
import os
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, replace
from typing import IO, Any, Final

from sfumato.errors import SfumatoError
from sfumato.testing.case import Assignment, Case
from sfumato.testing.check import CHECKS
from sfumato.testing.heavy import FORKABLE
from sfumato.testing.outcome import Failed, Skipped, Verdict, Warned
from sfumato.testing.subject import Subject, load

#: How much of what a plugin printed is kept.
_PRINTED: Final = 2000
#: The check that finds out which cases there are.
_CASES: Final = "kit.cases"


def try_order(order: Mapping[str, Any]) -> dict[str, Any]:
    """The verdict on an ordered case, as plain data, and which heavy modules it took.

    Whatever the plugin prints is part of the verdict.
    """
    assignment, case = Assignment(**order["assignment"]), Case(**order["case"])
    with _printing_apart() as printed:
        verdict = _cases_of(assignment, case) if case.check == _CASES else try_case(assignment, case)
        with suppress(Exception):
            sys.stdout.flush()
        printed.seek(0, os.SEEK_END)
        printed.seek(max(printed.tell() - _PRINTED, 0))
        verdict = replace(verdict, printed=printed.read().decode(errors="replace").strip())
    return {"verdict": verdict.to_json(), "took": [name for name in sys.modules if name.partition(".")[0] in FORKABLE]}


def try_case(assignment: Assignment, case: Case) -> Verdict:
    """Load the subject and run one check on it, in this process."""
    verdict, started = Verdict(case=case, outcome="passed"), time.monotonic()
    try:
        subject = load(assignment, case)
        verdict = replace(verdict, figures=_run(subject, case) or {})
    except Skipped as error:
        verdict = replace(verdict, outcome="skipped", said=str(error))
    except Warned as error:
        verdict = replace(verdict, outcome="warned", said=str(error), figures=error.figures)
    except (Failed, SfumatoError) as error:
        verdict = replace(verdict, outcome="failed", said=str(error))
    except Exception as error:
        verdict = replace(verdict, outcome="failed", said=f"raised {type(error).__name__}: {error}{_where(error)}")
    except BaseException as error:
        verdict = replace(verdict, outcome="crashed", said=f"ended the process by {type(error).__name__}: {error}")
    return replace(verdict, elapsed_s=round(time.monotonic() - started, 3))


def _run(subject: Subject, case: Case) -> Mapping[str, float] | None:
    # Only now, and for a bare check only what imports nothing heavy itself: it looks at what the plugin has imported.
    importlib.import_module("sfumato.testing.checks.plugin" if case.bare else "sfumato.testing.cases")
    return CHECKS[case.check].body(subject)


def _cases_of(assignment: Assignment, case: Case) -> Verdict:
    """Every case of a plugin, as the figures of a verdict cannot hold them: as JSON in `said`."""
    try:
        subject = load(assignment, case)
        subject.check_settings()
    except SfumatoError as error:
        return Verdict(case=case, outcome="failed", said=str(error))
    from sfumato.testing.cases import cases_of

    return Verdict(case=case, outcome="passed", said=json.dumps([asdict(each) for each in cases_of(subject)]))


def _where(error: Exception) -> str:
    """The innermost place outside of libraries, as `file.py:12`."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "site-packages" not in frame.filename]
    return f" (at {os.path.basename(frames[-1].filename)}:{frames[-1].lineno})" if frames else ""


@contextmanager
def _printing_apart() -> Iterator[IO[bytes]]:
    """Send everything that is printed, by C libraries as well, into a file."""
    with tempfile.TemporaryFile() as printed:
        kept = [os.dup(descriptor) for descriptor in (1, 2)]
        for descriptor in (1, 2):
            os.dup2(printed.fileno(), descriptor)
        try:
            yield printed
        finally:
            for descriptor, copy in zip((1, 2), kept, strict=True):
                os.dup2(copy, descriptor)
                os.close(copy)


def main() -> None:
    """One order from standard input, one verdict to standard output."""
    print(json.dumps(try_order(json.load(sys.stdin))))


if __name__ == "__main__":
    main()
