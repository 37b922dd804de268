"""The window in the real GIMP with its own window, against a real daemon with Ground."""

import os
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path

from canvas import changed, covered, merged, native
from connection import new_session
from contribution_editors import FormGrid
from core.presets import Presets
from core.workspace import Chosen
from desk_driver import Driver, new_image
from gimp_libraries import Gimp, Gio
from gtk_libraries import Gtk
from presets_button import PresetsButton
from procedure_calls import call
from reporting import check, note

P = Gimp.Precision
PRECISIONS = {"8-bit": P.U8_NON_LINEAR, "16-bit": P.U16_NON_LINEAR, "float": P.FLOAT_NON_LINEAR}
first, painted_first = new_image(P.U8_NON_LINEAR)
driver = Driver(first)
studio, window = driver.studio, driver.window


def names(image):
    return [layer.get_name() for layer in image.get_layers()]


def press_undo(image):
    """Ctrl+Z as an artist presses it, in the window of this image; whether something changed."""
    before = names(image)
    title = f"{image.get_name()}-{image.get_id()}."
    found = subprocess.run(["xdotool", "search", "--name", "GIMP$"], capture_output=True, text=True).stdout.split()
    for window_id in found:
        subprocess.run(["xdotool", "windowactivate", "--sync", window_id])
        subprocess.run(["xdotool", "key", "--clearmodifiers", "ctrl+z"])
    try:
        driver.until(lambda: names(image) != before)
    except AssertionError:
        return [title, found, before]
    return names(image)


def look_apply_undo():
    """Look at variations on the canvas, apply one, undo once: only the result goes."""
    own = Gimp.Layer.new(first, "own", 8, 8, Gimp.ImageType.RGBA_IMAGE, 100.0, Gimp.LayerMode.NORMAL)
    first.insert_layer(own, None, 0)
    below, before = native(painted_first), merged(first)
    job = driver.draw(mode="generate", prompt="mossy red brick wall", count=2, steps=4, seed=5, keep_seed=True)
    tiles = len(window.results.flow.get_children())
    shown = studio.shown is job.results[0] and merged(first) != before
    looked = merged(first)
    driver.choose(job.results[1])
    other = merged(first) != looked
    driver.choose(job.results[1])
    hidden = merged(first) == before and names(first) == ["own", "painted"]
    driver.choose(job.results[1])
    window.results.apply_button.clicked()
    applied = names(first)
    state = [each.state for each in job.results]
    driver.idle(0.3)
    undone = press_undo(first)
    restored = merged(first) == before
    undone_again = press_undo(first)
    return {
        "tiles": tiles,
        "shown": shown,
        "other": other,
        "hidden": hidden,
        "applied": applied,
        "state": state,
        "undone": undone,
        "restored": restored,
        "undone again": undone_again,
        "below": native(painted_first) == below,
    }


def fill(precision):
    """A feathered selection through the window: nothing outside changes, and the job sticks to its image."""
    image, painted = new_image(precision, show=False)
    image.select_ellipse(Gimp.ChannelOps.REPLACE, 30, 30, 60, 50)
    Gimp.Selection.feather(image, 6)
    driver.attend(image)
    below, before = native(painted), merged(image)
    driver.set(mode="fill", prompt="grass", count=1, steps=4)
    window.draw_button.clicked()
    job = studio.jobs.all()[-1]
    driver.attend(first)  # the artist turns to another image meanwhile
    driver.until(lambda: not job.open)
    others = len(first.get_layers())
    studio.hide()
    window.apply(job.results[0])
    layer = image.get_layers()[0]
    mask, touched = covered(layer, 128), changed(before, merged(image), 128 * 128)
    found = {
        "outside": len(touched - mask),
        "inside": round(len(touched & mask) / len(mask), 3),
        "below": native(painted) == below,
        "other image": len(first.get_layers()) == others,
        "recipe": layer.get_parasite("sfumato-recipe") is not None,
    }
    image.delete()
    return found


