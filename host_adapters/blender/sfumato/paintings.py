"""Paintings: asking for them, showing how they grow, and putting the finished textures on the objects."""

import json
from functools import partial

import bpy
import numpy as np

from . import keepsakes, mesh_capture, mesh_uvs, painting_material, png
from .core.asking import Refusal
from .core.frames import FrameError
from .core.host import HostError
from .core.mesh_order import Order
from .core.mesh_painter import MeshPainter
from .lasting import Lasting
from .painting_source import sources_of, textures_of
from .painting_view import view_of
from .painting_wish import recipe_of, view_px, wish_of
from .painting_work import Work
from .pixels import array_of, shares
from .references import Reference
from .shared import desk

_KEPT = "painting/last"
_UNREAD = object()


class Paintings:
    """The painting desk of this Blender. What cannot be done is told as a notice; methods then return None."""

    def __init__(self, desk):
        self._desk = desk
        self.painter = MeshPainter(desk.session, self._changed)
        self._works = {}
        self._kept = _UNREAD
        desk.take_frames(self.painter.take)
        desk.listen(self._desk_changed)

    # Asking

    def paint(self, things, region_3d=None):
        """Paint objects from all around, or from one 3D view, as the settings say; None where that cannot be."""
        return self._told(lambda: self._paint(things, region_3d))

    def go_on(self):
        """Go on with the last painting of this file that was not finished; None where that cannot be."""
        return self._told(self._go_on)

    def as_they_are(self, painting):
        """Paint on UVs that overlap, after all."""
        work = self._works[painting.ticket]
        self._told(lambda: self._again(painting, {**work.wish, "as_they_are": True}))

    def make_uvs(self, painting):
        """Give the objects of a painting that was refused for their UVs a new UV layer, and paint on it."""
        self._told(lambda: self._make_uvs(painting))

    def cancel(self, ticket):
        """Stop this painting; its objects look as before, and it can go on."""
        self.painter.cancel(ticket)

    def dismiss(self, ticket):
        """Take a painting that has ended out of the panel."""
        painting = self.painter.get(ticket)
        if painting and not painting.open:
            self.painter.forget(ticket)
            self._works.pop(ticket, None)
            self._desk.redraw()

    @property
    def kept(self):
        """What the last unfinished painting of this file was; None where there is none."""
        if self._kept is _UNREAD:
            data = keepsakes.get(_KEPT)
            self._kept = json.loads(data) if data else None
        return None if self.painter.open() else self._kept

    def close(self):
        """Show nothing that is unfinished any more."""
        for work in self._works.values():
            work.growth.clear()

    # How it is asked

    def _told(self, act):
        try:
            return act()
        except (Refusal, HostError, FrameError) as refusal:
            self._desk.tell(str(refusal))
            return None

    def _paint(self, things, region_3d):
        if not things:
            raise HostError("Select the meshes that are to be painted.")
        keep = region_3d is not None and all(painting_material.painted_node(each)[1] for each in things)
        wish = wish_of(bpy.context.scene.sfumato_painting, things, recipe_of(self._desk), keep=keep)
        model = self._desk.session.catalogue.model(wish["recipe"].get("model", ""))
        view = partial(view_of, region_3d, longest_px=view_px(wish, model)) if region_3d is not None else None
        return self._begin(things, wish, view)

    def _begin(self, things, wish, view=None, goes_on=False):
        """Order what is wished for: from all around, or from the one view that `view(meshes)` is."""
        self._desk.start()
        sources, layers, size_px = sources_of(things, wish)
        faces_only = wish["region"] == "FACES"
        meshes = mesh_capture.capture(things, shared=wish["shared"], faces_only=faces_only, layers=layers)
        same = {name: wish[name] for name in ("recipe", "view_count", "view_px", "painting", "as_they_are", "depth")}
        order = Order(meshes=meshes, size_px=size_px or wish["size_px"], goes_on=goes_on, **same)
        order = order._replace(view=view(meshes) if view else None)
        if not sources:
            return self._send(order, things, wish, layers)
        references = [Reference.to("objects", each) for each in things]
        # What is there already is made whole numbers beside the main thread: millions of them.
        self._desk.workbench.do(
            lambda: textures_of(sources), lambda made: self._send_with(made, order, references, wish, layers)
        )
        return True

    def _send_with(self, made, order, references, wish, layers):
        textures, refusal = made
        things = [each.find() for each in references]
        if refusal or None in things:
            self._desk.tell(refusal or "The objects that were to be painted are not there any more.")
            return
        self._told(lambda: self._send(order._replace(textures=textures), things, wish, layers))

    def _send(self, order, things, wish, layers):
        painting = self.painter.paint(order, wish["title"])
        self._works[painting.ticket] = Work(things, wish, layers)
        self._desk.redraw()
        return painting

    def _go_on(self):
        wish = dict(self.kept or {})
        if not wish:
            raise HostError("There is no painting to go on with.")
        things = [bpy.data.objects.get(name) for name in wish.pop("things")]
        if None in things:
            raise HostError("The objects of the last painting are not there any more.")
        return self._begin(things, wish, goes_on=True)

    def _again(self, painting, wish):
        """The same, from the same sides, by another wish or on other UVs."""
        things, view = self._things_of(painting), painting.order.view
        self.dismiss(painting.ticket)
        return self._begin(things, wish, view and (lambda _: view))

    def _make_uvs(self, painting):
        things, wish = self._things_of(painting), self._works[painting.ticket].wish
        if wish["region"] != "ALL":
            raise HostError("What is painted already lies on the UVs that are there. Paint all of it anew instead.")
        if all(map(mesh_uvs.has_layer, things)):
            said = "Modifiers such as Mirror or Array repeat the new UVs. Apply them, or paint on the UVs as they are."
            raise HostError(said)
        meshes = tuple(mesh_capture.capture_base(each, shared=wish["shared"]) for each in things)
        self.painter.unwrap(meshes, wish["size_px"], lambda uvs, fault: self._unwrapped(painting, uvs, fault))
        painting.words = "Making new UVs"
        self._desk.redraw()

    def _unwrapped(self, painting, uvs, fault):
        if painting.ticket not in self._works:
            return  # dismissed meanwhile, or another file is open
        if fault:
            self._desk.tell(fault.message)
            return

        def act():
            things = self._things_of(painting)
            for thing in things:
                mesh_uvs.put(thing, uvs[thing.name])
            bpy.ops.ed.undo_push(message="New UVs for Painting")
            self._again(painting, self._works[painting.ticket].wish)

        self._told(act)

    def _things_of(self, painting):
        found = [each.find() for each in self._works[painting.ticket].things]
        if None in found:
            raise HostError("The objects of this painting are not there any more.")
        return found

    # What comes back

    def _changed(self, painting):
        work = self._works.get(painting.ticket)
        if work is not None:
            for name in list(painting.fresh):
                final = painting.fresh.pop(name)
                self._arrived(painting, work, name, painting.textures[name], final)
            if painting.views_done and not work.is_kept and painting.order.view is None:
                work.is_kept = True
                self._keep({**work.wish, "things": [each.name for each in work.things]})
            if not painting.open and not work.is_over:
                self._ended(painting, work)
        self._desk.redraw()

    def _arrived(self, painting, work, name, picture, final):
        if final:
            work.finals[name] = None
            self._desk.workbench.do(
                lambda: png.encode(array_of(picture)), lambda data: self._encoded(painting, work, name, data)
            )
        else:
            self._desk.workbench.do(lambda: _floats(picture), lambda floats: self._grown(painting, work, name, floats))

    def _grown(self, painting, work, name, floats):
        things = work.objects(name)
        if painting.open and things and not work.is_over:
            size_px = round((len(floats) / 4) ** 0.5)
            work.growth.show(name, things, size_px, floats)

    def _encoded(self, painting, work, name, data):
        work.finals[name] = data
        if not painting.open and not work.is_over:
            self._ended(painting, work)

    def _ended(self, painting, work):
        """Everything at once, so that it is one undo step."""
        if painting.state == "succeeded" and None in work.finals.values():
            return
        work.is_over = True
        work.growth.clear()
        if painting.state == "succeeded":
            if words := work.place():
                self._desk.tell(words)
            if work.is_kept:
                self._keep(None)
            bpy.ops.ed.undo_push(message="Paint Mesh")
        elif painting.fault and not painting.wants_uvs:
            self._desk.tell(painting.fault.message)

    def _keep(self, wish):
        """Note with the file what can go on; None for nothing."""
        self._kept = wish
        keepsakes.put(_KEPT, json.dumps(wish).encode() if wish else b"")

    def _desk_changed(self, names):
        if "file" in names:
            self._kept = _UNREAD
            for painting in self.painter.paintings():
                self.painter.cancel(painting.ticket)
                self.painter.forget(painting.ticket)
            for work in self._works.values():
                work.is_over = True  # what is at the workbench belongs to the file that was open
            self._works.clear()


def _floats(picture):
    return np.ascontiguousarray(shares(array_of(picture))[::-1]).ravel()


paintings = Lasting(lambda: Paintings(desk()))
register, unregister = paintings.register, paintings.unregister
