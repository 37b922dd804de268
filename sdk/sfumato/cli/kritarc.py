"""The line in kritarc that enables a Python plug-in of Krita. The rest of the file stays byte for byte."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sfumato.cli.whole_file import replace_file

_HEADER: Final = b"[python]"
_KEY: Final = b"enable_sfumato"


def enable(path: Path) -> str:
    """Enable Sfumato in this kritarc, which may not be there yet; what was appended to it, for `disable`."""
    data = path.read_bytes() if path.is_file() else b""
    changed, appended = enabled(data)
    if changed != data:
        replace_file(path, changed)
    return appended.decode("ascii")


def disable(path: Path, appended: str) -> None:
    """Take out what `enable` put in; a file that then is empty goes."""
    if not path.is_file():
        return
    data = path.read_bytes()
    changed = disabled(data, appended.encode("ascii"))
    if not changed and data:
        path.unlink()
    elif changed != data:
        replace_file(path, changed)


def enabled(data: bytes) -> tuple[bytes, bytes]:
    """The file with the plug-in enabled, and what was appended for that where its section was missing."""
    lines = data.splitlines(keepends=True)
    newline = b"\r\n" if b"\r\n" in data else b"\n"
    line = _KEY + b"=true"
    start, end = _section(lines)
    if start is None:
        gap = (b"" if data.endswith(b"\n") else newline) + newline if data else b""
        appended = gap + _HEADER + newline + line + newline
        return data + appended, appended
    ours = [index for index in range(start + 1, end) if _is_ours(lines[index])]
    if ours and all(lines[index].strip() == line for index in ours):
        return data, b""
    if ours:
        lines[ours[0]] = line + newline
        return b"".join(each for index, each in enumerate(lines) if index not in ours[1:]), b""
    lines[start] = lines[start].rstrip(b"\r\n") + newline
    return b"".join([*lines[: start + 1], line + newline, *lines[start + 1 :]]), b""


def disabled(data: bytes, appended: bytes = b"") -> bytes:
    """The file without the plug-in's line, and without its section where that was appended and holds nothing else."""
    if appended and data.endswith(appended):
        return data[: -len(appended)]
    lines = data.splitlines(keepends=True)
    start, end = _section(lines)
    if start is None:
        return data
    kept = [each for each in lines[start + 1 : end] if not _is_ours(each)]
    if appended and not b"".join(kept).strip():
        return b"".join([*lines[:start], *lines[end:]])
    return b"".join([*lines[: start + 1], *kept, *lines[end:]])


def _section(lines: list[bytes]) -> tuple[int | None, int]:
    """The index of the section's header, and that of the line behind its end."""
    start = next((index for index, line in enumerate(lines) if line.strip() == _HEADER), None)
    if start is None:
        return None, len(lines)
    after = range(start + 1, len(lines))
    return start, next((index for index in after if lines[index].lstrip().startswith(b"[")), len(lines))


def _is_ours(line: bytes) -> bool:
    return line.partition(b"=")[0].strip() == _KEY
