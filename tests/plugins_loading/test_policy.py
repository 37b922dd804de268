"""The policy for plugins names what there is."""

import re
from pathlib import Path

from sfumato.engine.registry import KINDS

POLICY = (Path(__file__).parents[2] / "docs" / "plugin_policy.md").read_text(encoding="utf-8")


def test_every_capability_is_in_the_policy_and_no_other():
    table = re.findall(r"\| ([a-z-]+) \| `(sfumato\.[a-z-]+/\d+)`", POLICY)

    assert dict(table) == {kind: base.capability for kind, (base, _) in KINDS.items()}
