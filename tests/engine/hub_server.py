"""A hub on the loopback that serves folders as repositories, as far as huggingface_hub asks."""

from __future__ import annotations

import contextlib
import hashlib
import json
import threading
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

REVISION = "0123456789abcdef0123456789abcdef01234567"


@contextmanager
def hub(
    repositories: Mapping[str, Path],
    *,
    gated: Collection[str] = (),
    halfway: Callable[[str], bool] = lambda file: True,
) -> Iterator[tuple[str, list[str]]]:
    """The hub's address, and what was downloaded from it: paths, with `@N` where only the bytes from N on were asked.

    `halfway` is called in the middle of every file; where it is false, the connection is lost there.
    """
    downloads: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self._answer(with_body=False)

        def do_GET(self) -> None:
            self._answer(with_body=True)

        def _answer(self, *, with_body: bool) -> None:
            path = urlsplit(self.path).path
            for name, folder in repositories.items():
                if not path.startswith((f"/api/models/{name}", f"/{name}/resolve/")):
                    continue
                if name in gated:
                    return self._refuse(403, "GatedRepo")
                if path.startswith(f"/api/models/{name}/revision/") and not path.endswith(("main", REVISION)):
                    return self._refuse(404, "RevisionNotFound")
                if path.startswith(f"/api/models/{name}/tree/"):
                    return self._send(json.dumps(_tree(folder)).encode(), with_body=with_body)
                if path.startswith(f"/api/models/{name}"):
                    return self._send(json.dumps(_info(name, folder)).encode(), with_body=with_body)
                file = folder / path.removeprefix(f"/{name}/resolve/{REVISION}/")
                if file.is_file():
                    return self._send_file(file, file.relative_to(folder).as_posix(), with_body=with_body)
            return self._refuse(404, "RepoNotFound")

        def _refuse(self, status: int, code: str) -> None:
            self.send_response(status)
            self.send_header("X-Error-Code", code)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def _send(self, content: bytes, *, with_body: bool) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if with_body:
                self.wfile.write(content)

        def _send_file(self, file: Path, name: str, *, with_body: bool) -> None:
            content = file.read_bytes()
            start = int(self.headers.get("Range", "bytes=0-").removeprefix("bytes=").partition("-")[0])
            self.send_response(206 if start else 200)
            if start:
                self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
            self.send_header("Content-Length", str(len(content) - start))
            self.send_header("ETag", f'"{_etag(file)}"')
            self.send_header("X-Repo-Commit", REVISION)
            self.end_headers()
            if with_body:
                downloads.append(f"{name}@{start}" if start else name)
                middle = max(start, len(content) // 2)
                self.wfile.write(content[start:middle])
                self.wfile.flush()
                if halfway(name):
                    with contextlib.suppress(OSError):  # whoever asked may have lost patience
                        self.wfile.write(content[middle:])

        def log_message(self, *_: object) -> None:
            """Tests are quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", downloads
        finally:
            server.shutdown()
            thread.join()


def _info(name: str, folder: Path) -> dict[str, object]:
    siblings = [{"rfilename": row["path"], "size": row["size"]} for row in _tree(folder)]
    return {"id": name, "sha": REVISION, "siblings": siblings}


def _tree(folder: Path) -> list[dict[str, object]]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return [
        {"type": "file", "path": path.relative_to(folder).as_posix(), "size": path.stat().st_size, "oid": _etag(path)}
        for path in files
    ]


def _etag(path: Path) -> str:
    """Large files are named by their sha256, the others by git's hash; any will do here."""
    algorithm = hashlib.sha256 if path.suffix == ".safetensors" else hashlib.sha1
    return algorithm(path.read_bytes()).hexdigest()
