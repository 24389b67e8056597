"""``appconnect check``: everything recorded is done again and compared, an operation a line."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from appconnect.errors import AppConnectError, ConfigurationError

if TYPE_CHECKING:
    from nbformat import NotebookNode
    from pydantic import JsonValue

    from appconnect.workbench.scenarios.checking import CheckedScenario

COMPARED = ("text/plain", "text/html", "image/svg+xml")
SECONDS_BETWEEN_LOOKS = 0.5


@dataclass
class Tally:
    """What a check has found so far."""

    scenarios: int = 0
    operations: int = 0
    notebooks: int = 0
    red: int = 0
    only_traffic: list[str] = field(default_factory=list)

    def in_words(self) -> str:
        """Return ``4 scenarios with 28 operations: all as recorded``."""
        if not (self.scenarios or self.notebooks):
            return "Nothing was checked."
        parts = [_count(self.scenarios, "scenario") + " with " + _count(self.operations, "operation")]
        parts += [_count(self.notebooks, "notebook")] if self.notebooks else []
        ended = f"{self.red} otherwise" if self.red else "all as recorded"
        return f"{' and '.join(parts)}: {ended}."


def check(
    names: Annotated[
        list[str] | None,
        typer.Argument(help="Scenarios (acme/log_a_call, log_a_call), a CRM, or notebooks; else all."),
    ] = None,
    *,
    notebooks: Annotated[
        bool, typer.Option("--notebooks", help="Also run every notebook in replay, and compare outputs.")
    ] = False,
    watch: Annotated[
        bool, typer.Option("--watch", help="Check again whenever a source file changes.")
    ] = False,
    accept: Annotated[
        str,
        typer.Option(help="The changes are right, and why: record anew in the sandbox.", metavar="REASON"),
    ] = "",
    report: Annotated[bool, typer.Option("--report", hidden=True)] = False,
) -> None:
    """Do everything recorded again, answered by the recordings, and say what is otherwise now.

    One line an operation, with the first cause: a changed request is shown beside the recorded one, around
    the first difference. Ends with 1 if anything is otherwise. Nothing is sent anywhere.
    """
    if accept and not accept.strip():
        raise ConfigurationError(
            "Say why the changes are right, for example: --accept 'the field was renamed'"
        )
    if watch:
        _watch([*(names or []), *(["--notebooks"] if notebooks else [])])
        return
    scenarios, books = chosen(names or [], with_notebooks=notebooks)
    if not scenarios and not books:
        raise ConfigurationError(nothing_recorded())
    if report:
        _report(scenarios, accept)
        return
    tally = Tally()
    for path in scenarios:
        _check_scenario(path, tally, accept)
    for book in books:
        _check_notebook(book, tally)
    _end(tally)


def _end(tally: Tally) -> None:
    """Say what came of it all. Raises Exit with 1 where anything is otherwise."""
    if tally.only_traffic:
        stems = ", ".join(dict.fromkeys(tally.only_traffic))
        count = _count(len(tally.only_traffic), "recording")
        _tell(f"{count} of notebooks hold traffic only, and were not checked; do with --notebooks: {stems}")
    is_red = tally.red > 0 or not (tally.scenarios or tally.notebooks)
    _tell(_marked(tally.in_words(), red=is_red))
    if is_red:
        raise typer.Exit(1)


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _tell(text: str) -> None:
    typer.echo(text)


# -- which --


def chosen(names: Sequence[str], *, with_notebooks: bool) -> tuple[list[Path], list[Path]]:
    """Return the recordings and the notebooks that are meant. Raises ConfigurationError for others."""
    from appconnect.settings import Settings

    fixtures = Settings.load().fixtures
    recordings = {f"{path.parent.name}/{path.stem}": path for path in _recordings(fixtures)}
    books = _notebooks()
    if not names:
        return list(recordings.values()), list(books.values()) if with_notebooks else []
    chosen, chosen_books = [], []
    for name in names:
        plain = name.removesuffix(".ipynb")
        found = [path for key, path in recordings.items() if plain in (key, path.stem, path.parent.name)]
        if plain in books:
            chosen_books.append(books[plain])
        elif not found:
            known = ", ".join([*recordings, *books]) or "none yet; save one with workbench.save_scenario"
            raise ConfigurationError(f"There is no scenario and no notebook {name!r}; there are: {known}.")
        chosen += [path for path in found if path not in chosen and plain not in books]
    return chosen, chosen_books


def nothing_recorded() -> str:
    """Return the sentence for a folder without recordings."""
    from appconnect.settings import Settings

    fixtures = Settings.load().fixtures
    return f"There are no recordings in {fixtures}; save one with: await workbench.save_scenario(…)."


def _recordings(fixtures: Path) -> Iterator[Path]:
    """Yield the recordings, also those of a CRM that is not installed, which nobody would miss otherwise."""
    from appconnect.connectors import registry

    installed = registry.names()
    for path in sorted(fixtures.glob("*/*.json")):
        if path.parent.name in installed or _is_recording(path):
            yield path


def _is_recording(path: Path) -> bool:
    from appconnect.replay.cassette import Cassette

    try:
        return Cassette.load(path).header.crm == path.parent.name
    except AppConnectError:
        return False


def _notebooks() -> dict[str, Path]:
    from appconnect.cli.lab import notebooks_folder

    try:
        return {path.stem: path for path in sorted(notebooks_folder().glob("*.ipynb"))}
    except ConfigurationError:
        return {}


# -- scenarios --


def _report(paths: Sequence[Path], reason: str) -> None:
    """Print what checks find as JSON, for another process."""
    from appconnect.workbench.scenarios.reports import as_report

    checked = [outcome for path in paths if (outcome := _outcome(path, reason)) is not None]
    typer.echo(as_report(checked))


def _outcome(path: Path, reason: str) -> CheckedScenario | None:
    import asyncio

    from appconnect.workbench.scenarios.accepting import check_file

    return asyncio.run(check_file(path, reason))


def _check_scenario(path: Path, tally: Tally, reason: str) -> None:
    outcome = _outcome(path, reason)
    if outcome is None:
        tally.only_traffic.append(path.stem)
        return
    tally.scenarios += 1
    tally.operations += len(outcome.operations)
    _tell(outcome.name)
    for each in outcome.operations:
        _tell(f"  {_marked(each.line, red=not each.is_green)}")
    if outcome.problem:
        _tell(f"  {_marked(outcome.problem, red=True)}")
    if outcome.accepted:
        _tell(f"  {outcome.accepted}")
    elif not outcome.is_green:
        tally.red += sum(not each.is_green for each in outcome.operations) or 1


def _marked(text: str, *, red: bool) -> str:
    return in_colour(f"{'✗' if red else '✓'} {text}", "red" if red else "green")


def in_colour(text: str, colour: str | None) -> str:
    """Return a text in a colour, unless nobody wants colours (``NO_COLOR``)."""
    return typer.style(text, fg=colour) if colour and "NO_COLOR" not in os.environ else text


# -- notebooks --


def _check_notebook(path: Path, tally: Tally) -> None:
    import nbformat

    from appconnect.cli.executing import executed

    tally.notebooks += 1
    try:
        now = executed(path, {"MODE": "replay", "RECORD": "0"}, as_it_was="")
        cause = _first_change(nbformat.read(path, as_version=4), now)
    except AppConnectError as error:
        cause = error.message
    tally.red += bool(cause)
    _tell(_marked(f"{path.stem}: {cause or 'all outputs as stored'}", red=bool(cause)))


def _first_change(stored: NotebookNode, now: NotebookNode) -> str:
    """Return how the first output differs from the stored one; "" when none does."""
    from appconnect.field_diff import field_diff

    for number, (before, after) in enumerate(zip(stored.cells, now.cells, strict=True), 1):
        for each in field_diff(_outputs(before), _outputs(after), path="output"):
            return f"cell {number}: {each.in_words('stored', 'now')}"
    return ""


def _outputs(cell: NotebookNode) -> JsonValue:
    """Return what a cell shows as text, by kind; no pictures, no tracebacks."""
    shown: dict[str, JsonValue] = {}
    for output in cell.get("outputs", []):
        texts = {output.get("name", ""): output.get("text", "")} if output.output_type == "stream" else {}
        texts |= {kind: text for kind, text in output.get("data", {}).items() if kind in COMPARED}
        texts |= {"error": f"{output.ename}: {output.evalue}"} if output.output_type == "error" else {}
        for kind, text in texts.items():
            shown[kind] = str(shown.get(kind, "")) + str(text)
    return shown


# -- watching --


def _watch(arguments: list[str]) -> None:
    """Check in a fresh process, now and whenever a source file or a recording has changed; Ctrl-C ends it."""
    import subprocess
    import time

    command = [sys.executable, "-m", "appconnect", "check", *arguments]
    seen: dict[Path, int] = {}
    try:
        while True:
            if (now := _sources()) != seen:
                seen = now
                subprocess.run(command, check=False)  # noqa: S603
                _tell("Watching; Ctrl-C ends it.")
                sys.stdout.flush()
            time.sleep(SECONDS_BETWEEN_LOOKS)
    except KeyboardInterrupt:
        _tell("")


def _sources() -> dict[Path, int]:
    """Return when each file was changed that a check depends on."""
    import importlib

    from appconnect.connectors import registry
    from appconnect.settings import Settings

    folders = {Path(__file__).parents[1]}
    for name in registry.names():
        module = importlib.import_module(registry.platform(name).connector.__module__)
        folders.add(Path(str(module.__file__)).parent)
    files = [file for folder in folders for file in folder.rglob("*.py")]
    files += Settings.load().fixtures.glob("*/*.json")
    found: dict[Path, int] = {}
    for file in files:
        with suppress(OSError):  # it was there a moment ago
            found[file] = file.stat().st_mtime_ns
    return found
