"""Variations of what was drawn before: from the history of the file, and from a material that it holds."""

from .materials import PURPOSE
from .variations import READY, Slot, copied, slot_key


def bring_back(desk, materials, ticket, image_index):
    """Put what the history remembers on the board again; its pixels come from the daemon."""
    desk.attend(PURPOSE)
    key = f"{ticket}/{image_index}"
    entries = [each for each in desk.studio.history.entries if slot_key(each) == key]
    if not entries or materials.board.find(key):
        return
    asked = _asked_again(desk, materials, entries[0].recipe)
    materials.board.add(Slot(ticket, image_index, entries[0].title, asked))
    for entry in entries:
        desk.studio.show(desk.studio.reopen(entry))


def slot_of(desk, materials, reference, told):
    """The slot of a material of the file; one is made where the board has none, from what it was drawn with."""
    for slot in materials.board.slots:
        if slot.material and slot.material.find() == reference.find():
            return slot
    slot = Slot("", 0, str(told.get("title", "")), _asked_again(desk, materials, told.get("recipe", {})))
    slot.state, slot.kept, slot.material = READY, True, reference
    return materials.board.add(slot)


def _asked_again(desk, materials, recipe):
    """What the artist has set now, with the words and the model of then."""
    words = {name: str(recipe.get(name, "")) for name in ("prompt", "negative_prompt", "model")}
    return materials.wanted(copied(desk.workspace(PURPOSE), **words))
