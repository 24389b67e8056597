"""Connectors in development: the entry points of a project folder that is not installed.

A folder is a Python project with a ``pyproject.toml``; its code is in ``src`` or beside that file.
https://packaging.python.org/en/latest/specifications/pyproject-toml/#entry-points
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from importlib.metadata import EntryPoint
from pathlib import Path

from appconnect.errors import ConfigurationError

GROUP = "appconnect.connectors"


@dataclass(frozen=True)
class Source:
    """An entry point, and the package that has it."""

    entry_point: EntryPoint
    package: str
    """The distribution's name: ``appconnect-acme``."""

    @property
    def name(self) -> str:
        """The platform's name, in lower case."""
        return self.entry_point.name.lower()

    @property
    def module(self) -> str:
        """The module that is imported: ``acme_connector``."""
        return self.entry_point.value.partition(":")[0].strip()


def sources(folder: Path) -> list[Source]:
    """Return the connectors that a project folder declares.

    Raises ConfigurationError when there is no such folder, or its ``pyproject.toml`` declares none.
    """
    from appconnect.connectors.project_file import project_of

    project = project_of(folder)
    declared = project.entry_points.get(GROUP, {})
    if not declared:
        raise ConfigurationError(
            f'{folder / "pyproject.toml"} declares no connector; add [project.entry-points."{GROUP}"].'
        )
    package = project.name or folder.name
    return [Source(EntryPoint(name, value, GROUP), package) for name, value in declared.items()]


def put_on_path(folder: Path) -> None:
    """Let Python import the folder's code, before an installed copy of it."""
    source = str(folder / "src" if (folder / "src").is_dir() else folder)
    if source not in sys.path:
        sys.path.insert(0, source)
