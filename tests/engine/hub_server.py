"""A hub on the loopback that serves folders as repositories, as far as huggingface_hub asks."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

REVISION = "0123456789abcdef0123456789abcdef01234567"


@contextmanager
def hub(repositories: Mapping[str, Path]) -> Iterator[tuple[str, list[str]]]:
    """The hub's address, and the paths of the files that were downloaded from it."""
    downloads: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self._answer(with_body=False)

        def do_GET(self) -> None:
            self._answer(with_body=True)

        def _answer(self, *, with_body: bool) -> None:
            path = urlsplit(self.path).path
            for name, folder in repositories.items():
                if path.startswith(f"/api/models/{name}/tree/"):
                    return self._send(json.dumps(_tree(folder)).encode(), with_body=with_body)
                if path.startswith(f"/api/models/{name}"):
                    return self._send(json.dumps(_info(name, folder)).encode(), with_body=with_body)
                file = folder / path.removeprefix(f"/{name}/resolve/{REVISION}/")
                if path.startswith(f"/{name}/resolve/") and file.is_file():
                    if with_body:
                        downloads.append(file.relative_to(folder).as_posix())
                    return self._send(file.read_bytes(), with_body=with_body)
            self.send_response(404)
            self.send_header("X-Error-Code", "RepoNotFound")
            self.send_header("Content-Length", "0")
            return self.end_headers()

        def _send(self, content: bytes, *, with_body: bool) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.send_header("ETag", f'"{hashlib.sha1(content).hexdigest()}"')
            self.send_header("X-Repo-Commit", REVISION)
            self.end_headers()
            if with_body:
                self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Tests are quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", downloads
        server.shutdown()
        thread.join()


def _info(name: str, folder: Path) -> dict[str, object]:
    return {"id": name, "sha": REVISION, "siblings": [{"rfilename": row["path"]} for row in _tree(folder)]}


def _tree(folder: Path) -> list[dict[str, object]]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return [
        {"type": "file", "path": path.relative_to(folder).as_posix(), "size": path.stat().st_size, "oid": _oid(path)}
        for path in files
    ]


def _oid(path: Path) -> str:
    return hashlib.sha1(path.read_bytes()).hexdigest()
