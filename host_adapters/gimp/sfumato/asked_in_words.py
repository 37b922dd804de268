"""Contributions as a procedure's arguments name them: `id name=value name=value; id ...`."""

import shlex
from typing import Any, List, Tuple

from core.asking import Refusal
from core.catalogue import Catalogue, Contribution
from core.form import Widget
from core.host import Document, Host
from core.workspace import Chosen, Region

_TRUE, _FALSE = ("true", "yes", "1", "on"), ("false", "no", "0", "off")
_LAYER = "layer:"


def chosen_of(text: str, catalogue: Catalogue, kinds: Tuple[str, ...], host: Host, document: Document) -> Chosen:
    """One contribution with its settings; the model's default where the text is empty. Raises Refusal."""
    words = _split(text)
    if not words:
        return Chosen()
    card = catalogue.contribution(words[0], *kinds)
    if card is None:
        known = ", ".join(sorted(each.id for kind in kinds for each in catalogue.of_kind(kind)))
        raise Refusal(f"There is no {kinds[0]} “{words[0]}”. There are: {known or 'none'}.")
    return Chosen(card.id, dict(_setting(word, card, host, document) for word in words[1:]))


def chain_of(text: str, catalogue: Catalogue, kinds: Tuple[str, ...], host: Host, document: Document) -> List[Chosen]:
    """Any number of them, split by semicolons."""
    return [chosen_of(each, catalogue, kinds, host, document) for each in text.split(";") if each.strip()]


def regions_of(text: str, host: Host, document: Document) -> List[Region]:
    """Prompts bound to layers, `layer:NAME=PROMPT; ...`; split by semicolons. Raises Refusal."""
    return [_region(each.strip(), host, document) for each in text.split(";") if each.strip()]


def _region(text: str, host: Host, document: Document) -> Region:
    name, equals, prompt = text.partition("=")
    if not name.startswith(_LAYER) or not equals or not prompt.strip():
        raise Refusal(f"“{text}” is no region. A region is written layer:NAME=what is to be there.")
    return Region(_layer_key(name[len(_LAYER) :].strip(), host, document), prompt.strip())


def _split(text: str) -> List[str]:
    try:
        return shlex.split(text)
    except ValueError as error:
        raise Refusal(f"“{text}” cannot be read: {error}.") from error


def _setting(word: str, card: Contribution, host: Host, document: Document) -> Tuple[str, Any]:
    name, equals, text = word.partition("=")
    widget = card.form.widget(name)
    if widget is None or not equals:
        known = ", ".join(f"{each.id}={each.default}" for each in card.form.widgets)
        raise Refusal(f"“{word}” is no setting of {card.id}. It takes: {known or 'none'}.")
    value = _value(widget, text, host, document)
    if widget.cleaned(value) != value:
        raise Refusal(f"{name} of {card.id} cannot be {text!r}: {_expected(widget)}.")
    return name, value


def _value(widget: Widget, text: str, host: Host, document: Document) -> Any:
    if widget.source_kind in ("image", "mask") and text.startswith(_LAYER):
        return {"layer": _layer_key(text[len(_LAYER) :], host, document)}
    try:
        return {"bool": _switch, "int": int, "seed": int, "float": float}.get(widget.source_kind, str)(text)
    except ValueError:
        raise Refusal(f"{widget.id} cannot be {text!r}: {_expected(widget)}.") from None


def _switch(text: str) -> bool:
    if text.lower() not in _TRUE + _FALSE:
        raise ValueError(text)
    return text.lower() in _TRUE


def _layer_key(name: str, host: Host, document: Document) -> str:
    found = next((each.key for each in host.layers(document) if each.name == name), None)
    if found is None:
        raise Refusal(f"There is no layer “{name}” in “{document.title}”.")
    return found


def _expected(widget: Widget) -> str:
    if widget.choices:
        return "expected one of " + ", ".join(choice.value or "nothing" for choice in widget.choices)
    if widget.minimum is not None or widget.maximum is not None:
        return f"expected a number from {widget.minimum} to {widget.maximum}"
    return f"expected a {widget.source_kind}"
