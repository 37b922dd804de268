"""A screen for programs with windows: an X server of their own, and a window manager where a hand is at work."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

_NUMBER = "/tmp/display"
#: The server itself finds a number that is free, and tells it once clients may come: those of other tests are seen
#: through abstract sockets. It must not begin anew when the first client goes before the second has come.
_SERVER = f"""Xvfb -displayfd 1 -screen 0 1600x1000x24 -nolisten tcp -noreset >{_NUMBER} &
until [ -s {_NUMBER} ]; do kill -0 $! || exit 1; sleep 0.1; done
export DISPLAY=:$(cat {_NUMBER})"""
#: A window that is there before its manager is moved by it later.
_MANAGER = "openbox & until xdotool get_desktop >/dev/null 2>&1; do kill -0 $! || exit 1; sleep 0.1; done"


def on_a_display(command: Sequence[str], *, managed: bool) -> list[str]:
    """What runs a command with a display of its own, under a window manager if `managed`; its status is the command's.

    It has to be run in namespaces of its own, which end the server with it.
    """
    steps = [_SERVER, *([_MANAGER] if managed else []), f"{shlex.join(command)}; exit $?"]
    return ["sh", "-c", "\n".join(steps)]
