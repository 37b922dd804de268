"""What a worker imports before it is ready, and what after."""

import subprocess
import sys

from sfumato.worker import imports

AFTER = """
import gc, sys
from sfumato.worker import imports
with imports.importing():
    import sfumato.worker.assembly
before = {"diffusers", "transformers"} & sys.modules.keys()
imports.import_networks()
print(len(before), "diffusers" in sys.modules, gc.isenabled(), gc.get_freeze_count() > 100_000)
"""


def test_networks_are_imported_when_the_worker_is_ready_and_are_no_garbage():
    told = subprocess.run([sys.executable, "-c", AFTER], capture_output=True, text=True, check=True)

    assert told.stdout.split() == ["0", "True", "True", "True"]


def test_networks_that_cannot_be_imported_do_not_end_the_worker(monkeypatch, caplog):
    monkeypatch.setattr(imports, "_NETWORKS", "sfumato.engine.families.no_such_module")
    monkeypatch.setattr(imports.gc, "freeze", lambda: None)
    imports.import_networks()

    assert "no_such_module" in caplog.text