def cancel():
    """The button in a job's row cancels this very job; the one behind it is drawn."""
    driver.attend(first)
    prompt = "old rust on an iron plate that was left in the rain for many years"
    driver.set(mode="generate", prompt=prompt, steps=1000, count=1)
    window.draw_button.clicked()
    long = studio.jobs.all()[-1]
    driver.set(steps=3)
    window.draw_button.clicked()
    short = studio.jobs.all()[-1]
    driver.until(lambda: long.state == "running" and "step" in long.words)
    rows = len(studio.queue())
    row, words, *_ = window.queue._rows[long.ticket]
    driver.until(lambda: words.get_text() == long.words and not words.get_layout().is_ellipsized())
    row.get_children()[-1].clicked()
    driver.until(lambda: not long.open and not short.open)
    driver.until(lambda: not studio.queue())
    return {"rows": rows, "states": [long.state, short.state], "images": [len(long.results), len(short.results)]}


def live(precision):
    """Each change refreshes the result; nothing is sent while nothing changes; the layer painted on stays."""
    image, painted = new_image(precision, side=64)
    driver.attend(image)
    driver.set(mode="live", prompt="moss", steps=3, strength=0.5, count=2)
    studio.hide()
    window.draw_button.clicked()
    frames = lambda: [row for row in driver.sent if row[0] == "live_frame"]  # noqa: E731
    before = len(frames())
    driver.until(lambda: studio.live.result is not None and studio.live.result.final)
    opened = len(frames()) - before
    driver.idle(1.5)
    while_still = len(frames()) - before - opened
    seen, shown = studio.live.result.frame, merged(image)
    strokes = []
    for place in range(3):
        Gimp.Selection.none(image)
        image.select_rectangle(Gimp.ChannelOps.REPLACE, 10 * place, 10, 12, 30)
        painted.edit_fill(Gimp.FillType.WHITE)
        Gimp.Selection.none(image)
        start = time.perf_counter()
        driver.until(lambda seen=seen: studio.live.result.frame > seen)
        strokes.append(round(time.perf_counter() - start, 3))
        driver.until(lambda: studio.live.result.final)
        seen = studio.live.result.frame
    below, refreshed = native(painted), merged(image) != shown
    window.live_apply.clicked()
    window.draw_button.clicked()
    found = {
        "frames": [opened, while_still],
        "strokes_s": strokes,
        "refreshed": refreshed,
        "kept": names(image),
        "below": native(painted) == below,
        "off": not studio.live.on,
    }
    driver.set(mode="generate")
    driver.attend(first)
    image.delete()
    return found


def live_ends_with_its_mode():
    """Another mode, or an image in another one, ends painting live and clears the canvas."""
    image, _ = new_image(P.U8_NON_LINEAR, side=64)
    driver.attend(first)
    driver.set(mode="generate")
    found = []
    for turn_away in (lambda: window.draw_page.mode.set_active_id("refine"), lambda: driver.attend(first)):
        driver.attend(image)
        driver.set(mode="live", prompt="moss", steps=3)
        window.draw_button.clicked()
        driver.until(lambda: studio.live.result is not None and driver.host.previews.of(image))
        turn_away()
        found.append([studio.live.on, driver.host.previews.of(image) is None])
    image.delete()
    return found


