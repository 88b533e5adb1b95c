"""Writing a file whole: a reader sees the old one or the new one, never half of either."""

from __future__ import annotations

import os
import stat
import tempfile
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
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name[:40]}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.chmod(temporary, mode)
        os.replace(temporary, target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
