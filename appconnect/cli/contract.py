"""``appconnect contract``: does a connector do what App Connect expects?"""

from __future__ import annotations

from typing import Annotated

import typer


def contract(
    names: Annotated[
        list[str] | None, typer.Argument(help="CRMs, such as acme; by default all that are installed.")
    ] = None,
    case: Annotated[str, typer.Option("-k", help="Only cases with this in their name.")] = "",
) -> None:
    """Run the contract of a connector against its sandbox: a table of operations, and what to do next.

    The first failure is shown with the expected and the found value. Exit code 1 when a case is red.
    """
    from appconnect.testing import run_contract

    report = run_contract(names or [], arguments=["-k", case] if case else [])
    typer.echo(str(report))
    if not report.passed:
        raise typer.Exit(1)
