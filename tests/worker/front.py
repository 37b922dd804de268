"""A front for tests: the other end of a worker's pipes."""

from __future__ import annotations

import os
from typing import Any

from sfumato import frames


class Front:
    """Sends orders and reads what the worker reports; `orders` and `reports` are the worker's ends."""

    def __init__(self) -> None:
        orders, send = os.pipe()
        receive, reports = os.pipe()
        self.orders, self._send = os.fdopen(orders, "rb"), os.fdopen(send, "wb")
        self._receive, self.reports = os.fdopen(receive, "rb"), os.fdopen(reports, "wb", buffering=0)

    def send(self, header: dict[str, Any], body: bytes = b"") -> None:
        self._send.write(frames.encode(header, body))
        self._send.flush()

    def leave(self) -> None:
        """Both ends at once, as when the process dies."""
        self._send.close()
        self._receive.close()

    def receive(self) -> tuple[dict[str, Any], bytes] | None:
        return frames.read(self._receive)

    def receive_until(self, op: str) -> list[tuple[dict[str, Any], bytes]]:
        """Everything up to and with the first frame of this kind."""
        received = []
        while not received or received[-1][0]["op"] != op:
            frame = self.receive()
            assert frame is not None, f"the worker ended after {[header['op'] for header, _ in received]}"
            received.append(frame)
        return received

    def close(self) -> None:
        for stream in (self.orders, self._send, self._receive, self.reports):
            stream.close()