def save_and_reopen():
    """Settings, prompts and results that were not applied come back with the XCF."""
    image, _ = new_image(P.U16_NON_LINEAR, side=96)
    driver.attend(image)
    job = driver.draw(mode="generate", prompt="old wood planks", steps=3, count=2, seed=11, keep_seed=True)
    studio.apply(job.results[0])
    studio.save()
    path = Gio.File.new_for_path(os.path.join(os.environ["HOME"], "again.xcf"))
    Gimp.file_save(Gimp.RunMode.NONINTERACTIVE, image, path, None)
    again = Gimp.file_load(Gimp.RunMode.NONINTERACTIVE, path)
    driver.attend(again)
    workspace = studio.workspace
    entries, results = len(studio.history.entries), list(studio.results)
    waiting = results[0]
    placeholder = waiting.picture is None
    before = merged(again)
    studio.show(waiting)
    driver.until(lambda: waiting.picture is not None and merged(again) != before)
    same = waiting.picture.data == job.results[1].picture.data
    studio.hide()
    found = {
        "prompt": workspace.prompt,
        "seed": [workspace.seed, workspace.keep_seed],
        "prompts": studio.history.prompts[:1],
        "entries": entries,
        "waiting": len(results),
        "placeholder": placeholder,
        "same": same,
        "layers": len(again.get_layers()),
    }
    driver.attend(first)
    for each in (image, again):
        each.delete()
    return found


def process_layer():
    """The active layer through a processor of the catalogue, as a new layer of its size."""
    driver.attend(first)
    studio.workspace.post_processors = [Chosen("control.blur")]
    job = driver.draw(mode="process", count=1)
    studio.workspace.post_processors = []
    studio.hide()
    return {"state": job.state, "results": len(job.results)}


def forms():
    """Every contribution that the catalogue lists has a form of its ParameterSpecs alone; no number is cut off."""
    made, cut = 0, []
    for card in studio.session.catalogue.contributions:
        form = FormGrid(card.form, Chosen(card.id), lambda: None, list, list)
        made += len(form.get_children()) > 0 or not card.form.widgets
        numbers = [each for each in _below(form) if isinstance(each, Gtk.SpinButton)]
        cut += [card.id for each in numbers if len(each.get_text()) > each.get_width_chars()]
        form.destroy()
    return [made, len(studio.session.catalogue.contributions), cut]


def orphaned():
    """A job whose image is closed while it is drawn; the first image is looked at again."""
    image, _ = new_image(P.U8_NON_LINEAR, side=64, show=False)
    driver.attend(image)
    driver.set(mode="generate", prompt="sand", steps=1000, count=1)
    window.draw_button.clicked()
    job = studio.jobs.all()[-1]
    driver.until(lambda: job.state == "running")
    image.delete()
    driver.until(lambda: not studio.queue() and studio.orphans)
    driver.until(lambda: driver.host.image is not None and driver.host.image.is_valid())
    driver.attend(first)
    return job


def press_beside_orphan(place):
    """Press a button in the row of the last job whose image is closed."""
    window.orphans.get_children()[-1].get_children()[place].clicked()


def closed_image():
    """The job leaves the queue, and stands below it until it is forgotten."""
    job = orphaned()
    waiting, seen = [each.waiting.job == job.id for each in studio.orphans], window.orphans.get_visible()
    press_beside_orphan(2)  # so many steps would keep everything waiting that comes after
    left = len(studio.orphans), window.orphans.get_visible()
    return {"waiting": waiting, "seen": seen, "notice": studio.notice, "left": left}


def fetched_into_another():
    """What was asked for in a closed image arrives in the one at hand."""
    job = orphaned()
    press_beside_orphan(1)
    [fetched] = studio.queue()
    found = [fetched.id == job.id, fetched.document.key == str(first.get_id()), window.orphans.get_visible()]
    studio.cancel(fetched.ticket)
    driver.until(lambda: not fetched.open)
    return found


def presets_without_a_folder():
    """A folder that cannot be written is told to the artist."""
    button = next(each for each in _below(window) if isinstance(each, PresetsButton))
    inner, button._presets = button._presets, Presets(Path("/dev/null"))
    button._try(lambda: button._presets.save("mine", studio.workspace))
    button._presets = inner
    words, seen = window.notice_words.get_text(), window.notice.get_visible()
    window._say("")
    return [words, seen]


def _below(widget):
    for each in widget.get_children() if isinstance(widget, Gtk.Container) else ():
        yield each
        yield from _below(each)


