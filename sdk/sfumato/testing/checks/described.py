"""Checks that people will find their way: label, description, and a word on every parameter."""

from __future__ import annotations

import re

from sfumato.testing.check import EVERY, check
from sfumato.testing.outcome import Warned, require
from sfumato.testing.subject import Subject

_LONGEST_LABEL, _LONGEST_DESCRIPTION = 40, 120


@check(EVERY)
def has_an_id_in_a_namespace(subject: Subject) -> None:
    """The id is `namespace.name`, in lower-case letters, digits and hyphens, and of a length that a list can show."""
    found = re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*\.[a-z0-9]+(-[a-z0-9]+)*", subject.id)
    require(found, f"has id {subject.id!r}, expected `namespace.name` in a-z, 0-9 and hyphens")
    require(len(subject.id) <= 64, f"has an id of {len(subject.id)} characters, expected at most 64")


@check(EVERY)
def is_described(subject: Subject) -> None:
    """Label and description are there, each on one line, as an artist reads them."""
    label, description = subject.contribution.label, subject.contribution.description
    require(label == label.strip() and "\n" not in label, f"has label {label!r}, expected one line without margins")
    require(len(label) <= _LONGEST_LABEL, f"has a label of {len(label)} characters, expected {_LONGEST_LABEL} at most")
    require(description.strip(), "has no description; set the class attribute `description` to one line for a tooltip")
    require("\n" not in description, "has a description of several lines, expected one")
    length = len(description)
    require(length <= _LONGEST_DESCRIPTION, f"has {length} characters of description, expected {_LONGEST_DESCRIPTION}")


@check(EVERY)
def explains_its_parameters(subject: Subject) -> None:
    """Every parameter says what it does."""
    silent = [spec.id for spec in subject.specs if not spec.help]
    if silent:
        raise Warned(f"says nothing about {', '.join(silent)}; give sf.Field(..., help=...)")
