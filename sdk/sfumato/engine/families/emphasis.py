r"""The common prompt syntax: what is stressed, and where a new chunk starts.

    (red dress:1.2)   weight 1.2          \( \) \[ \] \\   the character itself
    (red dress)       weight 1.1          BREAK            starts a new chunk of tokens
    [red dress]       weight 1 / 1.1

Brackets nest, and their weights multiply. What is not well-formed is literal text: there are no syntax errors.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

STRESS: Final = 1.1
#: Far beyond what any encoder makes sense of, and far from an overflow in half precision.
MAX_WEIGHT: Final = 16.0

_TOKEN: Final = re.compile(
    r"""
      \\(?P<escaped>[()\[\]\\])
    | (?P<open>[(\[])
    | (?: :\s*(?P<weight>-?(?:\d{1,3}(?:\.\d{0,6})?|\.\d{1,6}))\s* )? (?P<close>\))
    | (?P<square_close>\])
    | [^\\()\[\]:]+ | [:\\]
    """,
    re.VERBOSE,
)
_BREAK: Final = re.compile(r"\bBREAK\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A piece of a prompt and its weight."""

    text: str
    weight: float = 1.0


def parse(prompt: str) -> list[list[Span]]:
    """The spans of each part of `prompt`; BREAK separates the parts. At least one part, possibly empty."""
    parts: list[list[Span]] = [[]]
    for text, weight in _weighted(list(_TOKEN.finditer(prompt))):
        first, *later = _BREAK.split(text)
        _append(parts[-1], first, weight)
        for piece in later:
            parts.append([])
            _append(parts[-1], piece, weight)
    return parts


def _append(part: list[Span], text: str, weight: float) -> None:
    """Neighbours of one weight are one span, so that the tokenizer sees whole words."""
    if part and part[-1].weight == weight:
        part[-1] = Span(text=part[-1].text + text, weight=weight)
    elif text:
        part.append(Span(text=text, weight=weight))


def _weighted(tokens: list[re.Match[str]]) -> Iterator[tuple[str, float]]:
    """Every literal text with the product of the weights around it."""
    factors = _factors(tokens)
    weights = [1.0]
    for index, token in enumerate(tokens):
        if index not in factors:
            yield token["escaped"] or token[0], weights[-1]
        elif token["open"]:
            weights.append(min(max(weights[-1] * factors[index], -MAX_WEIGHT), MAX_WEIGHT))
        else:
            weights.pop()


def _factors(tokens: list[re.Match[str]]) -> dict[int, float]:
    """The weight of each matched pair of brackets, by the positions of both; an unmatched one is absent."""
    factors: dict[int, float] = {}
    opened: dict[str, list[int]] = {"(": [], "[": []}
    for index, token in enumerate(tokens):
        if token["open"]:
            opened[token["open"]].append(index)
        elif token["close"] and opened["("]:
            factor = STRESS if token["weight"] is None else float(token["weight"])
            factors |= dict.fromkeys((_take(opened, "("), index), factor)
        elif token["square_close"] and opened["["]:
            factors |= dict.fromkeys((_take(opened, "["), index), 1 / STRESS)
    return factors


def _take(opened: dict[str, list[int]], kind: str) -> int:
    """The nearest open bracket of a kind. What was opened inside it and not closed stays literal."""
    position = opened[kind].pop()
    for others in opened.values():
        while others and others[-1] > position:
            others.pop()
    return position
