"""What Ground reads in training: balanced specs, faithful phrases, a share that stays unseen."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from sfumato.ground.materials import COLOURS, MATERIALS, MODIFIERS, SurfaceSpec
from sfumato.ground.prompts import CONTRADICTIONS, held_out, main_colour, phrase, sample_spec
from sfumato.ground.vocabulary import COLOUR_WORDS, MATERIAL_WORDS, MODIFIER_WORDS


@pytest.fixture(scope="module")
def specs() -> list[SurfaceSpec]:
    rng = np.random.default_rng(0)
    return [sample_spec(rng) for _ in range(6000)]


def test_the_vocabulary_covers_exactly_what_can_be_asked_for() -> None:
    assert MATERIAL_WORDS.keys() == MATERIALS.keys()
    assert COLOUR_WORDS.keys() == COLOURS.keys()
    assert set(MODIFIER_WORDS) == set(MODIFIERS)


@pytest.mark.parametrize("words", [MATERIAL_WORDS, COLOUR_WORDS, MODIFIER_WORDS])
def test_no_word_means_two_things(words: dict[str, tuple[str, ...]]) -> None:
    counted = Counter(word for synonyms in words.values() for word in set(synonyms))
    assert [word for word, count in counted.items() if count > 1] == []


def test_materials_are_balanced(specs: list[SurfaceSpec]) -> None:
    counts = Counter(spec.material for spec in specs)
    assert min(counts.values()) > 0.65 * len(specs) / len(MATERIALS)


def test_the_number_of_colours_follows_the_stated_shares(specs: list[SurfaceSpec]) -> None:
    shares = np.bincount([len(spec.colours) for spec in specs], minlength=3) / len(specs)
    assert shares == pytest.approx([0.2, 0.5, 0.3], abs=0.03)


def test_modifiers_suit_the_material_and_each_other(specs: list[SurfaceSpec]) -> None:
    for spec in specs:
        assert len(spec.modifiers) <= 2
        assert spec.modifiers <= MATERIALS[spec.material].modifiers
        assert all(len(spec.modifiers & group) < 2 for group in CONTRADICTIONS)


def test_a_phrase_says_everything_in_the_spec(specs: list[SurfaceSpec]) -> None:
    rng = np.random.default_rng(1)
    for spec in specs[:2000]:
        words = phrase(spec, rng).lower()
        assert any(synonym in words for synonym in MATERIAL_WORDS[spec.material]), words
        assert all(any(synonym in words for synonym in COLOUR_WORDS[name]) for name in spec.colours), words
        assert all(any(synonym in words for synonym in MODIFIER_WORDS[name]) for name in spec.modifiers), words


def test_the_main_colour_is_said_first(specs: list[SurfaceSpec]) -> None:
    rng = np.random.default_rng(2)
    spec = SurfaceSpec(material="knit", colours=("red", "black"), modifiers=frozenset())
    for _ in range(50):
        words = phrase(spec, rng).lower()
        first, second = (min(words.find(s) for s in COLOUR_WORDS[name] if s in words) for name in spec.colours)
        assert first < second, words


def test_phrases_vary_and_repeat_with_the_seed() -> None:
    spec = SurfaceSpec(material="brick", colours=("red",), modifiers=frozenset({"mossy"}))
    rng = np.random.default_rng(3)
    assert len({phrase(spec, rng) for _ in range(100)}) > 50
    assert phrase(spec, np.random.default_rng(4)) == phrase(spec, np.random.default_rng(4))


def test_a_phrase_has_no_loose_punctuation(specs: list[SurfaceSpec]) -> None:
    rng = np.random.default_rng(5)
    for spec in specs[:500]:
        words = phrase(spec, rng)
        assert words == words.strip(" ,")
        assert "  " not in words
        assert " ," not in words


def test_a_twentieth_is_held_out_and_stays_so(specs: list[SurfaceSpec]) -> None:
    share = np.mean([held_out(spec) for spec in specs])
    assert 0.03 < share < 0.07
    spec = SurfaceSpec(material="brick", colours=("red",), modifiers=frozenset({"wet", "large"}))
    same = SurfaceSpec(material="brick", colours=("red",), modifiers=frozenset({"large", "wet"}))
    assert held_out(spec) == held_out(same)


def test_a_bare_material_is_never_held_out() -> None:
    assert not any(held_out(SurfaceSpec(material=m, colours=(), modifiers=frozenset())) for m in MATERIALS)


def test_the_main_colour_is_the_first() -> None:
    assert main_colour(SurfaceSpec(material="brick", colours=("red", "white"), modifiers=frozenset())) == "red"
    assert main_colour(SurfaceSpec(material="brick", colours=(), modifiers=frozenset())) is None
