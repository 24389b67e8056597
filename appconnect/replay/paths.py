"""Where a recording is kept."""

from __future__ import annotations

import re
from pathlib import Path

from appconnect.errors import RecordingError

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,99}", re.ASCII | re.IGNORECASE)


def cassette_path(root: Path, crm: str, scenario: str) -> Path:
    """Return ``root/<crm>/<scenario>.json``; RecordingError for a name that could lead anywhere else."""
    for name in (crm, scenario):
        if not _NAME.fullmatch(name):
            raise RecordingError(
                f"{name!r} cannot name a recording: use letters, digits, hyphens and underscores only."
            )
    return root / crm / f"{scenario}.json"
