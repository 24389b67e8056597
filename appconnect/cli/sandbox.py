"""``appconnect sandbox``: the CRMs on a port, for any client."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from appconnect.errors import ConfigurationError

if TYPE_CHECKING:
    from appconnect.sandbox.server import Sandbox


def sandbox(
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes any free one.")] = 8700,
    plan: Annotated[list[str] | None, typer.Option(help="CRM=PLAN, such as acme=tiny.")] = None,
    toggle: Annotated[
        list[str] | None, typer.Option(help="CRM.NAME=on|off, such as acme.retry_after=on.")
    ] = None,
) -> None:
    """Play every CRM that has a connector installed, on a port of this computer; Ctrl-C ends it.

    For any client: curl, a browser, your own code. The page at / shows credentials, people, plans and
    toggles. --plan and --toggle may be repeated.
    """
    import asyncio
    from contextlib import suppress

    from appconnect.connectors import registry

    for reason in registry.failures().values():
        typer.echo(f"appconnect: {reason}", err=True)
    with suppress(KeyboardInterrupt):
        asyncio.run(_serve(_furnished(plan or [], toggle or []), port))
    typer.echo("The sandbox has ended.")


async def _serve(played: Sandbox, port: int) -> None:
    import asyncio

    from appconnect.sandbox.server import PortTaken, serve

    width = max((len(crm.title) for crm in played), default=0)
    try:
        async with serve(played, port) as url:
            typer.echo(f"The sandbox is at {url}/ – open it for credentials, people, plans and toggles.")
            for crm in played:
                typer.echo(f"  {crm.title:<{width}} {url}/{crm.name}  in place of https://{crm.hosts[0]}")
            typer.echo("It is filled anew each time it starts. Ctrl-C ends it.")
            await asyncio.Event().wait()
    except PortTaken as error:
        raise ConfigurationError(str(error)) from None


def _furnished(plans: list[str], toggles: list[str]) -> Sandbox:
    """Return the sandbox in real time, on the plans and with the toggles that were asked for."""
    from appconnect.sandbox.clock import RealClock
    from appconnect.sandbox.server import Sandbox
    from appconnect.workbench.sandboxes import sandbox_kinds

    clock, kinds = RealClock(), sandbox_kinds()
    chosen = _plans(plans, kinds)
    positions = _positions(toggles, kinds)
    try:
        crms = [
            kind(clock, plan=chosen.get(name), toggles=positions.get(name)) for name, kind in kinds.items()
        ]
    except (ValueError, KeyError) as error:
        raise ConfigurationError(f"{str(error.args[0])[:1].upper()}{error.args[0][1:]}.") from None
    return Sandbox(clock, crms)


def _plans(texts: list[str], kinds: dict[str, type]) -> dict[str, str]:
    """Return the plan per CRM, from CRM=PLAN."""
    chosen: dict[str, str] = {}
    for text in texts:
        crm, _, plan = text.partition("=")
        chosen[_known(crm, kinds, text)] = plan
    return chosen


def _positions(texts: list[str], kinds: dict[str, type]) -> dict[str, dict[str, bool]]:
    """Return the positions of toggles per CRM, from CRM.NAME=on and CRM.NAME=off."""
    positions: dict[str, dict[str, bool]] = {}
    for text in texts:
        place, _, position = text.partition("=")
        crm, _, name = place.partition(".")
        if position not in ("on", "off"):
            raise ConfigurationError(f"--toggle {text}: write it as CRM.NAME=on or CRM.NAME=off.")
        positions.setdefault(_known(crm, kinds, text), {})[name] = position == "on"
    return positions


def _known(crm: str, kinds: dict[str, type], text: str) -> str:
    if crm not in kinds:
        raise ConfigurationError(f"{text}: the sandbox plays no {crm!r}; choose one of {', '.join(kinds)}.")
    return crm
