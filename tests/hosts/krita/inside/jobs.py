"""An artist's afternoon with Ground, at three depths: everything through the docker and its actions."""

import os
import time

import krita
from sfumato.colours import pixel_bytes, space_of
from sfumato.core.geometry import Bounds
from sfumato.core.host import Picture

from . import scenes
from .artist import Artist
from .runner import until

SIDE_PX = 64
#: A job that is cancelled must not end by itself before.
MOST_STEPS = 1000
CANVAS = Bounds(0, 0, SIDE_PX, SIDE_PX)


def trial(report):
    """One document for each depth, then what does not depend on it."""
    artist = Artist()
    document = yield from scenes.open_document(SIDE_PX, SIDE_PX)
    yield from artist.sit_down()
    yield from scenes.close(document)
    report["depths"] = {}
    for depth in ("U8", "U16", "F32"):
        report["depths"][depth] = yield from one_depth(artist, depth)
    report["tile"] = yield from tile(artist)
    report["process"] = yield from process(artist)
    report["cancel"] = yield from cancel(artist)
    report["moment"] = yield from moment_of_asking(artist)
    report["orphans"] = yield from orphans(artist)
    report["reopen"] = yield from reopen(artist)
    report["modes"] = yield from modes(artist)
    report["presets"] = yield from presets(artist)
    report["live_elsewhere"] = yield from live_elsewhere(artist)
    report["refusals"] = yield from refusals(artist)
    report["large"] = yield from large(artist)


def one_depth(artist, depth):
    """Generate two, look at both, apply one, undo; refine; fill a feathered selection."""
    document = yield from scenes.open_document(SIDE_PX, SIDE_PX, "RGBA", depth, scenes.SRGB if depth == "U8" else "")
    yield from artist.look_at(document)
    artist.type_in("mossy stone wall", steps=3, count=2, native_size=False)
    said = {"generate": (yield from generate(artist, document))}
    artist.type_in("rusty metal", steps=3, count=1, native_size=False)
    said["refine"] = yield from refine(artist, document)
    said["fill"] = yield from masked(artist, document, "fill")
    said["live"] = yield from live(artist, document)
    yield from scenes.close(document)
    return said


def generate(artist, document):
    """Two variations: nothing of the document changes until one is applied, and then one layer does."""
    before = scenes.Snapshot(document)
    job = yield from artist.draw("generate")
    said = {"results": len(job.results), "seeds_follow": job.results[1].seed - job.results[0].seed}
    artist.press("next")
    yield from scenes.settle(document)
    said["looking_changes_nothing"] = before.unchanged()
    result = artist.studio.shown
    artist.press("apply")
    yield from scenes.settle(document)
    said["new_layers"] = before.new_layers()
    said["title"] = result.name
    said["exact"] = artist.atelier.host.capture(artist.atelier.host.document(), CANVAS).data == result.picture.data
    said["below_same"] = before.painted_is_same()
    yield from scenes.undo(document)
    said["one_step"] = before.unchanged()
    return said


def refine(artist, document):
    """The canvas drawn again, a little and a lot: more strength changes more."""
    canvas = artist.atelier.host.capture(artist.atelier.host.document(), CANVAS).data
    distances = []
    for strength in (0.35, 1.0):
        artist.docker.ask.set_mode("refine")
        artist.studio.workspace.strength = strength
        job = yield from artist.draw("refine")
        drawn = job.results[0].picture.data
        distances.append(sum(abs(a - b) for a, b in zip(drawn, canvas, strict=True)) / len(canvas))
    return {"little": distances[0], "much": distances[1]}


def masked(artist, document, mode):
    """A round, soft selection: outside of it, grown and feathered, not one byte of the merged image changes."""
    chosen = krita.Selection()
    chosen.select(20, 20, 24, 24, 255)
    chosen.feather(3)
    document.setSelection(chosen)
    yield from scenes.settle(document)
    before = scenes.Snapshot(document)
    job = yield from artist.draw(mode)
    result = job.results[0]
    artist.press("apply")
    yield from scenes.settle(document)
    alpha = result.picture.data[3::4]
    said = before.outside_is_same(result.place, alpha)
    said["clear_share"] = alpha.count(0) / len(alpha)
    said["soft_pixels"] = sum(0 < each < 255 for each in alpha)
    said["below_same"] = before.painted_is_same()
    yield from scenes.undo(document)
    said["one_step"] = before.unchanged()
    document.setSelection(None)
    return said


