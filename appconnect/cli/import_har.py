"""``appconnect import-har``: a HAR file of a browser or a support ticket as a recording."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def import_har(
    file: Annotated[Path, typer.Argument(help="A HAR file.", show_default=False)],
    *,
    crm: Annotated[str, typer.Option(help="Whose requests to take: the name of an installed connector.")],
    scenario: Annotated[str, typer.Option(help="The recording's name, such as ticket-4711.")],
    replace: Annotated[bool, typer.Option("--replace", help="Write over a recording of this name.")] = False,
) -> None:
    """Make a recording of the requests to one CRM in a HAR file.

    Secrets are masked and people replaced by pseudonyms on the way in; requests to other hosts are left out
    and counted. It waits in your data folder, for you only, until you say yes to: appconnect review
    """
    from appconnect.workbench.har_import import import_har as make_recording

    for line in make_recording(file, crm, scenario=scenario, replace=replace).lines:
        typer.echo(line)
