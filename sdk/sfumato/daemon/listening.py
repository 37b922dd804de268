"""Where the daemon listens: for its own machine always, for others only with TLS."""

from __future__ import annotations

import contextlib
import ipaddress
import os
import socket
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import grpc

from sfumato.daemon.config import Config
from sfumato.errors import StartRefused

_LOOPBACK: Final = "127.0.0.1"
#: The kernel's limit on a UNIX socket's path is 104 bytes on macOS and 108 on Linux, the final zero included.
_LONGEST_SOCKET_PATH: Final = 100
_LARGEST_PORT: Final = 65535


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalListener:
    """Where local clients connect: a gRPC target, and for a UNIX socket what of it lies in the file system.

    `with_tls` is the target for other machines, where they are let in.
    """

    address: str
    with_tls: str = ""
    socket: Path | None = None
    folder: Path | None = None

    def __str__(self) -> str:
        return f"{self.address}, and with TLS on {self.with_tls}" if self.with_tls else self.address

    def close(self) -> None:
        """Remove what listening has left in the file system."""
        if self.socket:
            self.socket.unlink(missing_ok=True)
        if self.folder:
            self.folder.rmdir()


def check_listeners(config: Config) -> None:
    """Raise StartRefused for a port that there is none of, and for letting other machines in without TLS."""
    if not 0 <= config.port <= _LARGEST_PORT:  # gRPC would take what is left of it in 16 bits
        raise StartRefused(f"there is no port {config.port}; give 1 to {_LARGEST_PORT}, or 0 for a free one")
    if bool(config.tls_cert) != bool(config.tls_key):
        raise StartRefused("TLS needs both --tls-cert and --tls-key; only one of them was given")
    if config.host and not config.tls_cert and not _is_loopback(config.host):
        raise StartRefused(
            f"will not listen on {config.host} without TLS: whoever reaches it could use this machine; "
            "give --tls-cert and --tls-key, or leave --host out"
        )


def listen(server: Any, config: Config) -> LocalListener:
    """Open the configured ports of a gRPC server. Raises StartRefused where a port or a path is taken."""
    try:
        if not config.tls_cert:
            return _listen_locally(server, config)
        host = config.host or _LOOPBACK
        port = server.add_secure_port(_target(host, config.port), _credentials(config))
        local = _listen_on_socket(server, config) or _listen_on_port(server, _LOOPBACK, 0)
        return replace(local, with_tls=_target(host, port))
    except RuntimeError as error:
        raise StartRefused(f"cannot listen: {error}; choose another --port, --host or --socket") from error


def _listen_locally(server: Any, config: Config) -> LocalListener:
    if config.host or config.port:
        return _listen_on_port(server, config.host or _LOOPBACK, config.port)
    return _listen_on_socket(server, config) or _listen_on_port(server, _LOOPBACK, 0)


def _listen_on_port(server: Any, host: str, port: int) -> LocalListener:
    return LocalListener(address=_target(host, server.add_insecure_port(_target(host, port))))


def _listen_on_socket(server: Any, config: Config) -> LocalListener | None:
    """Listen on an owner-only UNIX socket; None where there are none."""
    if sys.platform == "win32":
        return None
    path, folder = config.socket or config.runtime_dir / "daemon.sock", None
    if len(os.fsencode(path)) > _LONGEST_SOCKET_PATH:
        import tempfile  # seldom needed, and three milliseconds of every start

        folder = Path(tempfile.mkdtemp(prefix="sfumato-"))
        path = folder / "daemon.sock"
    _remove_stale(path)
    server.add_insecure_port(f"unix:{path}")
    path.chmod(0o600)
    return LocalListener(address=f"unix:{path}", socket=path, folder=folder)


def _remove_stale(path: Path) -> None:
    """Remove the socket of a daemon that was killed. Raises StartRefused if it lives, or if it is no socket."""
    if sys.platform == "win32" or not path.exists():
        return
    if not path.is_socket():
        raise StartRefused(f"{path} is in the way: it is not a socket; choose another --socket")
    with socket.socket(socket.AF_UNIX) as probe, contextlib.suppress(ConnectionRefusedError):
        probe.connect(str(path))
        raise StartRefused(f"another program listens on {path}; choose another --socket")
    path.unlink()


def _target(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _credentials(config: Config) -> grpc.ServerCredentials:
    assert config.tls_cert
    assert config.tls_key
    import ssl  # seldom needed; of a wrong certificate gRPC says only that it could not listen

    try:
        pair = (config.tls_key.read_bytes(), config.tls_cert.read_bytes())
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(config.tls_cert, config.tls_key)
    except ssl.SSLError as error:
        said = f"{config.tls_cert} and {config.tls_key} are not a certificate chain (PEM) and its key"
        raise StartRefused(f"{said}: {error}") from error
    except OSError as error:
        raise StartRefused(f"the TLS certificate or key cannot be read: {error}") from error
    return grpc.ssl_server_credentials([pair])


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
