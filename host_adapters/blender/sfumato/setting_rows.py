"""Rows that all panels share: the prompt, what draws, chains of contributions, presets."""

from .controls import SELECTED, controls
from .forms import forms
from .shared import desk

_CHAIN_LABELS = {"conditioners": "Control", "post_processors": "Finishing"}


def draw_prompt(layout, purpose):
    """The words, with those of before beside them."""
    group = controls(purpose)
    row = layout.row(align=True)
    row.prop(group, "prompt", text="", icon="OUTLINER_OB_FONT")
    menu = row.row(align=True)
    menu.enabled = bool(desk().history(purpose).prompts)
    menu.operator_context = "EXEC_DEFAULT"
    menu.operator_menu_enum("sfumato.use_prompt", "prompt", text="", icon="RECOVER_LAST").purpose = purpose


def draw_model(layout, purpose):
    """What draws, and everything that can be set about it."""
    group = controls(purpose)
    layout.prop(group, "model")
    layout.prop(group, "negative_prompt")
    layout.prop(group, "steps")
    row = layout.row(align=True, heading="Keep Seed")
    row.prop(group, "keep_seed", text="")
    seed = row.row(align=True)
    seed.enabled = group.keep_seed
    seed.prop(group, "seed", text="")
    for kind in SELECTED:
        layout.prop(group, kind)
        forms().draw(layout.column(), purpose, kind)


def draw_chain(layout, purpose, chain):
    """The contributions of a chain with their forms, and a menu that adds one."""
    for index, chosen in enumerate(getattr(desk().workspace(purpose), chain)):
        _draw_chosen(layout.box(), chosen, purpose, chain, index)
    layout.operator_context = "EXEC_DEFAULT"
    add = layout.operator_menu_enum("sfumato.chain_add", "contribution", text=f"Add {_CHAIN_LABELS[chain]}", icon="ADD")
    add.purpose, add.chain = purpose, chain


def _draw_chosen(box, chosen, purpose, chain, index):
    card = forms().card(purpose, chain, index)
    row = box.row(align=True)
    row.label(text=card.label if card else chosen.id, icon="NONE" if card else "ERROR")
    icons = {"UP": "TRIA_UP", "SWITCH": "HIDE_OFF" if chosen.on else "HIDE_ON", "REMOVE": "X"}
    for act, icon in icons.items():
        button = row.operator("sfumato.chain_edit", text="", icon=icon)
        button.purpose, button.chain, button.index, button.act = purpose, chain, index, act
    if card is None:
        box.label(text="Its plugin is not installed")
    form = box.column()
    form.enabled = chosen.on
    forms().draw(form, purpose, chain, index)


def draw_presets(layout, purpose):
    """Settings under a name."""
    row = layout.row(align=True)
    load = row.row(align=True)
    load.enabled = bool(desk().presets.names())
    load.operator_context = "EXEC_DEFAULT"
    load.operator_menu_enum("sfumato.preset_load", "preset", text="Presets", icon="PRESET").purpose = purpose
    row.operator("sfumato.preset_save", text="", icon="ADD").purpose = purpose
    load.operator_menu_enum("sfumato.preset_delete", "preset", text="", icon="REMOVE")
