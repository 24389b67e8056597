"""``make parity``: run every check against the sandboxes on a port, print the ledger, renew the README's table.

A CRM's checks are in the module of its name, ``async def check(ledger, url)``, ``url`` being its address on
the port.
"""

from __future__ import annotations

import asyncio
import importlib
import importlib.util
import sys
import traceback
from collections.abc import Awaitable
from datetime import UTC, datetime
from pathlib import Path

from appconnect.sandbox.clock import RealClock
from appconnect.sandbox.server import Sandbox, serve
from appconnect.workbench.sandboxes import sandbox_kinds
from parity.clients import use_python_clients
from parity.fuzzing import fuzz
from parity.ledger import BEGIN, END, Ledger

README = Path(__file__).parents[2] / "README.md"


async def check(names: list[str]) -> Ledger:
    """Run the checks of the named CRMs, of all without names."""
    ledger = Ledger()
    use_python_clients(ledger)
    for name, kind in sandbox_kinds().items():
        if (names and name not in names) or importlib.util.find_spec(f"parity.{name}") is None:
            continue
        clock = RealClock()
        async with serve(Sandbox(clock, [kind(clock)])) as url:
            await _noting(
                ledger, name, importlib.import_module(f"parity.{name}").check(ledger, f"{url}/{name}")
            )
        await _noting(ledger, name, fuzz(ledger, name))
    return ledger


async def _noting(ledger: Ledger, crm: str, check: Awaitable[object]) -> None:
    """Let a check run; what ends it before its end is a wrong call, and the others go on."""
    try:
        await check
    except Exception as error:
        frame = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{Path(frame.filename).name}:{frame.lineno}"
        ledger.add(crm, "all", "all", "the check itself", problem=f"{where}: {error!r}")


def renew(ledger: Ledger) -> None:
    """Write the table into the README, between its two marks."""
    before, begin, rest = README.read_text("utf-8").partition(BEGIN)
    if begin:
        table = f"{begin}\n{ledger.markdown()}\n\nMeasured on {datetime.now(UTC):%Y-%m-%d}.\n"
        README.write_text(f"{before}{table}{END}{rest.partition(END)[2]}", "utf-8")


if __name__ == "__main__":
    found = asyncio.run(check(sys.argv[1:]))
    sys.stdout.write(f"{found}\n")
    if not sys.argv[1:]:
        renew(found)
    sys.exit(any(call.verdict == "wrong" for call in found.calls))
