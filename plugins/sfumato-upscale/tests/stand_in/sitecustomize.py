"""Python runs this at its start, in processes that have this folder on their path: workers get their spandrel."""

import sys

if "sfumato.worker" in sys.orig_argv:
    from spandrel_without_torchvision import import_spandrel

    import_spandrel()
