"""The committed wire code loads and works on every protobuf runtime from 4.25 to 7.x."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

SDK = Path(__file__).parents[2] / "sdk"
RUNTIMES = ("4.25.9", "5.29.6", "6.33.6", "7.36.2")
ROUND_TRIP = """
import google.protobuf
from sfumato.v1 import assets_pb2, catalog_pb2, jobs_pb2, parameters_pb2, recipes_pb2, server_pb2
recipe = recipes_pb2.Recipe(prompt="sand", seed=0, sampler=recipes_pb2.Selection(id="sfumato.euler"))
recipe.sampler.params["eta"].float_value = 0.5
job = jobs_pb2.Job(id="1", recipe=recipe)
job.error.message = "no"
back = jobs_pb2.Job.FromString(job.SerializeToString())
assert back == job and back.recipe.HasField("seed") and not back.recipe.HasField("steps")
print(google.protobuf.__version__)
"""


@pytest.mark.parametrize("version", RUNTIMES)
def test_generated_code_works_on_protobuf(version, tmp_path):
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(tmp_path), "--no-compile"]
    packages = [f"protobuf=={version}", "googleapis-common-protos>=1.63"]
    installed = subprocess.run([*pip, *packages], capture_output=True, text=True, check=False)
    if "No matching distribution" in installed.stderr:
        pytest.skip(f"no package index gave protobuf {version}")
    assert installed.returncode == 0, installed.stderr
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(tmp_path), str(SDK)))}

    ran = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", ROUND_TRIP], env=environment, capture_output=True, text=True, check=False
    )

    assert ran.stdout.strip() == version, ran.stderr
