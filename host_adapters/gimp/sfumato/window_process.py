"""The process of the window: it is the one that stays, and there is only one of it."""

from pathlib import Path
from typing import Any

from gimp_libraries import Gimp, GLib

#: A procedure that is there while a window is open: it brings the window up, for the image that it is given.
PRESENT = "plug-in-sfumato-present"
_SUCCESS = Gimp.PDBStatusType.SUCCESS


def run(
    plug_in: Gimp.PlugIn, procedure: Gimp.Procedure, run_mode: Gimp.RunMode, image: Gimp.Image, folder: Path
) -> Any:
    """Open the window and stay until it is closed; where one is open, show that one."""
    if run_mode == Gimp.RunMode.NONINTERACTIVE and not Gimp.get_pdb().procedure_exists(PRESENT):
        words = "The window needs somebody to look at it; scripts call the drawing procedures."
        return procedure.new_return_values(Gimp.PDBStatusType.CALLING_ERROR, GLib.Error(words))
    if Gimp.get_pdb().procedure_exists(PRESENT):
        _present_the_open_one(image)
    else:
        _stay(plug_in, image, folder)
    return procedure.new_return_values(_SUCCESS, GLib.Error())


def _present_the_open_one(image: Gimp.Image) -> None:
    procedure = Gimp.get_pdb().lookup_procedure(PRESENT)
    config = procedure.create_config()
    config.set_property("image", image)
    procedure.run(config)


def _stay(plug_in: Gimp.PlugIn, image: Gimp.Image, folder: Path) -> None:
    from desk import Desk
    from gtk_libraries import GimpUi, Gtk

    GimpUi.init("sfumato")
    desk = Desk(folder, image)
    desk.window.connect("destroy", lambda _: Gtk.main_quit())

    def present(procedure: Any, run_mode: Any, image: Any, drawables: Any, config: Any, data: Any) -> Any:
        desk.look_at(image)
        desk.window.present()
        return procedure.new_return_values(_SUCCESS, GLib.Error())

    procedure = Gimp.ImageProcedure.new(plug_in, PRESENT, Gimp.PDBProcType.TEMPORARY, present, None)
    procedure.set_image_types("*")
    procedure.set_documentation("Bring up the open window of Sfumato", None, PRESENT)
    plug_in.add_temp_procedure(procedure)
    plug_in.persistent_enable()
    desk.window.present()
    try:
        Gtk.main()
    finally:
        desk.close()
        plug_in.remove_temp_procedure(PRESENT)
