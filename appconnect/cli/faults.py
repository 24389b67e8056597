"""``appconnect faults``: break every request of every operation in every way, and see what becomes of it."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from appconnect.cli.options import Readme


def faults(  # noqa: PLR0917
    names: Annotated[
        list[str] | None, typer.Argument(help="CRMs, such as acme; by default all that are installed.")
    ] = None,
    only: Annotated[
        str, typer.Option("-k", help="Run only cells with this in their names, such as 'log call/1'.")
    ] = "",
    cell: Annotated[str, typer.Option(help="Run this one cell, by its whole name.")] = "",
    sample: Annotated[int, typer.Option(min=0, help="Run so many cells, chosen by --seed; 0 runs all.")] = 0,
    seed: Annotated[int, typer.Option(help="Which sample.")] = 0,
    readme: Readme = None,
    names_only: Annotated[
        bool, typer.Option("--list", help="Print the names of all faults, with what they do.")
    ] = False,
) -> None:
    """Let each request of each operation meet each fault, in the sandbox, and judge it by what the CRM has.

    Forbidden are success though not done, doubled, lost, silent, tracebacks, hangs, foreign hosts and leaks:
    exit code 1. A cell that is forbidden is printed with how to run it alone.
    """
    if names_only:
        _list_names()
        return
    from appconnect.testing.faults import run_faults

    os.environ.setdefault("APPCONNECT_HISTORY", "0")  # thousands of operations that nobody did
    cells = [cell.partition("/")[0]] if cell else names or []
    report = run_faults(cells, cell=cell, only=only, sample=sample, seed=seed, tell=_tell)
    typer.echo(str(report))
    if readme is not None:
        readme.write_text(report.written_into(readme.read_text("utf-8")), "utf-8")
    if report.forbidden:
        raise typer.Exit(1)
    if cell:
        typer.echo(report.outcomes[0].evidence)


def _list_names() -> None:
    from appconnect.sandbox.named_faults import NAMED_FAULTS

    width = max(map(len, NAMED_FAULTS))
    for fault in NAMED_FAULTS.values():
        typer.echo(f"{fault.name:<{width}}  {fault.meaning}")


def _tell(done: int, total: int) -> None:
    if sys.stderr.isatty():
        typer.echo(f"\r{done} of {total} cells", err=True, nl=done == total)
