"""Sfumato in Krita: a docker and actions. Krita imports this package when it starts."""

import krita

from .actions import SfumatoExtension
from .docker import SfumatoDocker

_app = krita.Krita.instance()
_app.addExtension(SfumatoExtension(_app))
_app.addDockWidgetFactory(krita.DockWidgetFactory("sfumato", krita.DockWidgetFactoryBase.DockRight, SfumatoDocker))
