"""The site builds without a warning, every link inside of it leads somewhere, and it needs no network to be read."""

import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pytest

from tests.docs.blocks import DOCS

pytest.importorskip("sphinx", reason="pip install --group docs")
pytest.importorskip("furo", reason="pip install --group docs")

#: Attributes by which a page loads something as soon as it is opened.
LOADS = {("script", "src"), ("img", "src"), ("link", "href"), ("iframe", "src"), ("source", "src")}


class Page(HTMLParser):
    """The anchors of a page, where it leads to, and what it loads."""

    def __init__(self, path):
        super().__init__()
        self.anchors, self.links, self.loads = set(), [], []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        self.anchors |= {found[name] for name in ("id", "name") if found.get(name)}
        if tag == "a" and found.get("href"):
            self.links.append(found["href"])
        self.loads += [found[name] for element, name in LOADS if element == tag and found.get(name)]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "-n", "-E", "--keep-going", "-d", folder / "doctrees"]
    ended = subprocess.run([*command, DOCS, folder / "html"], capture_output=True, text=True)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return folder / "html"


@pytest.fixture(scope="module")
def pages(site):
    left_out = {"genindex.html", "search.html", "py-modindex.html"}
    return {path: Page(path) for path in site.rglob("*.html") if path.name not in left_out}


def broken_links(pages, site):
    """Every link that leads to no file of the site, or to no anchor of one."""
    for path, page in pages.items():
        for link in page.links:
            file, _, anchor = link.partition("#")
            target = (path.parent / unquote(file)).resolve() if file else path
            if "://" in link or link.startswith("mailto:"):
                continue
            known = pages.get(target)
            if not target.is_file() or (anchor and known and unquote(anchor) not in known.anchors):
                yield f"{path.relative_to(site)}: {link}"


def test_every_link_inside_leads_somewhere(pages, site):
    assert sum(len(page.links) for page in pages.values()) > 1000
    assert list(broken_links(pages, site)) == []


def test_a_link_that_leads_nowhere_is_found(pages, site, tmp_path):
    path = site / "lost.html"
    page = Page(_written(tmp_path / "lost.html", '<a href="nowhere.html">a</a><a href="index.html#nothing">b</a>'))

    assert len(list(broken_links({**pages, path: page}, site))) == 2


def test_nothing_is_loaded_from_elsewhere(pages):
    assert [load for page in pages.values() for load in page.loads if load.startswith(("http:", "https:", "//"))] == []


def test_every_page_of_the_docs_is_in_the_site(site):
    sources = [path.relative_to(DOCS).with_suffix(".html") for path in DOCS.rglob("*.md")]

    assert [str(page) for page in sources if not (site / page).is_file()] == []


def test_the_drawings_stand_in_their_pages(site):
    assert '<svg class="life"' in (site / "life_of_an_image.html").read_text(encoding="utf-8")
    assert '<svg class="orders"' in (site / "samplers.html").read_text(encoding="utf-8")


def _written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path
