"""``appconnect contract``: run the contract of connectors, and say what to do next."""

from __future__ import annotations

from typing import Annotated

import typer

from appconnect.cli.options import Readme


def contract(
    names: Annotated[
        list[str] | None, typer.Argument(help="CRMs, such as acme; by default all that are installed.")
    ] = None,
    only: Annotated[
        str, typer.Option("-k", help="Run only cases with this in their names, as pytest -k does.")
    ] = "",
    readme: Readme = None,
) -> None:
    """Run the contract of a connector against its sandbox: a table of operations, and what to do next.

    The first failure is shown with the expected and the found value. Exit code 1 when a case is red.
    """
    from appconnect.paths import current_folder
    from appconnect.testing.run import run_contract

    current_folder()  # pytest needs one
    report = run_contract(names or [], arguments=["-k", only] if only else [])
    typer.echo(str(report))
    if readme is not None:
        readme.write_text(report.written_into(readme.read_text("utf-8")), "utf-8")
    if not report.passed:
        raise typer.Exit(1)
