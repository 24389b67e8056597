"""Keeping what was just done: a recording, a pytest case and a notebook's cell, run at once."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from markupsafe import Markup

from appconnect import display
from appconnect.errors import ConfigurationError, RecordingError
from appconnect.paths import current_folder
from appconnect.replay.cassette import Cassette
from appconnect.replay.paths import cassette_path
from appconnect.settings import Mode, Settings, project_root
from appconnect.text.amounts import counted
from appconnect.workbench.scenarios import notebook_cell
from appconnect.workbench.scenarios.as_code import cell_source, test_source
from appconnect.workbench.scenarios.checking import CheckedOperation, CheckedScenario, check
from appconnect.workbench.scenarios.remembered_run import remembered_run
from appconnect.workbench.workbench import Workbench

FOLDER = Path("tests") / "scenarios"
_MAX_SECONDS = 120


@dataclass(frozen=True)
class SavedScenario:
    """A saved scenario: its files, and how its first run went.

    ``test`` is None while a live recording waits for a review; ``cell`` is the source of a notebook's cell,
    ``notebook`` where it was put. ``left_out`` says what could not be recorded, ``pytest`` how pytest ended.
    """

    name: str
    fixture: Path
    test: Path | None
    cell: str
    operations: tuple[CheckedOperation, ...]
    notebook: Path | None
    left_out: tuple[str, ...]
    pytest: str
    is_green: bool

    @property
    def message(self) -> str:
        """One sentence on what is there now."""
        count = "1 operation" if len(self.operations) == 1 else f"{len(self.operations)} operations"
        ended = "all as recorded" if self.is_green else "the test failed"
        if self.test is None:
            return (
                f"{self.name} is saved for you only: {count}, {ended}. Look through it, and take it into the "
                f"project, with: appconnect review {self.name}"
            )
        return f"{self.name} is saved and was run: {count}, {ended}."

    @property
    def facts(self) -> dict[str, object]:
        """The files and outcomes, by name."""
        told: dict[str, object] = {"recording": _below_here(self.fixture)}
        if self.test:
            told["test"] = f"{_below_here(self.test)} ({self.pytest})"
        if self.notebook:
            told["notebook"] = _below_here(self.notebook)
        if self.left_out:
            told["left out"] = "; ".join(self.left_out)
        return told

    def __repr__(self) -> str:
        colour = "green" if self.is_green else "red"
        return f"<SavedScenario {self.name}: {counted(len(self.operations), 'operation')}, {colour}>"

    def _repr_html_(self) -> Markup:
        return display.facts(self.facts, caption=self.message)


async def save_scenario(
    workbench: Workbench,
    name: str,
    *,
    folder: Path | str | None = None,
    notebook: Path | str | None = None,
    last: int = 0,
    overwrite: bool = False,
) -> SavedScenario:
    """Save what was done as a scenario, see :meth:`Workbench.save_scenario`."""
    if workbench.mode is Mode.REPLAY:
        raise RecordingError("This workbench repeats a recording already; save in the sandbox or live.")
    settings = Settings.load()
    root = settings.unreviewed if workbench.mode is Mode.LIVE else settings.fixtures
    fixture = cassette_path(root, workbench.platform, name)
    test = None if workbench.mode is Mode.LIVE else test_path(folder, workbench.platform, name)
    book = None if notebook is None else Path(notebook)
    if not overwrite:
        _refuse_what_is_there([fixture, *([test] if test else [])])
    run = remembered_run(workbench, name, last=last)
    cassette, checked = await completed(run.cassette, workbench)
    cell = cell_source(cassette, checked.waits)
    if book and test:
        notebook_cell.append(book, cassette, cell, checked, overwrite=overwrite)
    cassette.save(fixture, private=cassette.header.people)
    ended = await _written_and_run(test, test_source(cassette, checked.waits), settings) if test else ""
    return SavedScenario(
        cassette.name, fixture, test, cell, checked.operations,
        notebook=book if test else None, left_out=run.left_out, pytest=ended or "",
        is_green=checked.is_green and not ended.endswith("failed"),
    )  # fmt: skip


async def completed(cassette: Cassette, workbench: Workbench) -> tuple[Cassette, CheckedScenario]:
    """Return a scenario that does the same when it is done again, and how that went.

    Where people were taken out, its results are those of its first replay. Raises RecordingError when it
    cannot be repeated, with the first cause.
    """
    platform = workbench.context.definition
    checked = await check(cassette, platform)
    if cassette.header.people and checked.is_green:
        runs = [each.run for each in checked.operations]
        operations = [
            stored.model_copy(update={"result": run.result, "message": run.message})
            for stored, run in zip(cassette.operations, runs, strict=True)
            if run is not None
        ]
        cassette = cassette.model_copy(update={"operations": operations})
        checked = await check(cassette, platform)
    if not checked.is_green:
        raise RecordingError(
            "Nothing was saved, for done again with the same answers it ends otherwise: "
            f"{checked.first_cause}."
        )
    return cassette, checked


def test_path(folder: Path | str | None, crm: str, scenario: str) -> Path:
    """Return the file of a scenario's pytest case, by default in ``tests/scenarios`` of the project."""
    base = (project_root() or current_folder()) / FOLDER if folder is None else Path(folder)
    return base / f"test_{crm}_{scenario.replace('-', '_')}.py"


def write_test(path: Path, text: str) -> None:
    """Write the file of a pytest case. Raises ConfigurationError when that is not possible."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        raise ConfigurationError(f"The test {path} cannot be written ({reason}).") from None


def _refuse_what_is_there(paths: Sequence[Path]) -> None:
    for path in paths:
        if path.exists():
            raise RecordingError(
                f"{_below_here(path)} is there already. Choose another name, or save with overwrite=True."
            )


async def _written_and_run(test: Path, text: str, settings: Settings) -> str:
    write_test(test, text)
    return await asyncio.to_thread(run_pytest, test, settings.fixtures)


def run_pytest(test: Path, fixtures: Path) -> str:
    """Run one test file in a process of its own; return "1 passed", or how it ended otherwise."""
    if find_spec("pytest") is None or find_spec("pytest_asyncio") is None:
        return "not run with pytest, which is not installed: pip install 'appconnect[testing]'"
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", str(test.resolve())]
    environment = {**os.environ, "APPCONNECT_FIXTURES": str(fixtures.resolve()), "PYTEST_ADDOPTS": ""}
    try:
        done = subprocess.run(  # noqa: S603
            command, cwd=project_root() or current_folder(), env=environment, capture_output=True, text=True,
            timeout=_MAX_SECONDS, check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return "pytest did not come to its end: failed"
    if done.returncode == 0:
        return "1 passed"
    lines = [line for line in done.stdout.splitlines() if line.startswith("E ")]
    return (
        f"{lines[0].removeprefix('E').strip() if lines else f'pytest ended with {done.returncode}'}: failed"
    )


def _below_here(path: Path) -> str:
    """Return the path from the project's folder, if it is in there."""
    root = (project_root() or current_folder()).resolve()
    whole = path.resolve()
    return str(whole.relative_to(root)) if whole.is_relative_to(root) else str(path)
