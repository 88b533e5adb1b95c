"""Reading a file within bounds, and writing one whole: a reader sees the old one or the new one, never half."""

from __future__ import annotations

import codecs
import errno
import io
import os
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import IO

PATIENCE = 3.0  # seconds for somebody to write to a named pipe


def read(path: str | os.PathLike[str], most: int) -> bytes:
    """What a file or standard input (``-``) holds, or a little more than `most` bytes of it.

    Raises
    ------
    OSError
        If it cannot be read, or is a named pipe that nobody writes to.

    Examples
    --------
    >>> len(read("/dev/zero", 1000)) > 1000
    True
    """
    with nullcontext(sys.stdin.buffer) if str(path) == "-" else _opened(Path(path)) as file:
        return up_to(file.read, most)


def up_to(part: Callable[[int], bytes], most: int) -> bytes:
    """What a reader gives, or a little more than `most` of it; asked for all at once, it would make room for that."""
    out = io.BytesIO()
    while out.tell() <= most and (chunk := part(1 << 20)):
        out.write(chunk)
    return out.getvalue()


def _opened(path: Path) -> IO[bytes]:
    if not path.is_fifo():
        return path.open("rb")
    import select  # only who reads a pipe pays for it

    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK)  # else opening it waits for whoever writes to it, for ever
    told = select.poll()
    told.register(handle, select.POLLIN)
    if not told.poll(PATIENCE * 1000) and not _has_writer(handle):
        os.close(handle)
        raise OSError(errno.EPIPE, f"it is a pipe, and nobody wrote to it for {PATIENCE:g} seconds")
    os.set_blocking(handle, True)
    return os.fdopen(handle, "rb")


def _has_writer(handle: int) -> bool:
    """Whether a pipe that holds nothing is open at its other end: it is, if reading would wait."""
    try:
        os.read(handle, 1)
    except BlockingIOError:
        return True
    return False


def utf8(data: bytes) -> bytes:
    """Text as UTF-8 without a mark: Windows shells write UTF-16, and editors a mark before UTF-8.

    >>> utf8("a".encode("utf-16")), utf8("a".encode("utf-8-sig"))
    (b'a', b'a')
    """
    if len(data) > 2 and data[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        try:
            return data.decode("utf-16").encode()
        except UnicodeError:
            return data  # whoever reads it says what is wrong
    return data.removeprefix(codecs.BOM_UTF8)


def replace(path: str | os.PathLike[str], data: bytes, *, private: bool = False) -> None:
    """Put `data` in place of whatever was at `path`.

    A device or a pipe is written to, not replaced; a link stays a link; an existing file keeps its mode.

    Parameters
    ----------
    private
        A new file is readable by its owner alone.

    Raises
    ------
    OSError
        If it cannot be written; then nothing has changed.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     replace(f"{folder}/a", b"1")
    ...     Path(f"{folder}/a").read_bytes()
    b'1'
    """
    target = Path(os.path.realpath(path))
    if target.exists() and not target.is_file():
        target.write_bytes(data)
        return
    fresh = 0o600 if private else 0o666 & ~_umask()
    mode = stat.S_IMODE(target.stat().st_mode) if target.exists() else fresh
    with _whole(target, data, mode) as temporary:
        os.replace(temporary, target)


def create(path: str | os.PathLike[str], data: bytes) -> None:
    """Put `data` where nothing is yet: whole or not at all, and never over anything.

    Raises
    ------
    OSError
        If it cannot be written, FileExistsError if something is there.
    """
    target = Path(path)
    with _whole(target, data, 0o666 & ~_umask()) as temporary:
        os.link(temporary, target)  # refuses where something is, unlike a rename


@contextmanager
def _whole(target: Path, data: bytes, mode: int) -> Iterator[str]:
    """A complete temporary file beside `target`, gone afterwards unless it was renamed."""
    import tempfile  # only what writes a file pays for it

    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name[:40]}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.chmod(temporary, mode)
        yield temporary
    finally:
        Path(temporary).unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
