"""``appconnect sandbox``: the CRMs on a port, for any client."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from appconnect.errors import ConfigurationError

if TYPE_CHECKING:
    import asyncio

    from appconnect.sandbox.clock import RealClock
    from appconnect.sandbox.server import Sandbox
    from appconnect.sandbox.state import StateKeeper


def sandbox(
    *,
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes any free one.")] = 8700,
    plan: Annotated[list[str] | None, typer.Option(help="CRM=PLAN, such as acme=tiny.")] = None,
    toggle: Annotated[
        list[str] | None, typer.Option(help="CRM.NAME=on|off, such as acme.retry_after=on.")
    ] = None,
    state: Annotated[
        Path | None,
        typer.Option(
            help="Keep all records in this JSON file from run to run, whatever ends them.", dir_okay=False
        ),
    ] = None,
    people: Annotated[int, typer.Option(min=0, help="So many more made-up contacts in each CRM.")] = 0,
    start: Annotated[
        str,
        typer.Option(
            help="Begin at this time: an ISO date, or 'notebooks' for 2026-01-02 09:30 UTC, theirs."
        ),
    ] = "",
    coverage: Annotated[
        bool, typer.Option("--coverage", help="List what is played of each CRM's interface, and end.")
    ] = False,
) -> None:
    """Play every CRM that has a connector installed, on a port of this computer; Ctrl-C ends it.

    For any client: curl, a browser, your own code. The page at / shows credentials, people, plans and
    toggles. --plan and --toggle may be repeated.
    """
    import asyncio
    from contextlib import suppress

    from appconnect.connectors import registry
    from appconnect.paths import looked_up

    for reason in registry.failures().values():
        typer.echo(f"appconnect: {reason}", err=True)
    state = state and looked_up(state)
    clock = _clock(start)
    played = _furnished(plan or [], toggle or [], clock)
    if coverage:
        _tell_coverage(played)
        return
    _fill(played, people, state)
    clock.go_on()
    with suppress(KeyboardInterrupt):
        asyncio.run(_serve(played, port, state))
    typer.echo("The sandbox has ended.")


def _tell_coverage(played: Sandbox) -> None:
    for crm in played:
        share = crm.coverage
        typer.echo(f"{crm.title}: {share.told}")
        for group in share.groups:
            typer.echo(f"  {group.group}: {len(group.played)} of {group.total}")
            for operation in group.missing:
                typer.echo(f"    not played: {operation}")
        if unnamed := share.in_all - len(share.operations):
            typer.echo(f"  not played and not known by name: {unnamed}")


def _fill(played: Sandbox, people: int, state: Path | None) -> None:
    """Restore what an earlier run kept, or else add people."""
    from appconnect.sandbox.people import made_up_people
    from appconnect.sandbox.state import load

    try:
        if state and state.exists():
            load(played, state)
            typer.echo(f"Restored from {state}.")
            return
        for crm in played:
            for person in made_up_people(people):
                crm.add_person(person)
    except (ValueError, NotImplementedError) as error:
        raise ConfigurationError(f"{error.args[0]}") from None


async def _serve(played: Sandbox, port: int, state: Path | None) -> None:
    from appconnect.sandbox.server import PortTaken, serve
    from appconnect.sandbox.state import StateError, StateKeeper

    width = max((len(crm.title) for crm in played), default=0)
    keeper, ended = StateKeeper(played, state) if state else None, _ended()
    try:
        async with serve(keeper or played, port) as url:
            typer.echo(f"The sandbox is at {url}/ – open it for credentials, people, plans and toggles.")
            for crm in played:
                typer.echo(f"  {crm.title:<{width}} {url}/{crm.name}  in place of https://{crm.hosts[0]}")
            kept = f"Its records are kept in {state}." if state else "It is filled anew each time it starts."
            typer.echo(f"{kept} Ctrl-C ends it.")
            await _keep_until(ended, keeper)
    except (PortTaken, StateError) as error:
        raise ConfigurationError(str(error)) from None


def _ended() -> asyncio.Event:
    """Return what a SIGTERM sets; Ctrl-C cancels by itself."""
    import asyncio
    import signal
    from contextlib import suppress

    ended = asyncio.Event()
    with suppress(NotImplementedError):  # Windows
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    return ended


async def _keep_until(ended: asyncio.Event, keeper: StateKeeper | None) -> None:
    """Wait, and let the records be saved meanwhile and at the end."""
    import asyncio

    saving = asyncio.create_task(keeper.run()) if keeper else None
    try:
        await ended.wait()
    finally:
        if keeper and saving:
            saving.cancel()
            keeper.save()


def _clock(start: str) -> RealClock:
    """Return the computer's clock, held at another time if one is asked for."""
    from appconnect.sandbox.clock import START, RealClock

    clock = RealClock()
    if start:
        try:
            wanted = START if start == "notebooks" else datetime.fromisoformat(start)
        except ValueError:
            message = f"--start {start}: write it as 2024-02-29 or 2024-02-29T12:00, or notebooks."
            raise ConfigurationError(message) from None
        clock.hold_at(wanted if wanted.tzinfo else wanted.replace(tzinfo=UTC))
    return clock


def _furnished(plans: list[str], toggles: list[str], clock: RealClock) -> Sandbox:
    """Return the sandbox on the plans and with the toggles that were asked for."""
    from appconnect.sandbox.server import Sandbox
    from appconnect.workbench.sandboxes import sandbox_kinds

    kinds = sandbox_kinds()
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
