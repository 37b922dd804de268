"""Draws the picture of the tutorial with its own plugin, through a daemon: `python docs/first_plugin.py`."""

from __future__ import annotations

import os
import re
import sys
import tempfile
from pathlib import Path

from PIL import Image

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.own_daemon import own_daemon
from sfumato.recipe import Selection

DOCS = Path(__file__).parent
GAP_PX = 8


def main() -> None:
    """Write first_plugin.webp: the stones as it is, in two inks, and in two others."""
    lesson = (DOCS / "tutorial/first_plugin.md").read_text(encoding="utf-8")
    source = re.search(r":caption: plugins/duotone.py\n(.*?)```", lesson, re.DOTALL)
    assert source is not None
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "duotone.py").write_text(source[1], encoding="utf-8")
        os.environ["SFUMATO_PLUGINS_DIR"] = folder
        inks = [None, {}, {"shadows": "#004d40", "lights": "#ffd1a8"}]
        chains = [[] if each is None else [Selection(id="duotone.duotone", params=each)] for each in inks]
        with own_daemon() as studio:
            stones = [studio.generate("grey cobblestone", tile="xy", seed=7, post_processors=each) for each in chains]
            sheet([each.pil for each in stones]).save(DOCS / "pictures/first_plugin.webp", quality=88)


def sheet(pictures: list[Image.Image]) -> Image.Image:
    """The pictures side by side, with nothing between them."""
    width, height = pictures[0].size
    page = Image.new("RGBA", (len(pictures) * (width + GAP_PX) - GAP_PX, height))
    for place, picture in enumerate(pictures):
        page.paste(picture, (place * (width + GAP_PX), 0))
    return page


if __name__ == "__main__":
    main()
