"""The guide for artists: its script runs, and nothing that can be pressed is missing from it."""

import ast
import re

from tests.hosts.blender.blender_program import CHECKOUT

GUIDE = (CHECKOUT / "docs/hosts/blender.md").read_text()
ADAPTER = CHECKOUT / "host_adapters/blender/sfumato"


def test_every_operator_and_panel_is_in_the_guide():
    missing = []
    for path in sorted(ADAPTER.glob("*.py")):
        for each in ast.walk(ast.parse(path.read_text())):
            if isinstance(each, ast.ClassDef):
                missing += [f"{path.name}: {told}" for told in _told(each) if told not in GUIDE]

    assert missing == []


def _told(made):
    """What an artist may look for: an operator's id, a panel's title."""
    given = {
        each.targets[0].id: each.value.value
        for each in made.body
        if isinstance(each, ast.Assign) and isinstance(each.value, ast.Constant)
    }
    if "_OT_" in made.name:
        yield given["bl_idname"]
    elif "bl_label" in given:
        yield given["bl_label"]


def test_the_script_of_the_guide_runs(blender):
    (code,) = re.findall(r"```python\n(.*?)```", GUIDE, re.S)
    found = blender.run("guide_checks.py", code=code)

    assert found["script"] is None
    assert found["material"].startswith("mossy red brick wall")
    assert (blender.home / "monkey.blend").stat().st_size > 50_000
