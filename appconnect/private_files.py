"""Files and folders that only their owner may read: keys, the store, recordings that nobody has looked at."""

from __future__ import annotations

import logging
import os
import stat
import tempfile
from contextlib import suppress
from pathlib import Path

log = logging.getLogger(__name__)


def keep_private(path: Path) -> None:
    """Take away what others may do with a file or folder, and say so in a warning. Raises OSError."""
    if os.name != "posix" or not path.exists():
        return  # elsewhere the modes say nothing of who may read
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        path.chmod(mode & 0o700)
        log.warning(
            "%s could be read or changed by other users of this computer (mode %03o); now only you can. "
            "If others use this computer, replace what is secret in it.",
            path,
            mode,
        )


def private_folder(path: Path) -> Path:
    """Return the folder, made if need be, private in either case. Raises OSError."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    keep_private(path)
    return path


def read_or_make(path: Path, content: str) -> str:
    """Return the text of a private file, made with ``content`` unless it is there. Raises OSError.

    It is made whole or not at all, also when two processes try at once; then both read the same.
    """
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, draft = tempfile.mkstemp(dir=path.parent)  # readable by its owner only
        try:
            with os.fdopen(handle, "w") as file:
                file.write(content + "\n")
            with suppress(FileExistsError):  # another process was faster; its content counts
                os.link(draft, path)
        finally:
            Path(draft).unlink()
    keep_private(path)
    return path.read_text()
