"""``appconnect record`` and ``appconnect fixtures``: recordings of what the CRMs answer."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from appconnect.cli.executing import executed
from appconnect.cli.lab import notebooks_folder
from appconnect.errors import AppConnectError, ConfigurationError

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from appconnect.replay.cassette import Cassette


def record(
    names: Annotated[list[str] | None, typer.Argument(help="Notebooks, such as 11_pipedrive.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="All notebooks.")] = False,
) -> None:
    """Run notebooks in the sandbox and record: fixtures and stored outputs are renewed together.

    Says which of the recordings that these notebooks made have changed, and how, for a review.
    """
    from appconnect.settings import Settings

    paths = _chosen(notebooks_folder(), names or [], everything)
    fixtures = Settings.load().fixtures.resolve()
    before, written = _recordings(fixtures), _written(fixtures)
    for path in paths:
        typer.echo(f"{path.stem}: {'outputs renewed' if _run(path, fixtures) else 'outputs as before'}")
    renewed = dict(_written(fixtures).items() - written.items())
    after = {name: each for name, each in _recordings(fixtures).items() if name in renewed}
    for line in _changes(before, after):
        typer.echo(line)


def _chosen(folder: Path, names: list[str], everything: bool) -> list[Path]:
    known = {path.stem: path for path in sorted(folder.glob("*.ipynb"))}
    if everything:
        return list(known.values())
    wanted = [name.removesuffix(".ipynb") for name in names]
    unknown = [name for name in wanted if name not in known]
    if unknown or not wanted:
        problem = (
            f"There is no notebook {unknown[0]!r}" if unknown else "Say which notebooks to run, or --all"
        )
        raise ConfigurationError(f"{problem}; there are: {', '.join(known)}.")
    return [known[name] for name in wanted]


def _run(path: Path, fixtures: Path) -> bool:
    """Execute a notebook in place; whether anything that a reader sees has changed."""
    import nbformat

    before = _visible(nbformat.read(path, as_version=4))
    settings = {"MODE": "sandbox", "RECORD": "1", "FIXTURES": str(fixtures)}
    notebook = executed(path, settings, as_it_was="The notebook is as it was.")
    changed = _visible(notebook) != before
    if changed:
        nbformat.write(notebook, path)
    return changed


def _visible(notebook: NotebookNode) -> list[tuple[str, int | None, list[object]]]:
    """Sources, counts and outputs."""
    return [
        (cell.source, cell.get("execution_count"), deepcopy(cell.get("outputs", [])))
        for cell in notebook.cells
    ]


def _recordings(fixtures: Path) -> dict[str, Cassette | AppConnectError]:
    """What lies in ``fixtures/<crm>/<scenario>.json``, or why it cannot be read."""
    from appconnect.connectors import registry
    from appconnect.replay.cassette import Cassette

    found: dict[str, Cassette | AppConnectError] = {}
    for path in sorted(path for crm in registry.names() for path in (fixtures / crm).glob("*.json")):
        try:
            found[f"{path.parent.name}/{path.stem}"] = Cassette.load(path)
        except AppConnectError as error:
            found[f"{path.parent.name}/{path.stem}"] = error
    return found


def _written(fixtures: Path) -> dict[str, tuple[int, int]]:
    """Return when each recording was written, and as which file: a run writes its own anew."""
    stats = {f"{path.parent.name}/{path.stem}": path.stat() for path in fixtures.glob("*/*.json")}
    return {name: (each.st_mtime_ns, each.st_ino) for name, each in stats.items()}


def _changes(
    before: dict[str, Cassette | AppConnectError], after: dict[str, Cassette | AppConnectError]
) -> Iterator[str]:
    from appconnect.replay.matching import diff

    for name, new in after.items():
        old = before.get(name)
        if isinstance(new, AppConnectError):
            yield f"{name}: {new.message}"
        elif old is None or isinstance(old, AppConnectError):
            yield f"{name}: new, {len(new.exchanges)} exchanges"
        elif lines := diff(old, new):
            yield from [f"{name}: changed", *(f"  {line}" for line in lines)]
        else:
            yield f"{name}: as before"


def fixtures() -> None:
    """List the recordings: from where, when, how many requests, and why one may no longer be true."""
    from appconnect.settings import Settings

    folder = Settings.load().fixtures
    found = _recordings(folder)
    if not found:
        raise ConfigurationError(
            f"There are no recordings in {folder}; make them with: appconnect record --all"
        )
    for name, recording in found.items():
        if isinstance(recording, AppConnectError):
            typer.echo(f"{name}: {recording.message}", err=True)
        else:
            typer.echo(_line(name, recording))
    if any(isinstance(each, AppConnectError) for each in found.values()):
        raise typer.Exit(1)


def _line(name: str, recording: Cassette) -> str:
    from datetime import UTC, datetime, timedelta

    header = recording.header
    # the sandbox's clock always begins on the same day, which says nothing about age
    max_age = timedelta.max if header.recorded_from == "sandbox" else timedelta(days=180)
    stale = recording.stale_reasons(datetime.now(UTC), max_age=max_age)
    about = f"{header.recorded_from:<7} {header.recorded_at:%Y-%m-%d}  {len(recording.exchanges):>3} requests"
    return f"{name:<30} {about}" + (f"  stale: {'; '.join(stale)}" if stale else "")
