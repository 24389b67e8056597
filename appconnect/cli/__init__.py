"""``appconnect``: the command line, one file per command group.

Commands import what they need when they run, so that ``--help`` is there at once.
"""

from __future__ import annotations

from typing import Any

import typer
from typer.core import TyperGroup

from appconnect.cli import (
    app_in_browser,
    batch,
    check,
    contract,
    doctor,
    drift,
    faults,
    history,
    import_har,
    lab,
    new,
    recordings,
    review,
    sandbox,
)
from appconnect.errors import AppConnectError

__all__ = ["app"]


class OneSentence(TyperGroup):
    """Errors that are meant for people end a command with their sentence and exit code 1."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command. Untyped, as its context is click's own or a copy of it, by version of typer."""
        try:
            return super().invoke(ctx)
        except AppConnectError as error:
            typer.echo(f"appconnect: {error.message}", err=True)
            raise typer.Exit(1) from None


app = typer.Typer(
    cls=OneSentence, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False,
    help="A workbench for CRM connectors of RingCentral App Connect. Begin with: appconnect lab",
)  # fmt: skip
app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})(lab.lab)
app.command(name="app", context_settings={"allow_extra_args": True, "ignore_unknown_options": True})(
    app_in_browser.app
)
app.command()(new.new)
app.command()(contract.contract)
app.command()(faults.faults)
app.command()(sandbox.sandbox)
app.add_typer(batch.batch, name="batch")
app.command()(check.check)
app.command()(doctor.doctor)
app.command()(history.history)
app.command()(import_har.import_har)
app.command()(drift.drift)
app.command()(recordings.record)
app.command()(recordings.fixtures)
app.command()(review.review)
