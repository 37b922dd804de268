"""GIMP and the window of Sfumato with a real result on the canvas, for the pages of the artist."""

import os
import subprocess

from canvas import new_image as filled_image
from desk_driver import Driver
from gimp_libraries import Gimp
from reporting import check

SIDE_PX = 512
#: Width and height; GIMP stands left, Sfumato right of it, and a pixel of the screen is between them.
GIMP_PX, SFUMATO_PX, HEIGHT_PX = 960, 400, 860


def placed(title, left_px, width_px):
    """Move the window with this title, and give it its size."""
    [number, *_] = subprocess.run(
        ["xdotool", "search", "--onlyvisible", "--name", title], capture_output=True, text=True, check=True
    ).stdout.split()
    subprocess.run(["xdotool", "windowsize", number, str(width_px), str(HEIGHT_PX - 24)], check=True)
    subprocess.run(["xdotool", "windowmove", number, str(left_px), "0"], check=True)


def shot(name):
    """What the artist sees."""
    area = f"{GIMP_PX + SFUMATO_PX + 4}x{HEIGHT_PX}+0+0"
    path = os.path.join(os.environ["HOME"], name + ".png")
    subprocess.run(["import", "-window", "root", "-crop", area, "+repage", path], check=True)


def windows():
    """Fill a round selection of cobblestone with moss, and look at one of three results."""
    image, _ = filled_image(Gimp.Precision.U8_NON_LINEAR, b"\xff" * (4 * SIDE_PX**2), width=SIDE_PX, height=SIDE_PX)
    Gimp.Display.new(image)
    driver = Driver(image)
    welcome = "xdotool search --sync --onlyvisible --name '^Welcome to GIMP' windowclose"
    subprocess.run(["timeout", "20", "sh", "-c", welcome])
    placed("GIMP$", 0, GIMP_PX)
    placed("^Sfumato$", GIMP_PX + 4, SFUMATO_PX)
    driver.idle(1)
    shot("waiting")
    wall = driver.draw(mode="generate", prompt="grey cobblestone", steps=20, count=3, seed=3, keep_seed=True)
    driver.window.apply(wall.results[0])
    image.select_ellipse(Gimp.ChannelOps.REPLACE, 130, 150, 240, 220)
    Gimp.Selection.feather(image, 20)
    driver.set(mode="fill", prompt="moss", count=3)
    driver.window.draw_button.clicked()
    job = driver.studio.jobs.all()[-1]
    driver.until(lambda: job.preview is not None)
    driver.idle(0.5)
    shot("drawing")
    driver.until(lambda: not job.open)
    driver.idle(2)
    shot("results")
    for number, name in enumerate(("sampling", "control", "processors"), 1):
        driver.window.notebook.set_current_page(number)
        driver.idle(1)
        shot(name)
    driver.close()
    return job.state


check(windows)
