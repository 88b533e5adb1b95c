"""Writing a file whole: a reader sees the old one or the new one, never half of either."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


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
