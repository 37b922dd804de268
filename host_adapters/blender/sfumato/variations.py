"""The board: variations of a material side by side, each drawing or ready, in memory until it is applied."""

from .core.workspace import Workspace

DRAWING, READY = "drawing", "ready"


class Slot:
    """One place of the board. `asked` is the workspace that it was drawn with, `source` the result of its picture.

    `material` is a Reference once it was placed; `targets` are References of what it shall be put on when it is
    done; `kept` ones are not replaced by the next drawing.
    """

    def __init__(self, ticket, image_index, title, asked, targets=()):
        self.ticket = ticket
        self.image_index = image_index
        self.title = title
        self.asked = asked
        self.targets = list(targets)
        self.state = DRAWING
        self.kept = False
        self.made = None
        self.source = None
        self.material = None

    @property
    def key(self):
        """Its name among all slots; it changes when the slot is drawn again."""
        return f"{self.ticket}/{self.image_index}"


class Board:
    """The slots of the file that is open, in the order in which they are shown."""

    def __init__(self):
        self.slots = []

    def find(self, key):
        """The slot with this key; None where it is gone."""
        return next((slot for slot in self.slots if slot.key == key), None)

    def waiting(self, ticket):
        """The slots that wait for a job."""
        return [slot for slot in self.slots if slot.ticket == ticket and slot.state == DRAWING]

    def expect(self, ticket, count, title, asked, targets):
        """Make room for what a job draws: slots that are ready and not kept go."""
        self.slots = [slot for slot in self.slots if slot.kept or slot.state == DRAWING]
        self.slots += [Slot(ticket, index, title, asked, targets if index == 0 else ()) for index in range(count)]

    def add(self, slot):
        """One more, beside those that are there."""
        self.slots.append(slot)
        return slot

    def draw_again(self, slot, ticket):
        """The slot waits for another job; its material, if it has one, gets the new maps."""
        slot.ticket, slot.image_index, slot.state = ticket, 0, DRAWING

    def drop(self, slot):
        """Take a slot away."""
        self.slots = [each for each in self.slots if each is not slot]

    def clear(self):
        """Another file was opened."""
        self.slots = []


def slot_key(entry):
    """The key of the slot in which an entry of the history was drawn: all layers of an image have one."""
    return "/".join(entry.key.split("/")[:2])


def copied(workspace, **changes):
    """A workspace of its own, with these attributes changed."""
    made = Workspace.from_json(workspace.to_json())
    for name, value in changes.items():
        setattr(made, name, value)
    return made
