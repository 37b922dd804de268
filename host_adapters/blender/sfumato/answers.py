"""How an operator ends: done, or with the reason where Blender shows errors."""

from . import images
from .core.host import HostError
from .shared import desk


def answered(operator, done):
    """FINISHED where it was done; else what the panels say about it, as an error."""
    return {"FINISHED"} if done else refused(operator, desk().studio.notice or "This cannot be asked for now")


def asked(operator, ask):
    """Answered by `ask()`, which needs the catalogue; FINISHED too where it has to wait for that."""
    return answered(operator, desk().when_known(ask))


def asked_with_picture(operator, image, ask):
    """Have `ask(picture)` called with what an image shows; one without pixels is refused."""
    try:
        raw = images.read(image)
    except HostError as refusal:
        return refused(operator, str(refusal))
    desk().ask_with_picture(raw, ask)
    return {"FINISHED"}


def refused(operator, words):
    """CANCELLED, for this reason."""
    operator.report({"ERROR"}, words)
    return {"CANCELLED"}