def refusal_in_words():
    Gimp.Selection.none(first)
    driver.attend(first)
    driver.set(mode="fill", prompt="x")
    window.draw_button.clicked()
    words, visible = window.notice_words.get_text(), window.notice.get_visible()
    driver.set(mode="generate")
    return [words, visible]


def not_installed():
    """Without the file that says where Sfumato's Python is, a state says what to do."""
    session = new_session(Path(os.environ["HOME"]) / "nowhere", lambda: None)
    session.start()
    return [session.state.name, session.state.words, session.state.button]


def first_step():
    """From the press to the engine's start, for 1024x1024 of a 4096x4096 image."""
    image, _ = new_image(P.U8_NON_LINEAR, side=1024, show=False)
    image.scale(4096, 4096)
    image.select_rectangle(Gimp.ChannelOps.REPLACE, 1500, 1500, 680, 680)
    driver.attend(image)
    driver.set(mode="fill", prompt="moss", steps=2, count=1)
    found = []
    for _ in range(2):
        start = time.perf_counter()
        window.draw_button.clicked()
        captured = time.perf_counter() - start
        job = studio.jobs.all()[-1]
        driver.until(lambda job=job: job.state == "running" or not job.open)
        found.append([round(captured, 3), round(time.perf_counter() - start, 3), list(job.bounds)[2:]])
        studio.cancel(job.ticket)
        driver.until(lambda job=job: not job.open)
    driver.attend(first)
    image.delete()
    return found


check(look_apply_undo)
for depth, precision in PRECISIONS.items():
    check(fill, precision, name=f"fill {depth}")
check(cancel)
for depth in ("8-bit", "float"):
    check(live, PRECISIONS[depth], name=f"live {depth}")
for function in (
    live_ends_with_its_mode,
    save_and_reopen,
    process_layer,
    forms,
    closed_image,
    fetched_into_another,
    presets_without_a_folder,
):
    check(function)
for function in (refusal_in_words, not_installed, first_step):
    check(function)
note("main thread", driver.clock.figures())
driver.close()


#: Presses a key in the window with a title, once it is there and has the focus; fails where that has gone meanwhile.
_PRESS = """(
window=$(xdotool search --sync --onlyvisible --name "$1" | head -1)
for attempt in 1 2 3 4 5 6 7 8 9 10; do
    [ "$(xdotool getactivewindow)" = "$window" ] && exec xdotool key "$2"
    xdotool windowactivate "$window"
    sleep 0.1
done
exit 1
)"""


def a_hand(script, title, key):
    """Another process at the keyboard, while GIMP waits in a dialog."""
    return subprocess.Popen(["sh", "-c", script, "hand", title, key], stderr=subprocess.DEVNULL)


@contextmanager
def pressing(key, title):
    """A key for the dialog with this title, again and again: a busy machine loses some."""
    hand = a_hand(f"while :; do {_PRESS}; sleep 1; done", title, key)
    try:
        yield
    finally:
        hand.kill()
        hand.wait()


def open_and_close():
    """The procedure opens a window that stays until it is closed."""
    hand = a_hand(f"until {_PRESS}; do :; done", "^Sfumato$", "alt+F4")  # once: the next would close GIMP
    status = call("window", first, Gimp.RunMode.INTERACTIVE)[0]
    return [status, hand.wait() == 0]


def dialog_and_repeat():
    """The dialog draws with Return; repeating is stopped by its Cancel, for which a larger image leaves time."""
    image, _ = new_image(P.U8_NON_LINEAR, side=768)
    before = len(image.get_layers())
    with pressing("Return", "^Generate$"):
        drawn = [call("generate", image, Gimp.RunMode.INTERACTIVE)[0], len(image.get_layers()) - before]
    with pressing("Escape", "^Sfumato: Generate$"):
        repeated = [call("generate", image, Gimp.RunMode.WITH_LAST_VALS)[0], len(image.get_layers()) - before]
    return [drawn, repeated]


check(open_and_close)
check(dialog_and_repeat)
