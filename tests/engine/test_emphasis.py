import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfumato.engine.families.emphasis import MAX_WEIGHT, Span, parse


def spans(*pairs):
    return [Span(text=text, weight=pytest.approx(weight)) for text, weight in pairs]


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("", []),
        ("red brick", [("red brick", 1)]),
        ("(red)", [("red", 1.1)]),
        ("((red))", [("red", 1.21)]),
        ("[red]", [("red", 1 / 1.1)]),
        ("[[red]]", [("red", 1 / 1.21)]),
        ("a (red dress:1.2) b", [("a ", 1), ("red dress", 1.2), (" b", 1)]),
        ("(red : 0.5 )", [("red ", 0.5)]),
        ("(red:.5)", [("red", 0.5)]),
        ("(red:-1)", [("red", -1)]),
        ("(a (b:2) c:3)", [("a ", 3), ("b", 6), (" c", 3)]),
        ("(a [b] c)", [("a ", 1.1), ("b", 1), (" c", 1.1)]),
        (r"a \(b\) \[c\] \\ d", [(r"a (b) [c] \ d", 1)]),
        (r"(a \) b:1.5)", [("a ) b", 1.5)]),
        ("ratio 3:2, a:b", [("ratio 3:2, a:b", 1)]),
        (r"a \b", [(r"a \b", 1)]),
    ],
)
def test_weights(prompt, expected):
    assert parse(prompt) == [spans(*expected)]


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("(red", [("(red", 1)]),
        ("red)", [("red)", 1)]),
        ("red:1.2)", [("red:1.2)", 1)]),
        ("[red:1.2)", [("[red:1.2)", 1)]),
        ("((red)", [("(", 1), ("red", 1.1)]),
        ("(red))", [("red", 1.1), (")", 1)]),
        ("(a [b) c]", [("a [b", 1.1), (" c]", 1)]),
        ("(red:1.2.3)", [("red:1.2.3", 1.1)]),
        ("(red:big)", [("red:big", 1.1)]),
        ("(red:9999)", [("red:9999", 1.1)]),
        ("(:1.2)", []),
        ("()", []),
    ],
)
def test_what_is_not_well_formed_is_literal(prompt, expected):
    assert parse(prompt) == [spans(*expected)]


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("a BREAK b", [[("a ", 1)], [(" b", 1)]]),
        ("BREAK", [[], []]),
        ("BREAKFAST", [[("BREAKFAST", 1)]]),
        ("(a BREAK b:2)", [[("a ", 2)], [(" b", 2)]]),
    ],
)
def test_break_starts_a_new_part(prompt, expected):
    assert parse(prompt) == [spans(*part) for part in expected]


def test_a_tower_of_brackets_stays_finite():
    depth = 10_000
    assert parse("(" * depth + "red" + ")" * depth) == [[Span(text="red", weight=MAX_WEIGHT)]]
    assert parse("[" * depth + ")" * depth) == [[Span(text="[" * depth + ")" * depth)]]


@given(st.text(alphabet="ab ()[]\\:.1-", max_size=60))
def test_any_text_parses_and_no_letter_is_lost(prompt):
    (part,) = parse(prompt)
    text = "".join(span.text for span in part)
    assert [c for c in text if c in "ab"] == [c for c in prompt if c in "ab"]
    assert all(abs(span.weight) <= MAX_WEIGHT for span in part)


@given(st.text(max_size=60).filter(lambda text: not set(text) & set("()[]\\") and "BREAK" not in text))
def test_text_without_syntax_is_untouched(prompt):
    assert parse(prompt) == [[Span(text=prompt)] if prompt else []]
