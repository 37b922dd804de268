"""How figures about Ground are told: with the date, the machine and the versions, printed and kept as JSON."""

from __future__ import annotations

import argparse
import datetime
import json
import platform
from importlib.metadata import version
from pathlib import Path
from typing import Any

import torch

#: Of a checkout; an installed package has none.
BENCHMARKS = Path(__file__).parents[3] / "benchmarks"


def add_output_option(parser: argparse.ArgumentParser, name: str) -> None:
    """`--output FILE`; in a checkout it is `benchmarks/NAME.json` unless told otherwise, elsewhere nowhere."""
    default = BENCHMARKS / f"{name}.json" if BENCHMARKS.is_dir() else None
    parser.add_argument("--output", type=Path, default=default)


def tell(figures: dict[str, Any], output: Path | None) -> None:
    """Print the figures, and write them to `output` where there is one."""
    text = json.dumps(_circumstances() | figures, indent=2)
    if output:
        output.write_text(text + "\n", encoding="utf-8")
    print(text)


def _circumstances() -> dict[str, Any]:
    return {
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "machine": {"processor": platform.machine(), "cores": torch.get_num_threads(), "system": platform.system()},
        "versions": {name: version(name) for name in ("torch", "diffusers", "transformers")},
    }
