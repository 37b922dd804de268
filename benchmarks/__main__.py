"""`python -m benchmarks [NAME ...]`: run all benchmarks, or those that are named."""

from __future__ import annotations

import importlib
import sys

ALL = (
    "cold_start", "daemon_tax", "cancel_latency", "engine_vs_diffusers", "sampler_order", "plugin_overhead",
    "plugin_discovery", "live_painting", "adapter_core", "mesh_projection",
)  # fmt: skip


def main() -> None:
    """Run one after the other: they would disturb each other's times."""
    for name in sys.argv[1:] or ALL:
        importlib.import_module(f"benchmarks.{name}").main()


if __name__ == "__main__":
    main()
