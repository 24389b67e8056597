"""``appconnect new``: a package for a connector of one's own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from appconnect.scaffold import Described

Kind = Literal["key", "oauth", "user-key"]
SHOWN = 5
"""So many operations that are not played are named."""


def new(
    name: Annotated[
        str, typer.Argument(help="The CRM in lower case, such as acme: ids and settings use it.")
    ],
    auth: Annotated[
        Kind,
        typer.Option(
            help="How people sign in: with a key that they paste, by OAuth, or by name and password."
        ),
    ] = "key",
    title: Annotated[str, typer.Option(help="The CRM's name for people, such as 'Acme CRM'.")] = "",
    into: Annotated[
        Path | None,
        typer.Option(help="The folder that the package's folder is made in.", show_default="here"),
    ] = None,
    described_by: Annotated[
        Path | None,
        typer.Option("--from", help="The vendor's OpenAPI document; the sandbox plays its collections."),
    ] = None,
) -> None:
    """Write a package for a connector of your own, with a sandbox in which it works and passes its contract.

    It is a folder of its own beside this package, not inside it: connector, sign-in, settings, sandbox,
    contract test, notebook and README. Change it piece by piece into your CRM's.
    """
    import shlex

    from appconnect.scaffold import Auth, checked_names, make_package, place, read_document

    names = checked_names(name, title)
    described = read_document(described_by) if described_by else None
    package = make_package(names, Auth(auth), place(into), described)
    if described:
        for sentence in _told(described):
            typer.echo(sentence)
    typer.echo(f"{package} is the package of {names.title}'s connector. Next:")
    for command in (
        f"cd {shlex.quote(str(package))}",
        "pip install --editable '.[test]'",
        f"appconnect contract {name}",
    ):
        typer.echo(f"  {command}")
    typer.echo("Its README.md says how to go on.")


def _told(described: Described) -> Iterator[str]:
    """Yield what the sandbox plays of a vendor's document, and what it does not."""
    played, missing = described.played, described.not_played
    where = ", ".join(each.path for each in described.collections)
    yield (
        f"The sandbox plays {len(played)} of the document's {len(played) + len(missing)} operations by itself"
        + (f", in {where}." if where else ": none is a plain collection of records.")
    )
    if missing:
        more = f" and {len(missing) - SHOWN} more" if len(missing) > SHOWN else ""
        yield f"It answers 501, and says so, to {', '.join(missing[:SHOWN])}{more}."
    yield from described.remarks
