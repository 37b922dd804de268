"""Checks of the plugin as a whole: it loads, quickly and lightly, and its ids are its own."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import Final

from sfumato.testing import plugin_source
from sfumato.testing.check import PLUGIN, check
from sfumato.testing.heavy import HEAVY
from sfumato.testing.outcome import Skipped, Warned, require
from sfumato.testing.subject import Subject

#: Processor time; fifty plugins are to be found in half a second.
QUICK_S, SLOW_S = 0.05, 0.5
_RESERVED: Final = "sfumato"


@check(PLUGIN)
def loads(subject: Subject) -> None:
    """Every entry point is imported and registers its contributions without an error."""
    broken = [f"{card.name}: {card.error}" for card in subject.cards if card.error]
    require(not broken, "; ".join(broken))
    others = [card for card in subject.registry.plugins() if card.error]
    require(not others, f"took the place of another plugin: {'; '.join(card.error for card in others)}")


@check(PLUGIN)
def contributes(subject: Subject) -> dict[str, float]:
    """It registers at least one contribution."""
    if not subject.loads:
        raise Skipped("does not load")
    require(subject.contributions, "registers nothing; write a hook such as sfumato_register_samplers(register)")
    return {"contributions": len(subject.contributions)}


@check(PLUGIN, bare=True)
def imports_nothing_heavy(subject: Subject) -> None:
    """Finding and loading the plugin imports no torch, and no other library that takes seconds."""
    heavy = [name for name in HEAVY if name in sys.modules]
    require(not heavy, f"imports {', '.join(heavy)}; import them within the methods that need them")


@check(PLUGIN)
def is_found_quickly(subject: Subject) -> dict[str, float]:
    """Loading the plugin takes little processor time, beyond what Sfumato itself takes."""
    fresh = [sys.executable, "-X", "importtime", "-c", _LOAD, subject.assignment.plugin]
    ended = subprocess.run(fresh, capture_output=True, text=True, check=False)
    found = re.search(r"loaded in ([\d.e-]+)", ended.stdout)
    require(found, f"cannot be loaded: {ended.stderr.strip()[-300:]}")
    assert found is not None
    took_s = float(found[1])
    figures = {"load_s": round(took_s, 4)}
    require(took_s < SLOW_S, f"takes {took_s:.2f} s of processor time to load, expected less than {QUICK_S} s")
    if took_s > QUICK_S:
        raise Warned(f"takes {took_s:.2f} s of processor time to load, better {QUICK_S} s", **figures)
    return figures


_LOAD: Final = """
import sys, time
from sfumato.engine.plugins import discover
from sfumato.testing.plugin_source import entry_points
points = entry_points(sys.argv[1])
started = time.process_time()
discover(points)
print("loaded in", time.process_time() - started)
"""


@check(PLUGIN)
def has_a_namespace_of_its_own(subject: Subject) -> None:
    """All ids stand in one namespace, which is a word of the distribution's name and not another's."""
    spaces = {contribution_id.partition(".")[0] for _, contribution_id in subject.contributions}
    if not spaces:
        raise Skipped("registers nothing")
    name = next(iter(subject.owners))
    require(_RESERVED not in spaces or name == _RESERVED, "uses the namespace `sfumato`, which is for Sfumato's own")
    require(len(spaces) == 1, f"uses the namespaces {', '.join(sorted(spaces))}, expected one")
    space = spaces.pop()
    words = _normal(name)
    if not plugin_source.is_file(subject.assignment.plugin) and f"-{space}-" not in f"-{words}-":
        said = f"uses the namespace {space}, expected a word of the distribution's name {name}, so that ids never clash"
        raise Warned(said)


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
