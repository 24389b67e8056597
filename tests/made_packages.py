"""Packages made by ``appconnect new``, one for each kind of sign-in, and processes that know them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from appconnect.connectors import registry

ROOT = Path(__file__).parents[1]
NOT_INHERITED = ("APPCONNECT_", "PYTEST", "COVERAGE")


@dataclass(frozen=True)
class Made:
    """A package of a connector, in a folder of its own."""

    auth: str
    name: str
    title: str
    folder: Path

    @property
    def prefix(self) -> str:
        """What its settings begin with."""
        return f"{self.name.upper()}_"


KINDS = (
    ("key", "acme", "Acme CRM"),
    ("oauth", "blue_bird", "Blue Bird"),
    ("user-key", "cedar2", "Cedar Two"),
)
NAMES = [name for _, name, _ in KINDS]


class Packages(dict[str, Made]):
    """The packages by name, and how to run something that knows them."""

    @property
    def variables(self) -> dict[str, str]:
        """What makes them known without installing them."""
        return {"APPCONNECT_CONNECTORS": os.pathsep.join(str(each.folder) for each in self.values())}

    def run(self, *command: str, cwd: Path, check: bool = True) -> str:
        """Return what ``python -m command`` says; its bytecode is kept, so that the next one starts faster."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(NOT_INHERITED)}
        kept.pop("PYTHONDONTWRITEBYTECODE", None)
        done = subprocess.run(
            [sys.executable, "-m", *command], cwd=cwd, env={**kept, **self.variables},
            capture_output=True, encoding="utf-8", check=False,
        )  # fmt: skip
        assert done.returncode == 0 or not check, done.stdout + done.stderr
        return done.stdout + done.stderr


def make(into: Path, names: Sequence[str] = NAMES) -> Packages:
    """Make packages in an empty folder, by default one of every kind of sign-in."""
    from typer.testing import CliRunner

    from appconnect.cli import app

    made = Packages()
    for auth, name, title in (each for each in KINDS if each[1] in names):
        done = CliRunner().invoke(app, ["new", name, "--auth", auth, "--title", title, "--into", str(into)])
        assert done.exit_code == 0, done.output
        folder = into / f"appconnect-{name.replace('_', '-')}"
        made[name] = Made(auth, name, title, folder)
    return made


@contextmanager
def known_here(made: Packages) -> Iterator[Packages]:
    """Have this process know the packages while the block runs."""
    path = [*sys.path]
    for each in made.values():
        registry.add(each.folder)
    yield made
    registry._added.clear()
    registry.forget()
    sys.path[:] = path
    for module in [each for each in sys.modules if each.partition(".")[0].removesuffix("_connector") in made]:
        del sys.modules[module]


def git_status() -> str:
    """What git says of this repository; "" without git."""
    done = subprocess.run(
        ["git", "status", "--porcelain"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return done.stdout
