"""Sfumato's own samplers, schedules and guiders pass every check."""

from sfumato.testing import conformance_tests

test_the_builtins = conformance_tests("sfumato")
