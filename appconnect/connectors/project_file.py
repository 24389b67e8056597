"""What a project folder's ``pyproject.toml`` declares of connectors."""

from __future__ import annotations

import tomllib
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from appconnect.errors import ConfigurationError


class Project(BaseModel):
    """The table ``[project]``, as far as it is read."""

    model_config = ConfigDict(defer_build=True)

    name: str = ""
    entry_points: dict[str, dict[str, str]] = Field(default_factory=dict, alias="entry-points")


class _PyProject(BaseModel):
    model_config = ConfigDict(defer_build=True)

    project: Project = Field(default_factory=Project)


def project_of(folder: Path) -> Project:
    """Return what a folder declares. Raises ConfigurationError when it cannot be read."""
    path = folder / "pyproject.toml"
    try:
        return _PyProject.model_validate(tomllib.loads(path.read_text("utf-8"))).project
    except OSError:
        problem = f"There is no {path}; name the folder of a connector's project."
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        problem = f"{path} is not valid TOML."
    except ValidationError:
        problem = f"The table [project] of {path} is not as it should be."
    raise ConfigurationError(problem)