def tile(artist):
    """A seamless picture goes on at its own edge; the pixels are judged outside."""
    document = yield from scenes.open_document(128, 128)
    yield from artist.look_at(document)
    artist.type_in("pebbles", steps=6, tile="xy", native_size=False)
    job = yield from artist.draw("generate")
    picture = job.results[0].picture
    path = os.path.join(os.environ["HOME"], "tile.rgba8")
    with open(path, "wb") as file:
        file.write(picture.data)
    yield from scenes.close(document)
    return {"path": path, "side_px": picture.width_px}


def process(artist):
    """A processor of the catalogue on the active layer, by its own form; nothing is drawn."""
    document = yield from scenes.open_document(SIDE_PX, SIDE_PX)
    yield from artist.look_at(document)
    catalogue = artist.studio.session.catalogue
    cards = [card for card in catalogue.of_kind("post-processor") if card.form.widgets and not _pictures(card)]
    able = [card for card in cards if not card.families and not card.needs_mask]
    said = {"offered": [card.id for card in able]}
    artist.docker.finish._take(able[0].id)
    known = len(artist.studio.jobs.all())
    artist.docker.finish._layer.click()
    job = artist.studio.jobs.all()[known]
    yield from until(lambda: not job.open, "the processor")
    said.update(state=job.state, fault=str(job.fault), results=len(job.results))
    yield from scenes.close(document)
    return said


def _pictures(card):
    return [widget for widget in card.form.widgets if widget.kind in ("image", "mask")]


def cancel(artist):
    """Two jobs are under way; the first is stopped by its own button, and the second ends well."""
    document = yield from scenes.open_document(SIDE_PX, SIDE_PX)
    yield from artist.look_at(document)
    artist.type_in("sand", steps=MOST_STEPS, native_size=False)
    artist.press("generate")
    long_job = artist.studio.jobs.all()[-1]
    yield from until(lambda: long_job.state == "running", "the long job to run")
    artist.type_in("gravel", steps=2, native_size=False)
    artist.press("generate")
    short_job = artist.studio.jobs.all()[-1]
    queue = len(artist.studio.queue())
    yield from until(lambda: long_job.ticket in artist.docker._jobs._rows, "the job's row")
    artist.docker._jobs._rows[long_job.ticket]._stop.click()
    yield from until(lambda: not long_job.open and not short_job.open, "both jobs to end")
    yield from scenes.close(document)
    return {"queue": queue, "long": long_job.state, "short": short_job.state}


def moment_of_asking(artist):
    """The artist turns to another document while a job runs: its result goes where it was asked for."""
    first = yield from scenes.open_document(SIDE_PX, SIDE_PX)
    yield from artist.look_at(first)
    artist.type_in("slate", steps=3, native_size=False)
    artist.press("generate")
    job = artist.studio.jobs.all()[-1]
    second = yield from scenes.open_document(SIDE_PX, SIDE_PX)
    yield from artist.look_at(second)
    yield from until(lambda: not job.open, "the job")
    untouched = scenes.layer_names(second)
    artist.studio.apply(job.results[0])
    yield from scenes.settle(first)
    said = {"first": len(scenes.layer_names(first)), "second_same": scenes.layer_names(second) == untouched}
    yield from scenes.close(second)
    yield from scenes.close(first)
    return said


def orphans(artist):
    """The document of two jobs is closed: one is fetched into another document, the other is dismissed."""
    first = yield from scenes.open_document(SIDE_PX, SIDE_PX)
    yield from artist.look_at(first)
    for words, steps in (("sand", MOST_STEPS), ("slate", 150)):  # the second one waits for the first
        artist.type_in(words, steps=steps, native_size=False)
        artist.press("generate")
        job = artist.studio.jobs.all()[-1]
        yield from until(lambda job=job: job.id, "the daemon to have it")
    yield from scenes.close(first)
    yield from until(lambda: len(artist.studio.orphans) == 2, "the orphans")
    second = yield from scenes.open_document(SIDE_PX + 8, SIDE_PX)
    yield from artist.look_at(second)
    shown = artist.docker._orphans
    yield from until(lambda: shown.isVisible() and len(shown._rows) == 2, "their rows")
    words = " ".join(artist.visible_words())
    sand, slate = (shown._rows[orphan.waiting.ticket] for orphan in list(artist.studio.orphans))
    slate.fetch.click()
    sand.dismiss.click()
    yield from until(lambda: artist.studio.results and not artist.studio.queue(), "the fetched result")
    yield from until(lambda: not shown.isVisible(), "the rows to go")
    said = {
        "words": words,
        "fetched": [result.title for result in artist.studio.results],
        "queue": len(artist.studio.queue()),
    }
    yield from scenes.close(second)
    return said


