"""The core's abstract widgets as GTK's: one for each kind of parameter, none for a plugin."""

from typing import Any, Callable, Dict, List, Tuple

from core.form import SEED_MAX, Widget
from gtk_libraries import Gdk, Gtk
from layout import label

Changed = Callable[[Any], None]
#: What a choice of layers and of models is made of: pairs of a key and its words.
Options = Callable[[], List[Tuple[str, str]]]

_WIDE = 1.0e12


def widget_of(widget: Widget, value: Any, changed: Changed, layers: Options, models: Options) -> Gtk.Widget:
    """The GTK widget of a parameter, at `value`; `changed` is called with each new value."""
    makers: Dict[str, Callable[[], Gtk.Widget]] = {
        "switch": lambda: _switch(value, changed),
        "int_slider": lambda: slider(widget, value, lambda number: changed(int(number))),
        "float_slider": lambda: slider(widget, value, changed),
        "int_field": lambda: _field(widget, value, lambda number: changed(int(number))),
        "float_field": lambda: _field(widget, value, changed),
        "text": lambda: _entry(value, changed),
        "text_area": lambda: text_area(value, changed),
        "choice": lambda: choice([(each.value, each.label) for each in widget.choices], value, changed),
        "colour": lambda: _colour(value, changed),
        "seed": lambda: _seed(value, changed),
        "image": lambda: _layer(value, changed, layers),
        "mask": lambda: _layer(value, changed, layers),
        "model": lambda: _model(value, changed, models),
    }
    made = makers.get(widget.kind, lambda: _display(widget))()
    made.set_tooltip_text(widget.help or None)
    made.set_hexpand(True)
    return made


def label_of(widget: Widget) -> Gtk.Label:
    """A parameter's name, with its unit."""
    words = f"{widget.label} ({widget.unit})" if widget.unit else widget.label
    made = label(words)
    made.set_tooltip_text(widget.help or None)
    return made


def slider(widget: Widget, value: Any, changed: Changed) -> Gtk.Box:
    """A slider over the range that is shown, beside a field that takes all that is allowed."""
    step = widget.step or (1 if widget.kind.startswith("int") else 10.0**-widget.decimals)
    low, high = widget.display_minimum or 0, widget.display_maximum or 1
    number = spin(_or(widget.minimum, -_WIDE), _or(widget.maximum, _WIDE), step, value, widget.decimals, changed)
    scale = Gtk.Scale.new_with_range(Gtk.Orientation.HORIZONTAL, low, high, step)
    scale.set_draw_value(False)
    scale.set_value(value)
    scale.connect("value-changed", lambda each: number.set_value(each.get_value()))
    number.connect("value-changed", lambda each: _follow(scale, each.get_value(), low, high))
    box = Gtk.Box(spacing=6)
    box.pack_start(scale, True, True, 0)
    box.pack_start(number, False, False, 0)
    return box


def spin(low: float, high: float, step: float, value: float, decimals: int, changed: Changed) -> Gtk.SpinButton:
    """A number field."""
    made = Gtk.SpinButton.new_with_range(low, high, step)
    made.set_digits(decimals)
    made.set_value(value)
    _fit(made)
    made.connect("value-changed", lambda each: (_fit(each), changed(each.get_value())))
    return made


def _fit(field: Gtk.SpinButton) -> None:
    """Wide enough for every digit: 10000 must not be all that is seen of 1000000.0."""
    field.set_width_chars(max(5, len(f"{field.get_value():.{field.get_digits()}f}")))


def choice(options: List[Tuple[str, str]], value: str, changed: Changed) -> Gtk.ComboBoxText:
    """One of several; what is not among them is shown as it is, so that nothing changes by being looked at."""
    made = Gtk.ComboBoxText()
    for key, words in options:
        made.append(key, words)
    if value not in [key for key, _ in options]:
        made.append(value, f"{value} (not there)")
    made.set_active_id(value)
    for cell in made.get_cells():
        cell.set_property("ellipsize", 3)
        cell.set_property("width-chars", 14)
    made.connect("changed", lambda each: changed(each.get_active_id() or ""))
    return made


