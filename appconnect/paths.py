"""Paths that people name: ``~`` written out, and only such as this computer can look up."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Final

from appconnect.errors import ConfigurationError
from appconnect.text.quotation import quotation

MAX_NAME: Final = 255
"""Bytes of a file's or folder's name; no usual file system takes longer ones."""


def looked_up(path: Path | str) -> Path:
    """Return a path with ``~`` written out, whether something is there or not.

    ConfigurationError for one that cannot be looked up: ``~`` of nobody, a name that is too long, a folder
    that may not be read or was deleted.
    """
    try:
        return _looked_up(Path(path).expanduser())
    except (OSError, RuntimeError, ValueError) as error:  # RuntimeError: nobody's ~, links in a circle
        reason = (getattr(error, "strerror", None) or str(error)).rstrip(".")
    raise ConfigurationError(
        f"{quotation(str(path))} cannot be looked up ({reason[:1].lower()}{reason[1:]}); choose another path."
    )


def _looked_up(path: Path) -> Path:
    if not path.is_absolute():
        current_folder()
    if any(len(os.fsencode(name)) > MAX_NAME for name in path.parts):
        raise OSError(errno.ENAMETOOLONG, os.strerror(errno.ENAMETOOLONG))
    path.resolve()
    path.exists()
    return path


def current_folder() -> Path:
    """Return the current folder; ConfigurationError where it has been deleted."""
    try:
        return Path.cwd()
    except OSError:
        raise ConfigurationError("The current folder was deleted; change to another one.") from None
