"""What an artist asks for, as plain data that is kept with the file until it is painted. [main thread only]"""

import copy
import uuid

from .core.asking import ask
from .core.host import HostError

PURPOSE = "painting"
_LEAST_VIEW_PX = 512
_TITLE_CHARACTERS = 40


def recipe_of(desk):
    """What each view is drawn with: the workspace's words, model, steps and all, without a canvas. Raises HostError."""
    workspace = copy.deepcopy(desk.attend(PURPOSE))
    if not workspace.prompt.strip():
        raise HostError("Say in words what is to be painted.")
    workspace.mode, workspace.count, workspace.tile, workspace.regions = "generate", 1, "", []
    recipe = ask(workspace, desk.host, desk.session.catalogue).header["recipe"]
    desk.history(PURPOSE).remember_prompt(workspace.prompt)
    return {name: value for name, value in recipe.items() if name not in ("count", "tile")}


def wish_of(settings, things, recipe, *, keep):
    """All that is asked for, by name; with `keep`, what a view does not see stays as it is."""
    shared = f"{things[0].name} and others" if settings.share and len(things) > 1 else ""
    return {
        "painting": uuid.uuid4().hex,
        "title": " ".join(recipe["prompt"].split())[:_TITLE_CHARACTERS],
        "recipe": recipe,
        "size_px": int(settings.size),
        "view_px": settings.view_px,
        "view_count": settings.view_count,
        "shared": shared,
        "target": settings.target,
        "depth": settings.follow_depth,
        "region": settings.region,
        "mask": settings.mask.name if settings.mask else "",
        "keep": keep,
        "as_they_are": False,
    }


def keeps(wish):
    """Whether what is painted already stays but for a region."""
    return wish["keep"] or wish["region"] != "ALL"


def groups_of(wish, things):
    """(texture, its objects) of all that is painted."""
    return [(wish["shared"], things)] if wish["shared"] else [(each.name, [each]) for each in things]


def view_px(wish, model):
    """The longer side of a view from the 3D view."""
    return wish["view_px"] or max(model.native_size_px if model else 0, _LEAST_VIEW_PX)
