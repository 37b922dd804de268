"""An inspection: a plugin's cases, found and tried one after the other. Imports neither torch nor the plugin."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict
from types import TracebackType
from typing import Any, Final

from sfumato.errors import NotFound, PluginError
from sfumato.testing.case import Assignment, Case
from sfumato.testing.outcome import Verdict

#: The case that finds out which cases there are; `sfumato.testing.cell` answers it.
CASES: Final = Case(check="kit.cases", time_limit_s=300.0)


class Inspection:
    """A context that keeps a warden (`sfumato.testing.warden`) at hand.

    with Inspection(Assignment(plugin="sfumato-acme")) as inspection:
        verdicts = [inspection.try_case(case) for case in inspection.cases()]
    """

    def __init__(self, assignment: Assignment) -> None:
        self._assignment = assignment
        self._warden: subprocess.Popen[str] | None = None

    def __enter__(self) -> Inspection:
        command = [sys.executable, "-m", "sfumato.testing.warden"]
        self._warden = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        warden, self._warden = self._warden, None
        assert warden is not None
        assert warden.stdin is not None
        assert warden.stdout is not None
        if error is None:
            warden.stdin.close()
        else:
            warden.terminate()
        warden.wait()
        warden.stdin.close()
        warden.stdout.close()

    def cases(self, kind: str = "") -> tuple[Case, ...]:
        """What there is to try, for contributions of one kind only if it is given.

        Raises NotFound where there is no such plugin, and for settings that nothing in it takes.

        Of a plugin that takes the process down with it when it is loaded, this is `plugin.loads` alone.
        """
        verdict = self.try_case(CASES)
        if verdict.outcome == "failed":
            raise NotFound(verdict.said, plugin=self._assignment.plugin)
        if verdict.outcome == "crashed":
            return (Case(check="plugin.loads", description="Every entry point is imported."),)
        found = (Case(**row) for row in json.loads(verdict.said))
        return tuple(case for case in found if not kind or case.kind in ("", kind))

    def try_case(self, case: Case) -> Verdict:
        """The verdict on one case. Raises PluginError where the warden itself has gone."""
        warden = self._warden
        assert warden is not None
        assert warden.stdin is not None
        assert warden.stdout is not None
        order = {"assignment": asdict(self._assignment), "case": asdict(case)}
        try:
            print(json.dumps(order), file=warden.stdin, flush=True)
        except BrokenPipeError:
            raise PluginError("the process that runs the checks has gone") from None
        answer: Any = warden.stdout.readline()
        if not answer:
            raise PluginError("the process that runs the checks has gone")
        return Verdict.from_json(json.loads(answer))


def check_plugin(assignment: Assignment, kind: str = "") -> Iterator[Verdict]:
    """The verdicts on all of a plugin's cases, as they come. Raises NotFound."""
    with Inspection(assignment) as inspection:
        for case in inspection.cases(kind):
            yield inspection.try_case(case)
