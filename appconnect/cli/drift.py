"""``appconnect drift``: what the CRMs answer otherwise than in the recordings."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from appconnect.cli.check import chosen, in_colour, nothing_recorded
from appconnect.errors import AppConnectError, ConfigurationError

if TYPE_CHECKING:
    from appconnect.replay.cassette import Cassette
    from appconnect.workbench.scenarios.drift import DriftReport

COLOURS = {"broken": "red", "changed": "yellow", "note": None}


def drift(
    names: Annotated[
        list[str] | None, typer.Argument(help="Recordings (acme/log_a_call, log_a_call), or a CRM; else all.")
    ] = None,
    *,
    live: Annotated[bool, typer.Option("--live", help="Ask your own account, as who is signed in.")] = False,
    writes: Annotated[
        bool,
        typer.Option("--writes", help="Live: send what changes records, too. It writes into the account!"),
    ] = False,
    notes: Annotated[
        bool, typer.Option("--notes", help="Also list plain values that are otherwise.")
    ] = False,
) -> None:
    """Ask recorded requests again and say what is answered otherwise, in three severities.

    broken: another status, a field that is gone or of another type. changed: a new field, or a new word in a
    field such as a status. note: any other value. Asked is a fresh sandbox, or --live your account, reads
    only. Ends with 1 if anything is broken. Recordings that no notebook, test or code names are listed.
    """
    paths, books = chosen(names or [], with_notebooks=False)
    if not paths:
        raise ConfigurationError(
            f"A notebook cannot be asked again; name a recording, such as CRM/{books[0].stem}."
            if books
            else nothing_recorded()
        )
    is_broken = False
    for path in paths:
        is_broken |= _drift_of(path, live=live, writes=writes, notes=notes)
    if not names:
        _tell_unused(paths)
    if is_broken:
        raise typer.Exit(1)


def _drift_of(path: Path, *, live: bool, writes: bool, notes: bool) -> bool:
    """Print one recording's drift; return whether anything is broken."""
    import asyncio

    from appconnect.replay.cassette import Cassette
    from appconnect.settings import Mode
    from appconnect.workbench.scenarios.drift import drift as asked_again

    name = f"{path.parent.name}/{path.stem}"
    try:
        cassette = Cassette.load(path)
    except AppConnectError as error:
        typer.echo(f"{name}: {error.message}")
        return True
    report = asyncio.run(asked_again(cassette, Mode.LIVE if live else Mode.SANDBOX, writes=writes))
    typer.echo(f"{name}: {_origin(cassette)}")
    typer.echo(f"  {report.problem or _in_short(report)}")
    for each in report.found:
        if notes or each.severity != "note":
            typer.echo(f"  {in_colour(f'{each.severity:<8}', COLOURS[each.severity])} {each}")
    return bool(report.problem) or any(each.severity == "broken" for each in report.found)


def _origin(cassette: Cassette) -> str:
    """Return where a recording is from, and how old; the sandbox's clock says nothing about age."""
    header = cassette.header
    version = f"recorded with appconnect {header.appconnect}"
    if header.recorded_from == "sandbox":
        told = f"from the sandbox, {version}"
    else:
        days = max((datetime.now(UTC) - header.recorded_at).days, 0)
        told = f"from a live account, {'today' if not days else f'{days} days old'}, {version}"
    return f"{told}; {header.note}" if header.note else told


def _in_short(report: DriftReport) -> str:
    counts = {kind: sum(each.severity == kind for each in report.found) for kind in COLOURS}
    found = ", ".join(
        f"{count} {kind if kind != 'note' or count == 1 else 'notes'}"
        for kind, count in counts.items()
        if count
    )
    skipped = ", ".join(f"{count} {reason}" for reason, count in report.skipped.items())
    asked = "1 request asked again" if report.asked == 1 else f"{report.asked} requests asked again"
    return f"{asked}{f' (not: {skipped})' if skipped else ''}: {found or 'all answered as recorded'}"


def _tell_unused(paths: list[Path]) -> None:
    from appconnect.paths import current_folder
    from appconnect.settings import project_root
    from appconnect.workbench.scenarios.used_names import unused

    left = set(unused([path.stem for path in paths], project_root() or current_folder()))
    names = [f"{path.parent.name}/{path.stem}" for path in paths if path.stem in left]
    if names:
        typer.echo(f"Named by no notebook, test or code: {', '.join(names)}")
