"""Which contributions make a material. The only place of this adapter that knows what a plugin brings."""

from .core.workspace import Chosen

#: What makes maps of a picture is known by its parameters: switches for these three.
_MAPS_PARAMETERS = {"normal", "roughness", "height"}
#: What makes a picture seamless, and what enlarges it, cannot be told by anything but their ids.
TILEABLE = "texture.tileable"
ENLARGE = "upscale.enlarge"

NO_MAPS = (
    "No plugin makes maps of a picture, so materials have a colour and nothing else. "
    "In a terminal: pip install sfumato-texture; then stop the daemon with: sfumato stop."
)
NO_TILEABLE = "No plugin makes a picture seamless. In a terminal: pip install sfumato-texture; then: sfumato stop."
NO_ENLARGE = "No plugin enlarges pictures. In a terminal: pip install sfumato-upscale; then: sfumato stop."
NO_CONDITIONER = (
    "No plugin that this model takes follows a picture of {what}. "
    "In a terminal: pip install sfumato-control; then: sfumato stop."
)
NOT_SAID = (
    "“{label}” does not say that it follows {what}. Choose a network in its form that was trained for that; "
    "left out, it is the one that the model brings."
)


def maps_maker(catalogue):
    """The post-processor that makes maps; None without one."""
    found = (each for each in catalogue.of_kind("post-processor") if _makes_maps(each))
    return next(found, None)


def with_maps(chain, catalogue):
    """A chain of post-processors that ends in maps, unless the artist has put maps into it."""
    maker = maps_maker(catalogue)
    there = [each for each in chain if each.on and maker and each.id == maker.id]
    return list(chain) if there or maker is None else [*chain, Chosen(maker.id)]


def maps_again(recipe, catalogue, factor):
    """What made the maps of a recipe's picture, as it was set, for the picture so many times as large."""
    maker = maps_maker(catalogue)
    if maker is None:
        return []
    steps = [
        each for each in recipe.get("post_processors", ()) if isinstance(each, dict) and each.get("id") == maker.id
    ]
    told = steps[-1].get("params", {}) if steps else {}
    return [Chosen(maker.id, {**told, "magnification": told.get("magnification", 1.0) * factor})]


def tileable(catalogue):
    """A step that makes a picture seamless in both directions; None without a plugin for it."""
    return Chosen(TILEABLE, {"axes": "xy"}) if catalogue.contribution(TILEABLE, "post-processor") else None


def enlarging(catalogue, factor):
    """A step that makes a picture larger; None without a plugin for it."""
    return Chosen(ENLARGE, {"factor": factor}) if catalogue.contribution(ENLARGE, "post-processor") else None


def _makes_maps(card):
    return {widget.id for widget in card.form.widgets if widget.kind == "switch"} >= _MAPS_PARAMETERS


def conditioner_for(what, catalogue, model):
    """The conditioner that follows a picture of "depth" or "normal": one that says so first; None without any."""
    takes = [each for each in catalogue.of_kind("conditioner", model) if _takes_picture(each)]
    return next((each for each in takes if says(each, what)), takes[0] if takes else None)


def says(card, what):
    """Whether a contribution speaks of it, anywhere in its words."""
    told = [card.id, card.label, card.description]
    told += [f"{widget.id} {widget.label} {widget.help}" for widget in card.form.widgets]
    return what in " ".join(told).lower()


def _takes_picture(card):
    return any(widget.kind == "image" for widget in card.form.widgets)
