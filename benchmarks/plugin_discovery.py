"""How long fifty installed plugins take to be found, imported and registered, in fresh processes.

Each is a distribution of its own with one sampler that has a parameter. Python and the builtin plugin are started
first, so that the figure is what plugins add; the bytecode of the plugins is there, as pip leaves it.
"""

from __future__ import annotations

import compileall
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from benchmarks import report

PLUGINS: Final = 50
RUNS: Final = 15
PROMISED_S: Final = 0.5

_SOURCE: Final = '''
import sfumato.plugin as sf


class Swirl(sf.Sampler):
    """Euler's method."""

    id, label, order = "many{number}.swirl", "Swirl {number}", 1

    class Params(sf.Params):
        eta: float = sf.Field(0.5, ge=0.0, le=1.0, label="Noise", help="How much of it.")

    def step(self, x, sigma, sigma_next, state, noise):
        denoised = yield sf.Evaluate(x, sigma)
        return x + (x - denoised) / sigma * (sigma_next - sigma)


@sf.hookimpl
def sfumato_register_samplers(register):
    register(Swirl)
'''
_MEASURE: Final = """
import sys, time
import sfumato.builtin, sfumato.engine.plugins as plugins
from sfumato.plugin_sources import installed
if len(sys.argv) > 1:
    sys.path.insert(0, sys.argv[1])
begun = time.perf_counter()
sources = [source for source in installed() if source.key == "sfumato" or source.key.startswith("many")]
registry = plugins.load(sources, plugins.Importer())
registry.cards()
print(time.perf_counter() - begun, sum(not card.error for card in registry.plugins()))
"""


def lay_down(folder: Path) -> None:
    """Fifty distributions, as pip would leave them."""
    for number in range(PLUGINS):
        name = f"many{number}"
        (folder / f"{name}.py").write_text(_SOURCE.format(number=number), encoding="utf-8")
        info = folder / f"{name}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n", encoding="utf-8")
        (info / "entry_points.txt").write_text(f"[sfumato]\n{name} = {name}\n", encoding="utf-8")
    compileall.compile_dir(folder, quiet=1)


def discovery_s(*folder: str, plugins: int) -> float:
    """Seconds of one discovery that has to find so many plugins in working order."""
    command = [sys.executable, "-c", _MEASURE, *folder]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    assert int(told[1]) == plugins, told
    return float(told[0])


def main() -> None:
    """Fifteen fresh processes with the fifty plugins, and fifteen without, in turn."""
    with tempfile.TemporaryDirectory() as folder:
        lay_down(Path(folder))
        rows = [(discovery_s(plugins=1), discovery_s(folder, plugins=PLUGINS + 1)) for _ in range(RUNS)]
    figures = {
        "plugins": PLUGINS,
        "builtin_alone": report.summary([alone for alone, _ in rows]),
        "with_plugins": report.summary([together for _, together in rows]),
        "promised_s": PROMISED_S,
    }
    report.write("plugin_discovery", figures)


if __name__ == "__main__":
    main()
