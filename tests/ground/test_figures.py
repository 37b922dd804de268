"""Figures are printed and kept, wherever the package is."""

import argparse
import json

import pytest

from sfumato.ground import figures


@pytest.fixture
def parsed():
    def parse(*words):
        parser = argparse.ArgumentParser()
        figures.add_output_option(parser, "speed")
        return parser.parse_args(words)

    return parse


def test_a_checkout_keeps_them_beside_the_other_benchmarks(parsed):
    assert parsed().output == figures.BENCHMARKS / "speed.json"
    assert (figures.BENCHMARKS / "ground_quality.json").exists()


def test_an_installed_package_keeps_them_only_where_it_is_told(parsed, monkeypatch, tmp_path):
    monkeypatch.setattr(figures, "BENCHMARKS", tmp_path / "benchmarks")
    assert parsed().output is None
    assert parsed("--output", "there.json").output.name == "there.json"


def test_what_is_printed_is_what_is_kept(capsys, tmp_path):
    figures.tell({"pictures": 3}, tmp_path / "kept.json")
    printed = json.loads(capsys.readouterr().out)
    assert json.loads((tmp_path / "kept.json").read_text()) == printed
    assert printed["pictures"] == 3
    assert printed["versions"]["torch"]
    figures.tell({"pictures": 3}, None)
    assert json.loads(capsys.readouterr().out) == printed
