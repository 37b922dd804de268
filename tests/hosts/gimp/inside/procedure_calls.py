"""Procedures as scripts call them."""

from gimp_libraries import Gimp


def call(name, image, run_mode=Gimp.RunMode.NONINTERACTIVE, **arguments):
    """Run a procedure of Sfumato; its status, its layers, and what the error says."""
    procedure = Gimp.get_pdb().lookup_procedure(f"plug-in-sfumato-{name}")
    config = procedure.create_config()
    config.set_property("run-mode", run_mode)
    config.set_property("image", image)
    config.set_core_object_array("drawables", image.get_selected_layers())
    for argument, value in arguments.items():
        config.set_property(argument.replace("_", "-"), value)
    returned = procedure.run(config)
    status = returned.index(0)
    drew = status == Gimp.PDBStatusType.SUCCESS and name != "window"
    layers = list(returned.get_core_object_array(1)) if drew else []
    return status.value_nick, layers, Gimp.get_pdb().get_last_error()
