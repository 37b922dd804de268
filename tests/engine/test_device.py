import json

import pytest

from sfumato.engine.device import best_device, fastest_dtype, layer_time_s, memory_bytes


def timed(**seconds):
    return lambda device, dtype: seconds[dtype]


@pytest.mark.parametrize(
    ("device", "seconds", "expected"),
    [
        ("cpu", {"float32": 1.0, "bfloat16": 0.5}, "bfloat16"),
        ("cpu", {"float32": 1.0, "bfloat16": 0.9}, "float32"),
        ("cpu", {"float32": 1.0, "bfloat16": 50.0}, "float32"),
        ("mps", {"float32": 1.0, "float16": 0.5}, "float16"),
    ],
)
def test_half_precision_is_taken_where_it_is_clearly_faster(tmp_path, device, seconds, expected):
    assert fastest_dtype(device, tmp_path / "precision.json", timed(**seconds)) == expected


def test_the_first_measurement_stays(tmp_path):
    notes = tmp_path / "precision.json"
    assert fastest_dtype("cpu", notes, timed(float32=1.0, bfloat16=0.5)) == "bfloat16"
    assert fastest_dtype("cpu", notes, timed(float32=0.1, bfloat16=9.0)) == "bfloat16"
    assert list(json.loads(notes.read_text()).values()) == ["bfloat16"]


def test_a_layer_takes_time():
    assert layer_time_s("cpu", "float32") > 0


def test_the_device_has_memory():
    assert memory_bytes(best_device()) > 2**28