def reopen(artist):
    """Saved, closed and opened again: settings, prompts and results are back, pixels too."""
    document = yield from scenes.open_document(SIDE_PX, SIDE_PX)
    yield from artist.look_at(document)
    artist.type_in("cracked earth", steps=2, negative_prompt="water", native_size=False)
    job = yield from artist.draw("generate")
    pixels, recipe = job.results[0].picture.data, job.recipe
    yield from until(lambda: any("result-" in name for name in document.annotationTypes()), "the result to be kept")
    artist.studio.save()
    again = yield from scenes.opened_again(document, "afternoon.kra")
    yield from artist.look_at(again)
    results, workspace = artist.studio.results, artist.studio.workspace
    yield from until(lambda: artist.docker.ask._prompt.toPlainText() == workspace.prompt, "the words to be shown")
    said = {
        "prompt": workspace.prompt,
        "shown_prompt": artist.docker.ask._prompt.toPlainText(),
        "negative": workspace.negative_prompt,
        "steps": workspace.steps,
        "prompts": artist.studio.history.prompts,
        "results": len(results),
        "same_pixels": bool(results) and results[0].picture is not None and results[0].picture.data == pixels,
        "same_recipe": bool(results) and results[0].recipe == recipe,
    }
    yield from scenes.close(again)
    return said


