"""What `sfumato plugins new` writes: an example of every kind as a module that works where it stands, and its tests."""

from __future__ import annotations

import re
from importlib import resources
from typing import Final

#: The name of the plugin in the templates.
NAME: Final = "template-plugin"


def files_of(kind: str, name: str) -> dict[str, str]:
    """The text of every file of a new distribution, by path."""
    module, example = name.replace("-", "_"), kind.replace("-", "_")
    files = {
        "pyproject.toml": _text("pyproject.toml.template"),
        "README.md": _text("README.md.template"),
        f"{module}/__init__.py": _text(f"{example}.py"),
        f"tests/test_{module}.py": _text(f"{example}_test.py"),
    }
    if kind == "family":
        files["tests/tiny.gaussian.json"] = _text("tiny.gaussian.json")
    words = {f"{__name__}.{example}": module, NAME: name, "template_plugin": module, "TEMPLATE-KIND": kind}
    return {path: _with(words, text) for path, text in files.items()}


def _text(name: str) -> str:
    return resources.files(__name__).joinpath(name).read_text(encoding="utf-8")


def _with(words: dict[str, str], text: str) -> str:
    # All in one go: what was put in may look like a word of the template.
    return re.sub("|".join(map(re.escape, words)), lambda found: words[found[0]], text)