def text_area(value: str, changed: Changed, lines: int = 3) -> Gtk.ScrolledWindow:
    """Text of several lines. Its buffer is `text_area(...).buffer`."""
    view = Gtk.TextView(wrap_mode=Gtk.WrapMode.WORD_CHAR, accepts_tab=False)
    for side in ("left", "right", "top", "bottom"):
        getattr(view, f"set_{side}_margin")(6)
    buffer = view.get_buffer()
    buffer.set_text(value)
    buffer.connect("changed", lambda each: changed(each.get_text(each.get_start_iter(), each.get_end_iter(), False)))
    made = Gtk.ScrolledWindow(shadow_type=Gtk.ShadowType.IN)
    made.set_policy(Gtk.PolicyType.NEVER, Gtk.PolicyType.AUTOMATIC)
    made.set_min_content_height(22 * lines)
    made.add(view)
    made.buffer = buffer
    made.view = view
    return made


def _or(value: Any, otherwise: float) -> float:
    return otherwise if value is None else value


def _follow(scale: Gtk.Scale, value: float, low: float, high: float) -> None:
    """The field may go beyond the slider, which then stays at its end without pulling the field back."""
    if low <= value <= high and scale.get_value() != value:
        scale.set_value(value)


def _switch(value: Any, changed: Changed) -> Gtk.Switch:
    made = Gtk.Switch(active=bool(value), halign=Gtk.Align.START)
    made.connect("notify::active", lambda each, _: changed(each.get_active()))
    return made


def _field(widget: Widget, value: Any, changed: Changed) -> Gtk.SpinButton:
    step = widget.step or (1 if widget.kind.startswith("int") else 10.0**-widget.decimals)
    return spin(_or(widget.minimum, -_WIDE), _or(widget.maximum, _WIDE), step, value, widget.decimals, changed)


def _entry(value: Any, changed: Changed) -> Gtk.Entry:
    made = Gtk.Entry(text=value)
    made.connect("changed", lambda each: changed(each.get_text()))
    return made


def _seed(value: Any, changed: Changed) -> Gtk.Entry:
    """A seed has more digits than GTK's number fields keep exactly."""
    made = Gtk.Entry(text=str(value), input_purpose=Gtk.InputPurpose.DIGITS)

    def take(entry: Gtk.Entry) -> None:
        text = entry.get_text().strip()
        if text.isdigit() and int(text) <= SEED_MAX:
            changed(int(text))

    made.connect("changed", take)
    return made


def seed_field(value: int, changed: Changed) -> Gtk.Entry:
    """A field for the seed of the drawing."""
    return _seed(value, changed)


def _colour(value: str, changed: Changed) -> Gtk.ColorButton:
    colour = Gdk.RGBA()
    colour.parse(value)
    made = Gtk.ColorButton(rgba=colour, use_alpha=False, halign=Gtk.Align.START)

    def take(button: Gtk.ColorButton) -> None:
        rgba = button.get_rgba()
        changed("#" + "".join(f"{round(255 * each):02x}" for each in (rgba.red, rgba.green, rgba.blue)))

    made.connect("color-set", take)
    return made


def _layer(value: Any, changed: Changed, layers: Options) -> Gtk.ComboBoxText:
    key = value["layer"] if isinstance(value, dict) else value
    options = [("", "Choose a layer"), *layers()]
    return choice(options, key, lambda each: changed({"layer": each} if each else ""))


def _model(value: str, changed: Changed, models: Options) -> Gtk.ComboBoxText:
    """The id of a model that the daemon knows, or the folder of a network, which it lists nowhere."""
    made = Gtk.ComboBoxText.new_with_entry()
    for key, _ in models():
        made.append_text(key)
    entry = made.get_child()
    entry.set_text(value)
    entry.set_placeholder_text("Default; or an id, or a folder")
    entry.connect("changed", lambda each: changed(each.get_text().strip()))
    return made


def _display(widget: Widget) -> Gtk.Label:
    return Gtk.Label(label=f"{widget.default}", xalign=0, sensitive=False)
