"""The conformance kit: what a plugin author tests a plugin with. `sfumato plugins check` runs the same checks.

    from sfumato.testing import conformance_tests

    test_conformance = conformance_tests("sfumato-acme")

Importing it imports neither torch nor any plugin: both happen in processes of their own.
"""

from sfumato.testing.case import Assignment, Case
from sfumato.testing.conformance import ConformanceWarning, conformance_tests
from sfumato.testing.inspection import Inspection, check_plugin
from sfumato.testing.outcome import OUTCOMES, Verdict

__all__ = [
    "Assignment",
    "Case",
    "ConformanceWarning",
    "Inspection",
    "OUTCOMES",
    "Verdict",
    "check_plugin",
    "conformance_tests",
]
