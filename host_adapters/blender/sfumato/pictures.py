"""Concept art and images: asking for them, and making images of the file of what comes back."""

import bpy

from . import makers, png, texture_files
from .blender_host import image_key
from .core.workspace import Chosen, Workspace
from .documents import as_result, purpose_of
from .lasting import Lasting
from .pixels import array_of, eight_bit, shares
from .references import Reference
from .shared import desk
from .thumbnails import Thumbnails

PURPOSES = ("concept", "image")
_MOST = 12
_THUMBNAIL_PX = 192


class Pictures:
    """Each result becomes an image of the file, packed, in an undo step of its own."""

    def __init__(self, desk):
        self._desk = desk
        #: The newest first: (key of its thumbnail, Reference).
        self.recent = []
        self.thumbnails = Thumbnails()
        self._taken = set()
        desk.listen(self._changed)

    def draw_concept(self, source, look):
        """Draw what the workspace says, from `source` (a layer's key) where its mode begins with a picture."""
        workspace = self._desk.attend("concept")
        self._desk.host.canvas, self._desk.host.look = source, look
        return self._desk.studio.submit(workspace)

    def draw_image(self, reference):
        """Draw an image again, or process it, as the workspace says; None where it is gone."""
        image = reference.find()
        if image is None:
            self._desk.tell("The image is not there any more.")
            return None
        workspace = self._desk.attend("image", tuple(image.size))
        self._desk.host.canvas = image_key(image)
        return self._desk.studio.submit(workspace)

    def make_tileable(self, name, picture):
        """A seamless copy of an image of this name, nothing of it drawn anew."""
        step = makers.tileable(self._desk.session.catalogue)
        if step is None:
            self._desk.tell(makers.NO_TILEABLE)
            return None
        self._desk.attend("image", (picture.width_px, picture.height_px))
        asked = Workspace(prompt=f"{name} tileable", tile="xy", post_processors=[step])
        return self._desk.studio.submit(asked, as_result(picture, self._desk.host.at_hand, asked.prompt))

    def follow(self, what):
        """Steer concept art by "depth" or "normal" of the view, with whatever conditioner takes a picture; or tell."""
        workspace = self._desk.workspace("concept")
        catalogue = self._desk.session.catalogue
        card = makers.conditioner_for(what, catalogue, catalogue.model(workspace.model))
        if card is None:
            self._desk.tell(makers.NO_CONDITIONER.format(what=what))
            return False
        picture = next(widget.id for widget in card.form.widgets if widget.kind == "image")
        workspace.conditioners.append(Chosen(card.id, {picture: {"layer": f"view:{what}"}}))
        if not makers.says(card, what):
            self._desk.tell(makers.NOT_SAID.format(label=card.label, what=what))
        self._desk.edited()
        return True

    def close(self):
        """Release the thumbnails."""
        self.thumbnails.close()

    def _changed(self, names):
        if "file" in names:
            self.recent = []
            self._taken.clear()
            self.thumbnails.clear()
        if "results" in names:
            for job in self._desk.studio.jobs.all():
                for result in job.results if purpose_of(job.document) in PURPOSES else ():
                    if result.key not in self._taken and result.picture is not None:
                        self._taken.add(result.key)
                        self._encode(result)

    def _encode(self, result):
        picture, result.picture = result.picture, None

        def work():
            array = array_of(picture)
            return png.encode(_opaque(eight_bit(array))), _small(shares(array[::-1]))

        self._desk.workbench.do(work, lambda outcome: self._place(result, *outcome))

    def _place(self, result, file, thumbnail):
        if not self._desk.owns(result.document):
            return  # its file was closed meanwhile; the history brings it back
        image = texture_files.keep(result.name, file, is_data=False)
        self.thumbnails.put(result.key, thumbnail)
        self.recent = [(result.key, Reference.to("images", image)), *self.recent][:_MOST]
        self.thumbnails.keep({key for key, _ in self.recent})
        result.state = "applied"
        show(image)
        bpy.ops.ed.undo_push(message=f"Sfumato: {result.title}")
        self._desk.redraw()


def show(image):
    """Show an image in the first image editor that has not pinned its own, where one is open."""
    areas = [area for window in bpy.context.window_manager.windows for area in window.screen.areas]
    editors = [area.spaces.active for area in areas if area.type == "IMAGE_EDITOR"]
    free = [each for each in editors if not each.use_image_pin]
    if free:
        free[0].image = image


def _opaque(array):
    return array[:, :, :3] if (array[:, :, 3] == 255).all() else array


def _small(pixels):
    """A thumbnail by every so many pixels."""
    step = max(1, -(-max(pixels.shape[:2]) // _THUMBNAIL_PX))
    return pixels[::step, ::step].copy()


pictures = Lasting(lambda: Pictures(desk()))
register, unregister = pictures.register, pictures.unregister
