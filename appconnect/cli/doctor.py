"""``appconnect doctor``: is this computer ready?"""

from __future__ import annotations

from itertools import chain
from typing import Annotated

import typer


def doctor(
    online: Annotated[
        bool, typer.Option("--online", help="Try the CRMs' hosts too: name, proxy, certificate, clock.")
    ] = False,
) -> None:
    """Check this computer: Python, packages, kernel, panels, time zones, store, vault, settings, ports.

    Names every connector that cannot be loaded, with the reason, and what each CRM still needs to be used
    live. Shows which settings are there, never their values. With --online each CRM's own hosts are asked for
    their front page, without credentials. Exit code 1 when something needs mending.
    """
    import asyncio

    from appconnect.workbench.checkup import Verdict, checkup, online_checkup

    failed = 0
    for finding in chain(checkup(), asyncio.run(online_checkup()) if online else ()):
        typer.echo(str(finding))
        failed += finding.verdict is Verdict.FAILED
    if failed:
        typer.echo(f"appconnect: {failed} of these must be mended.", err=True)
        raise typer.Exit(1)
