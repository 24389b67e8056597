"""``appconnect history``: what was done and sent on this computer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from appconnect.history import History, HistoryEntry


def history(
    words: Annotated[
        list[str] | None, typer.Argument(help="Words, in any order, that are looked for in everything.")
    ] = None,
    *,
    crm: Annotated[str, typer.Option(help="Of this CRM only.")] = "",
    operation: Annotated[str, typer.Option(help="Of this operation only, such as log_call.")] = "",
    status: Annotated[str, typer.Option(help="404, 4xx, failed or ok.")] = "",
    kind: Annotated[str, typer.Option(help="exchange or operation.")] = "",
    since: Annotated[str, typer.Option(help="30m, 2h, 3d, or 2026-11-26.")] = "",
    limit: Annotated[int, typer.Option(min=1, help="At most so many, the newest.")] = 40,
    show: Annotated[int, typer.Option(help="Show one entry, by its number, in full.")] = 0,
    clear: Annotated[bool, typer.Option("--clear", help="Forget everything.")] = False,
) -> None:
    """Search what was done and sent on this computer, newest first, secrets masked.

    People's data is in it; the file is for you only. APPCONNECT_HISTORY=0 keeps nothing from then on.
    """
    kept = _history()
    if clear:
        kept.clear()
        typer.echo("The history is empty now.")
    elif show:
        _show(kept, kept.entry(show))
    else:
        _list(
            kept, " ".join(words or []), crm=crm, operation=operation, status=status, kind=kind, since=since,
            limit=limit,
        )  # fmt: skip


def _history() -> History:
    from appconnect.workbench.origin import history_of_this_computer

    return history_of_this_computer()


def _list(kept: History, words: str, *, limit: int, **narrowed: str) -> None:
    found = kept.search(words, limit=limit, **narrowed)
    for each in found:
        typer.echo(_printable(each))
    if not found:
        typer.echo("Nothing fits." if len(kept) else "Nothing was kept yet.")
    elif found.more:
        typer.echo(f"… the newest {len(found)}; --limit shows more.")
    if not kept.is_on:
        typer.echo("The history is off (APPCONNECT_HISTORY); nothing new is kept.", err=True)


def _show(kept: History, entry: HistoryEntry) -> None:
    import json

    typer.echo(_printable(entry))
    for part in (entry.run, entry.exchange):
        if part is not None:
            typer.echo(json.dumps(part.model_dump(mode="json"), indent=2, ensure_ascii=False))
    if entry.exchange is not None:
        typer.echo(entry.exchange.as_curl())
        return
    for each in kept.exchanges_of(entry):
        typer.echo(_printable(each))


def _printable(entry: HistoryEntry) -> str:
    """Return an entry in one line; what a CRM says may have signs in it that a terminal obeys."""
    return "".join(each if each.isprintable() else " " for each in str(entry))
