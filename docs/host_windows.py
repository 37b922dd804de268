"""Photographs the windows of the real Krita and GIMP with results of Ground on their canvases.

`python docs/host_windows.py [FOLDER]`, as root, once `make hosts` has built both. Every photograph goes into FOLDER
where it is given; those of the pages are written into docs/pictures.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from PIL import Image

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.hosts.gimp.gimp_program import GimpProgram
from tests.hosts.krita.session import run_trial
from tests.hosts.program_root import ProgramRoot, hosts_folder

PICTURES = Path(__file__).parent / "pictures"


def krita(home: Path) -> None:
    """Fill a part of a wall in Krita."""
    run_trial(ProgramRoot(root=hosts_folder() / "trixie", home=home), "picture")


def gimp(home: Path) -> None:
    """Fill a part of a wall in GIMP."""
    program = GimpProgram(programs=ProgramRoot(root=hosts_folder() / "trixie", home=home))
    program.install()
    program.run("picture.py", window=True, timeout_s=600)["windows"]


def main() -> None:
    """Write krita.jpg and gimp.jpg."""
    for program in (krita, gimp):
        name = program.__name__
        with tempfile.TemporaryDirectory() as place:
            program(Path(place))
            shots = [*Path(place).glob("*.png"), *Path(place).glob("try-*/*.png")]
            found = {path.stem: path for path in shots}
            Image.open(found["results"]).convert("RGB").save(PICTURES / f"{name}.jpg", quality=90)
            for folder in sys.argv[1:]:
                for title, path in found.items():
                    shutil.copy(path, Path(folder, f"{name}_{title}.png"))


if __name__ == "__main__":
    main()
