"""One painting and what of the file it is about, all by name: the artist may undo, rename and delete at any time."""

from . import painting_material, texture_files
from .painting_growth import Growth
from .painting_wish import keeps
from .references import Reference


class Work:
    """`layers` are the UV layers that are painted on, by the objects' names. [main thread only]"""

    def __init__(self, things, wish, layers):
        self.things = [Reference.to("objects", each) for each in things]
        self.wish = wish
        self.growth = Growth()
        #: The finished textures as PNGs by their names; None while one is encoded.
        self.finals = {}
        self.is_over = self.is_kept = False
        self._layers = layers

    def objects(self, texture):
        """The objects that have this texture, as far as they are still there."""
        found = [each.find() for each in self.things]
        return [each for each in found if each and (self.wish["shared"] or each.name) == texture]

    def place(self):
        """Put the finished textures on the objects; what the artist should know, empty where all is well."""
        finals, self.finals = self.finals, {}
        said = [self._place_one(name, png) for name, png in finals.items()]
        return "\n".join(filter(None, said))

    def _place_one(self, name, png):
        things = self.objects(name)
        image = texture_files.keep(f"{name} Paint", png, is_data=False)
        if not things:
            image.use_fake_user = True
            return f"The object of “{image.name}” is gone; the image is kept in the file."
        if keeps(self.wish):
            self._replace(things, image)
        elif self.wish["target"] == "BASE":
            for thing in things:
                painting_material.paint_base(thing, image, self._layers.get(thing.name, ""))
        else:
            layer = self._layers.get(things[0].name, "")
            material = painting_material.new_material(f"{name} Paint", image, layer)
            for thing in things:
                painting_material.dress(thing, material)
        return ""

    @staticmethod
    def _replace(things, image):
        """Show another image where the one is that was painted on: undo shows that one again."""
        for thing in things:
            _, node = painting_material.painted_node(thing)
            if node is not None:
                image.colorspace_settings.name = node.image.colorspace_settings.name
                painting_material.set_image(node, image)
