"""How the window is set: the same gaps, headings and buttons everywhere."""

from typing import Callable

from gtk_libraries import Gtk, Pango


def column(spacing: int = 9) -> Gtk.Box:
    """Widgets below each other."""
    return Gtk.Box(orientation=Gtk.Orientation.VERTICAL, spacing=spacing)


def page() -> Gtk.Box:
    """The content of a page, with air around it."""
    box = column(12)
    box.set_border_width(12)
    return box


def grid() -> Gtk.Grid:
    """Labels on the left, what they name on the right."""
    return Gtk.Grid(column_spacing=12, row_spacing=6)


def label(words: str) -> Gtk.Label:
    """The name of a widget; all are as wide, so that widgets stand below each other."""
    return Gtk.Label(label=words, xalign=0, width_chars=11)


def heading(words: str) -> Gtk.Label:
    """What a group of widgets is about."""
    made = Gtk.Label(label=words, xalign=0)
    made.set_attributes(_bold())
    return made


#: GIMP's own themes show nothing of a suggested action, so its colour is said here.
_MAIN_BUTTON = b"""
button { background-image: none; background-color: @theme_selected_bg_color; color: @theme_selected_fg_color; }
button:hover { background-color: shade(@theme_selected_bg_color, 1.15); }
button:disabled { background-color: transparent; color: @insensitive_fg_color; }
"""


def main_button(words: str, pressed: Callable[[], object], help: str) -> Gtk.Button:
    """What a first-time user should press."""
    made = button(words, pressed, help)
    colours = Gtk.CssProvider()
    colours.load_from_data(_MAIN_BUTTON)
    made.get_style_context().add_provider(colours, Gtk.STYLE_PROVIDER_PRIORITY_APPLICATION + 1)
    made.get_child().set_attributes(_bold())
    made.set_size_request(-1, 38)
    return made


def _bold() -> Pango.AttrList:
    attributes = Pango.AttrList()
    attributes.insert(Pango.attr_weight_new(Pango.Weight.BOLD))
    return attributes


def dim(words: str) -> Gtk.Label:
    """An explanation that does not press itself forward."""
    made = Gtk.Label(label=words, xalign=0, wrap=True, max_width_chars=42)
    made.get_style_context().add_class("dim-label")
    return made


def icon_button(icon: str, words: str, pressed: Callable[[], object]) -> Gtk.Button:
    """A small button whose words are its tooltip."""
    made = Gtk.Button.new_from_icon_name(icon, Gtk.IconSize.BUTTON)
    made.set_relief(Gtk.ReliefStyle.NONE)
    made.set_tooltip_text(words)
    made.get_accessible().set_name(words)
    made.connect("clicked", lambda _: pressed())
    return made


def button(words: str, pressed: Callable[[], object], help: str = "") -> Gtk.Button:
    """A button with words."""
    made = Gtk.Button.new_with_mnemonic(words)
    made.set_tooltip_text(help or None)
    made.connect("clicked", lambda _: pressed())
    return made


def emptied(box: Gtk.Container) -> Gtk.Container:
    """The container without what was in it."""
    for each in box.get_children():
        each.destroy()
    return box


def scrolled(child: Gtk.Widget) -> Gtk.ScrolledWindow:
    """A page that may be longer than the window is high."""
    made = Gtk.ScrolledWindow()
    made.set_policy(Gtk.PolicyType.NEVER, Gtk.PolicyType.AUTOMATIC)
    made.add(child)
    return made
