"""Which recordings are named by a notebook, a test or other code of the project."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

_DEFAULT = "walkthrough"
"""The scenario of a workbench that is made without a name for it."""


def unused(scenarios: Iterable[str], root: Path) -> list[str]:
    """Return those of the names that stand in no ``.py`` and no ``.ipynb`` below a project's folder.

    The scenario that is used where none is named counts as used.
    """
    left = {name for name in scenarios if name != _DEFAULT}
    for path in _sources(root):
        if not left:
            break
        try:
            text = path.read_text("utf-8")
        except (OSError, UnicodeDecodeError):
            continue
        words = set(re.findall(r"[\w-]+", text))
        left -= words | {path.stem}
    return sorted(left)


def _sources(root: Path) -> Iterator[Path]:
    for path in sorted(root.iterdir()):
        if path.name.startswith(".") or path.name in ("build", "dist", "node_modules"):
            continue
        if path.is_dir():
            yield from _sources(path)
        elif path.suffix in (".py", ".ipynb"):
            yield path
