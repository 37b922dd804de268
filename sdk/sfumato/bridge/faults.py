"""Errors as they go to the adapter: a stable code, words, and the fields that are wrong."""

from __future__ import annotations

from typing import Any

from sfumato.errors import InvalidRecipe, SfumatoError


def fault_of(error: SfumatoError | None) -> dict[str, Any] | None:
    """The error as a frame holds it; None for none."""
    if error is None:
        return None
    violations = error.violations if isinstance(error, InvalidRecipe) else ()
    fields = [{"field": each.field, "description": each.description} for each in violations]
    return {"code": error.reason, "message": error.message, "fields": fields}


def broken_frame(message: str) -> dict[str, Any]:
    """The fault of a frame that does not say what it must; only a wrong adapter sends one."""
    return {"code": "INVALID_FRAME", "message": message, "fields": []}
