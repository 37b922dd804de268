"""Materials: asking for them, gathering what comes back into variations, and putting these on objects."""

import bpy

from . import makers, material_placing
from .documents import as_result, purpose_of
from .lasting import Lasting
from .material_set import make_set
from .shared import desk
from .thumbnails import Thumbnails
from .variations import DRAWING, READY, Board, copied, slot_key

PURPOSE = "material"
#: Drawn at the very size that is asked for: maps that are resampled afterwards do not agree any more.
_EXACT = {"native_size": False, "limit_px": 8192 * 8192}


class Materials:
    """The material desk of this Blender."""

    def __init__(self, desk):
        self._desk = desk
        self.board = Board()
        self.thumbnails = Thumbnails()
        self._encoding = set()
        #: Tickets that were asked for or taken up here: what was discarded does not come back.
        self._known, self._is_asking = set(), False
        desk.listen(self._changed)

    # Asking

    def draw(self, targets=()):
        """Draw what the workspace says, as many variations as it counts; the ticket, None where that cannot be.

        The first one goes onto `targets`, References of objects, when it is done.
        """
        asked = self.wanted(self._desk.attend(PURPOSE))
        return self._expect(self._submit(asked), asked, targets)

    def draw_again(self, slot):
        """Draw one variation anew with another seed; the others stay, and what wears this one wears the new one."""
        if slot.state == DRAWING:
            return None
        self._desk.attend(PURPOSE)
        asked = copied(slot.asked, count=1, keep_seed=False)
        ticket = self._submit(asked)
        if ticket:
            self.board.draw_again(slot, ticket)
        elif slot.made is None:
            self.board.drop(slot)
        return ticket

    def enlarge(self, slot, factor):
        """A variation at a larger size, seamless as before, its maps made anew; it takes the slot's place."""
        catalogue = self._desk.session.catalogue
        step = makers.enlarging(catalogue, factor)
        if step is None or slot.source is None or slot.source.picture is None:
            self._desk.tell(makers.NO_ENLARGE if step is None else "Its picture is not there any more; re-roll it.")
            return None
        asked = copied(slot.asked, tile="xy")
        asked.post_processors = [step, *makers.maps_again(slot.made.recipe, catalogue, factor)]
        self._desk.attend(PURPOSE)
        ticket = self._submit(asked, slot.source)
        if ticket:
            self.board.draw_again(slot, ticket)
        return ticket

    def from_picture(self, picture, name, targets=()):
        """A material of a photograph or any image: made seamless, then its maps; nothing of it is drawn anew."""
        catalogue = self._desk.session.catalogue
        step = makers.tileable(catalogue)
        if step is None:
            self._desk.tell(makers.NO_TILEABLE)
            return None
        asked = copied(self._desk.attend(PURPOSE), prompt=name, tile="xy", count=1)
        asked.post_processors = makers.with_maps([step], catalogue)
        ticket = self._submit(asked, as_result(picture, self._desk.host.at_hand, name))
        return self._expect(ticket, asked, targets)

    # Placing

    def apply(self, slot, targets):
        """Put a variation on objects; it becomes a material of the file the first time. False while it is drawn."""
        if slot.made is None:
            return False
        material = slot.material.find() if slot.material else None
        if material is None or not material_placing.suits(material, targets):
            slot.material = material_placing.place(slot.made, bpy.context.scene.sfumato, targets)
            self._remember_applied(slot)
        else:
            material_placing.assign(material, targets)
            material_placing.refit(material, targets, bpy.context.scene.sfumato)
        slot.kept = True
        return True

    def discard(self, slot):
        """Take a variation off the board; a material that it became stays."""
        if self.board.waiting(slot.ticket) == [slot]:  # others of the same job are still wanted
            self._desk.studio.cancel(slot.ticket)
        self.board.drop(slot)

    def close(self):
        """Release the thumbnails."""
        self.thumbnails.close()

    # What comes back

    def _changed(self, names):
        if "file" in names:
            self.board.clear()
            self.thumbnails.clear()
            self._encoding.clear()
        if names & {"queue", "results"}:
            self._adopt()
            for slot in [slot for slot in self.board.slots if slot.state == DRAWING]:
                self._gather(slot)

    def _adopt(self):
        """Jobs of an earlier life come back onto the board."""
        for job in [] if self._is_asking else self._desk.studio.queue():
            if purpose_of(job.document) == PURPOSE and job.ticket not in self._known:
                self._known.add(job.ticket)
                self.board.expect(job.ticket, job.count, job.title, copied(self._desk.workspace(PURPOSE)), ())

    def _gather(self, slot):
        job = self._desk.studio.jobs.get(slot.ticket)
        results = [each for each in (job.results if job else self._desk.studio.results) if _is_of(each, slot)]
        if job and job.state in ("failed", "cancelled"):
            self._give_up(slot)
        elif slot.key not in self._encoding and _is_complete(job, results, slot):
            self._encoding.add(slot.key)
            self._encode(slot, results)

    def _encode(self, slot, results):
        first = results[0]
        layers = {each.layer: each.picture for each in results}
        key, recipe, title = slot.key, dict(first.recipe), slot.title
        slot.source = next((each for each in results if not each.layer), first)
        for each in results:
            if each is not slot.source:
                each.picture = None  # sixteen bits of everything; the daemon keeps them too
        self._desk.workbench.do(
            lambda: make_set(key, layers, title, first.seed, recipe), lambda made: self._ready(key, made)
        )

    def _ready(self, key, made):
        self._encoding.discard(key)
        slot = self.board.find(key)
        if slot is None or slot.state != DRAWING:
            return
        slot.made, slot.state = made, READY
        self._show_ball(made)
        material = slot.material.find() if slot.material else None
        if material is not None:
            material_placing.replace(material, made, bpy.context.scene.sfumato)
            bpy.ops.ed.undo_push(message=f"Sfumato: draw {made.title} again")
        elif slot.targets:
            self.apply(slot, [each for each in (target.find() for target in slot.targets) if each])
            bpy.ops.ed.undo_push(message=f"Sfumato: {made.title}")
        self._desk.redraw()

    def _give_up(self, slot):
        """A slot that was drawn before goes back to what it showed; one that was not is no more."""
        if slot.made is None:
            self.board.drop(slot)
            return
        slot.state, slot.made = READY, slot.made._replace(key=slot.key)
        self._show_ball(slot.made)

    # What they share

    def _show_ball(self, made):
        self.thumbnails.put(made.key, made.ball)
        self.thumbnails.keep({slot.made.key for slot in self.board.slots if slot.made})

    def _submit(self, asked, source=None):
        """The ticket of a job that the board will expect: nobody takes it for one of an earlier life meanwhile."""
        self._is_asking = True
        try:
            ticket = self._desk.studio.submit(asked, source)
        finally:
            self._is_asking = False
        self._known.add(ticket)
        return ticket

    def _expect(self, ticket, asked, targets):
        if ticket:
            job = self._desk.studio.jobs.get(ticket)
            self.board.expect(ticket, job.count, job.title, asked, targets)
        return ticket

    def wanted(self, workspace):
        """A workspace as it is asked for: from nothing, seamless, with maps at the end."""
        catalogue = self._desk.session.catalogue
        if makers.maps_maker(catalogue) is None and catalogue.models:
            self._desk.tell(makers.NO_MAPS)
        asked = copied(workspace, mode="generate", tile="xy", **_EXACT)
        asked.post_processors = makers.with_maps(asked.post_processors, catalogue)
        return asked

    def _remember_applied(self, slot):
        history = self._desk.history(PURPOSE)
        for entry in list(history.entries):
            if slot_key(entry) == slot.key:
                history.remember(entry._replace(applied=True))


def _is_of(result, slot):
    return result.ticket == slot.ticket and result.image_index == slot.image_index


def _is_complete(job, results, slot):
    """Whether all layers of an image are there: the job has ended, or draws the next one."""
    if not results or any(each.picture is None for each in results):
        return False
    return job is None or not job.open or any(each.image_index > slot.image_index for each in job.results)


materials = Lasting(lambda: Materials(desk()))
register, unregister = materials.register, materials.unregister
