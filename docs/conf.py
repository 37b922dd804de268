"""Sphinx's settings: `make docs` builds the site into build/docs, from files alone."""

from __future__ import annotations

import sys
from importlib.metadata import version as version_of
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from docs.writers.docstrings import restructured

if TYPE_CHECKING:
    from sphinx.application import Sphinx

project = "Sfumato"
author = "The Sfumato authors"
copyright = author
version = release = version_of("sfumato")

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx_copybutton"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["writers"]
myst_heading_anchors = 4
myst_enable_extensions = ["colon_fence", "attrs_block"]

html_theme = "furo"
html_title = "Sfumato"
html_theme_options = {
    "light_css_variables": {"color-brand-primary": "#8a4b2a", "color-brand-content": "#8a4b2a"},
    "dark_css_variables": {"color-brand-primary": "#e0a27a", "color-brand-content": "#e0a27a"},
}
html_copy_source = False
copybutton_prompt_text = "$ "

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_preserve_defaults = True
python_use_unqualified_type_names = True
default_role = "code"

nitpicky = True
#: What signatures name of other packages and of modules that are not public has no page here.
nitpick_ignore_regex = [("py:.*", r"(?!sfumato\.(plugin|client|testing)\.[A-Z]\w+$).*")]


def setup(app: Sphinx) -> None:
    """Docstrings are written to be read in an editor; Sphinx wants its own marks."""
    app.connect("autodoc-process-docstring", _rewrite)


def _rewrite(app: Sphinx, what: str, name: str, subject: Any, options: Any, lines: list[str]) -> None:
    lines[:] = restructured(lines)