def modes(artist):
    """The other ways to work inside a selection, and the transparent part of a canvas."""
    document = yield from scenes.open_document(SIDE_PX, SIDE_PX)
    yield from artist.look_at(document)
    artist.type_in("lichen", steps=3, native_size=False)
    said = {}
    for mode in ("expand", "remove", "replace"):
        said[mode] = yield from masked(artist, document, mode)
    for name in ("Background", "Painted"):
        node = document.nodeByName(name)
        node.setPixelData(bytes(SIDE_PX * SIDE_PX * 2), 0, 0, SIDE_PX, SIDE_PX // 2)
    document.refreshProjection()
    yield from scenes.settle(document)
    job = yield from artist.draw("outpaint")
    alpha = job.results[0].picture.data[3::4]
    said["outpaint"] = {"painted": min(alpha[: 16 * SIDE_PX]), "kept": max(alpha[-16 * SIDE_PX :])}
    yield from scenes.close(document)
    return said


def presets(artist):
    """A way of working under a name, taken to another document; words of the new one are those of the preset."""
    first = yield from scenes.open_document(SIDE_PX, SIDE_PX)
    yield from artist.look_at(first)
    artist.type_in("granite", steps=7, tile="x", native_size=False)
    artist.atelier.presets.save("Stone", artist.studio.workspace)
    second = yield from scenes.open_document(SIDE_PX, SIDE_PX)
    yield from artist.look_at(second)
    section = artist.docker._sections[-1]
    section.unfold(True)
    section._use(section._combo.findData("Stone"))
    yield from until(lambda: artist.docker.ask._prompt.toPlainText() == "granite", "the preset's words")
    said = {"steps": artist.studio.workspace.steps, "tile": artist.studio.workspace.tile}
    yield from scenes.close(second)
    yield from scenes.close(first)
    return said


def live(artist, document):
    """While it is on, a stroke refreshes the result; while nothing changes, nothing is sent."""
    artist.type_in("fur", steps=4, native_size=False, count=3)
    painter = artist.studio.live
    artist.press("live")
    yield from until(lambda: painter.result is not None and painter.result.final, "the first live result")
    first, sent = painter.result, painter._frame
    for _ in range(150):
        yield
    still = painter._frame == sent
    painted = document.nodeByName("Painted")
    size = SIDE_PX * SIDE_PX // 2 * pixel_bytes(space_of(painted))
    painted.setPixelData(bytes((0, 0, 0, 63)) * (size // 4), 0, 0, SIDE_PX, SIDE_PX // 2)
    document.refreshProjection()
    began = time.perf_counter()
    yield from until(lambda: painter.result.frame > first.frame, "the stroke to be seen")
    preview_s = time.perf_counter() - began
    yield from until(lambda: painter.result.final and painter.result.frame > first.frame, "the stroke to be drawn")
    before = scenes.Snapshot(document)
    newest = painter.result.picture.data
    artist.docker.ask.ask()
    yield from scenes.settle(document)
    said = {
        "still": still,
        "differs": newest != first.picture.data,
        "layer": before.new_layers(),
        "exact": artist.atelier.host.capture(artist.atelier.host.document(), CANVAS).data == newest,
        "preview_s": round(preview_s, 3),
    }
    artist.press("live")
    yield from scenes.undo(document)
    said["one_step"] = before.unchanged()
    said["off"] = not painter.on
    return said


def live_elsewhere(artist):
    """Painting live goes on in another document, whatever its mode; a job that is asked for by its key ends it."""
    painter, known = artist.studio.live, []
    for width_px in (SIDE_PX, 2 * SIDE_PX):
        known.append((yield from scenes.open_document(width_px, SIDE_PX)))
        yield from artist.look_at(known[-1])
        artist.type_in("fur", steps=2, native_size=False)
        if not painter.on:
            artist.press("live")
        yield from until(lambda wide=width_px: painter.result and painter.result.bounds.width_px == wide, "a result")
    artist.press("apply")
    yield from until(lambda: "Live" in scenes.layer_names(known[-1]), "the result to be kept")
    before = scenes.layer_names(known[-1])
    job = yield from artist.draw("generate")
    said = {"on": painter.on, "mode": job.mode, "layers_same": scenes.layer_names(known[-1]) == before}
    for document in known:
        yield from scenes.close(document)
    return said


def refusals(artist):
    """What cannot be asked for is said in words, in the docker."""
    document = yield from scenes.open_document(SIDE_PX, SIDE_PX)
    yield from artist.look_at(document)
    artist.press("fill")
    yield from until(lambda: artist.docker._strip.isVisible(), "words")
    said = artist.visible_words()
    artist.studio.notice = ""
    artist.docker._strip.refresh()
    yield from scenes.close(document)
    return said


def large(artist):
    """A region of 1024 x 1024 pixels of a canvas of 4096 x 4096: from the press to the worker's first word."""
    document = yield from scenes.open_document(4096, 4096)
    yield from artist.look_at(document)
    chosen = krita.Selection()
    chosen.select(1000, 1000, 1024, 1024, 255)
    document.setSelection(chosen)
    yield from scenes.settle(document)
    artist.type_in("bark", steps=1, native_size=False)
    artist.studio.workspace.edge = artist.studio.workspace.edge._replace(grow_px=0, feather_px=0, feather_share=0.0)
    artist.studio.workspace.context = artist.studio.workspace.context._replace(mode="selection")
    began = time.perf_counter()
    artist.press("refine")
    asked_s = time.perf_counter() - began
    job = artist.studio.jobs.all()[-1]
    yield from until(lambda: job.state == "running" or not job.open, "the worker to begin")
    started_s = time.perf_counter() - began
    yield from until(lambda: job.stage == "denoise" or not job.open, "the worker to draw")
    denoise_s = time.perf_counter() - began
    artist.studio.cancel(job.ticket)
    yield from until(lambda: not job.open, "the job to end")
    image = Picture(1024, 1024, "rgba8", bytes(1024 * 1024 * 4))
    began = time.perf_counter()
    artist.atelier.host.place(artist.atelier.host.document(), Bounds(1000, 1000, 1024, 1024), image, "Large")
    placed_s = time.perf_counter() - began
    yield from scenes.settle(document)
    yield from scenes.close(document)
    figures = {"asked_s": asked_s, "started_s": started_s, "denoise_s": denoise_s, "placed_s": placed_s}
    return {name: round(figure, 3) for name, figure in figures.items()} | {"bounds": list(job.bounds)}
