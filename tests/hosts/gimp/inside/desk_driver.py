"""A window of Sfumato in GIMP's Python, driven by pressing its own widgets and waiting on conditions."""

import statistics
import time
from pathlib import Path

import canvas
import desk as desk_module
from gimp_libraries import Gimp, GLib
from gtk_libraries import Gdk, GimpUi

GimpUi.init("sfumato-tests")
PATIENCE_S = 400


class Clock:
    """How long the main thread was held by each event, by the clock and of the processor, without drawing."""

    def __init__(self):
        self.events, self.canvas = {}, (0.0, 0.0)

    def event(self, owner, name, kind):
        """Time every call of a method under this name."""
        inner = getattr(owner, name)

        def timed(*arguments):
            start, canvas = _now(), self.canvas
            try:
                return inner(*arguments)
            finally:
                drawn = [after - before for after, before in zip(self.canvas, canvas, strict=True)]
                spent = [whole - part for whole, part in zip(_since(start), drawn, strict=True)]
                self.events.setdefault(kind, []).append(spent)

        setattr(owner, name, timed)

    def drawing(self, owner, name):
        """What a method takes is GIMP's own work on the canvas."""
        inner = getattr(owner, name)

        def timed(*arguments):
            start = _now()
            try:
                return inner(*arguments)
            finally:
                self.canvas = tuple(map(sum, zip(self.canvas, _since(start), strict=True)))

        setattr(owner, name, timed)

    def figures(self):
        return {
            kind: {
                "events": len(spent),
                "by_the_clock_ms": _summary([clock for clock, _ in spent]),
                "of_the_processor_ms": _summary([processor for _, processor in spent]),
            }
            for kind, spent in self.events.items()
        }


def _now():
    return time.perf_counter(), time.thread_time()


def _since(start):
    return [after - before for after, before in zip(_now(), start, strict=True)]


def _summary(seconds):
    ordered = sorted(1000 * each for each in seconds)
    p99 = ordered[max(0, int(len(ordered) * 0.99) - 1)]
    return {"median": round(statistics.median(ordered), 2), "p99": round(p99, 2), "longest": round(ordered[-1], 2)}


class Driver:
    def __init__(self, image):
        self.clock = Clock()
        self.desk = desk_module.Desk(Path(desk_module.__file__).parent, image)
        self.studio, self.window, self.host = self.desk.studio, self.desk.window, self.desk.host
        for name in ("place", "preview", "capture"):
            self.clock.drawing(self.host, name)
        self.clock.event(self.desk, "_drain", "frames")
        self.clock.event(self.desk, "tick_live", "live")
        self.clock.event(self.desk, "_look_after_images", "images")
        self.sent = []
        inner = self.studio.session.send
        self.studio.session.send = lambda header, chunks=(): self._send(inner, header, chunks)
        self.window.present()
        self.until(lambda: self.studio.session.state.name == "ready" and self.studio.session.catalogue.models)

    def _send(self, inner, header, chunks):
        self.sent.append((header["op"], header.get("ticket"), time.perf_counter()))
        return inner(header, chunks)

    def until(self, condition, patience_s=PATIENCE_S):
        end = time.monotonic() + patience_s
        while not condition():
            if time.monotonic() > end:
                raise AssertionError(f"waited {patience_s} s; {self.studio.session.state}; {self.studio.notice}")
            if not GLib.MainContext.default().iteration(False):
                time.sleep(0.001)

    def idle(self, seconds):
        """Let the main loop run, where the point is that nothing happens."""
        end = time.monotonic() + seconds
        self.until(lambda: time.monotonic() > end)

    def set(self, **settings):
        for name, value in settings.items():
            setattr(self.studio.workspace, name, value)
        self.window.draw_page.rebuild()

    def draw(self, **settings):
        """Press the large button, and wait until the job has ended; the job."""
        self.set(**settings)
        before = len(self.studio.jobs.all())
        self.window.draw_button.clicked()
        assert len(self.studio.jobs.all()) == before + 1, self.studio.notice
        job = self.studio.jobs.all()[-1]
        self.until(lambda: not job.open)
        return job

    def attend(self, image):
        self.desk.look_at(image)

    def choose(self, result):
        """Press a result's thumbnail."""
        child = next(each for each in self.window.results.flow.get_children() if each.result is result)
        child.activate()

    def close(self):
        self.window.destroy()
        self.desk.close()
        Gdk.Display.get_default().sync()  # whoever looks for it on the screen finds none any more


def new_image(precision, side=128, show=True):
    """An image in stripes, with a window of its own where it is to be looked at."""
    row = b"".join(bytes((x % 256, x * 3 % 256, x * 7 % 256, 255)) for x in range(side))
    image, layer = canvas.new_image(precision, row * side, width=side, height=side)
    if show:
        Gimp.Display.new(image)
        Gimp.displays_flush()
    return image, layer
