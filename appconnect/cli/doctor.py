"""``appconnect doctor``: is this computer ready?"""

from __future__ import annotations

import typer


def doctor() -> None:
    """Check this computer: Python, packages, store, vault, connectors, settings, browser, ports.

    Names every connector that cannot be loaded, with the reason. Shows which settings are there, never their
    values. Exit code 1 when something needs mending.
    """
    from appconnect.workbench.checkup import Verdict, checkup

    failed = 0
    for finding in checkup():
        typer.echo(str(finding))
        failed += finding.verdict is Verdict.FAILED
    if failed:
        typer.echo(f"appconnect: {failed} of these must be mended.", err=True)
        raise typer.Exit(1)
