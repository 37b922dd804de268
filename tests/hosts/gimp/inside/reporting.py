"""Runs checks inside GIMP and writes what they found as JSON."""

import json
import os
import traceback

SETTINGS = json.loads(os.environ.get("SFUMATO_SETTINGS", "{}"))
_found = {}


def check(function, *arguments, name=None):
    """Call it, and note what it returns, or how it failed."""
    key = name or function.__name__
    try:
        _found[key] = {"value": function(*arguments)}
    except Exception:
        _found[key] = {"error": traceback.format_exc()}
    save()


def note(name, value):
    _found[name] = {"value": value}
    save()


def save():
    with open(os.environ["SFUMATO_REPORT"], "w") as stream:
        json.dump(_found, stream)
