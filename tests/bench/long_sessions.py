"""What grows in a session of days: secrets, log links, the timeline."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

import sqlalchemy as sql

from appconnect.models import LogKind
from appconnect.panels import TimelinePanel
from appconnect.redaction.secret_values import SecretValues
from appconnect.store import LogReference, Store
from appconnect.store.tables import LogRow
from appconnect.workbench import connect
from bench.rows import MICROSECONDS, MILLISECONDS, Row, at_most, measurement
from bench.timing import cpu_seconds, cpu_seconds_of

ROW = {"platform": "acme", "account": "31", "kind": LogKind.CALL.value, "contact_id": "", "sealed_draft": "",
       "owner": "", "expires": 0.0}  # fmt: skip


@measurement
def secrets() -> Iterable[Row]:
    """Compare another secret after 1,000, and the text masked with it, with the first ones."""
    many, few = _known(1000), _known(10)
    long, short = cpu_seconds(lambda: _another(many), lambda: _another(few))
    yield Row("another secret after 1,000, and a text masked", long * 1000, short * 1000, "after 10",
              at_most(2), MILLISECONDS, floor=short * 1000, why="an index is added to, never built anew")  # fmt: skip


def _known(number: int) -> SecretValues:
    known = SecretValues()
    known.learn(("token", f"Xq{each:06d}-zR7") for each in range(number))
    return known


def _another(known: SecretValues) -> None:
    for _ in range(10):
        known.learn([("token", f"Another-{len(known):08d}")])
        known.mask("Nothing to be found in here, but for Xq000003-zR7. " * 20)


@measurement
def log_links() -> Iterable[Row]:
    """Compare the look-up of a log's links among 100,000 with that among 100."""
    large, small = _filled(100_000), _filled(100)
    slow, quick = cpu_seconds(lambda: _look_up(large), lambda: _look_up(small))
    yield Row("log links among 100,000", slow * 1000, quick * 1000, "among 100", at_most(1.5), MILLISECONDS,
              floor=quick * 1000, why="an index of the database is one step deeper")  # fmt: skip


def _filled(number: int) -> Store:
    store = Store.in_memory()
    rows = [{**ROW, "reference": f"session-{each}", "log_id": f"log-{each}"} for each in range(number)]
    store.transaction(lambda session: session.execute(sql.insert(LogRow), rows))
    return store


def _look_up(store: Store) -> None:
    for number in range(10):
        store.links_of("acme", "31", f"log-{number}")
        store.link(LogReference("acme", "31", LogKind.CALL, f"session-{number}"))


@measurement
async def timeline() -> Iterable[Row]:
    """Compare matches with a timeline that nobody looks at with the same without one."""
    plain, watched = connect("redtail", mode="sandbox"), connect("redtail", mode="sandbox")
    for workbench in (plain, watched):
        await workbench.sign_in()
    panel = TimelinePanel(watched)
    ours, bare = await cpu_seconds_of(lambda: _matches(watched), lambda: _matches(plain), rounds=15)
    row = Row("20 matches with a timeline", ours * 1e6, bare * 1e6, "without one", at_most(1.1), MICROSECONDS,
              floor=bare * 1e6, why="it is told that there is something new, and looks when somebody looks at it")  # fmt: skip
    panel.close()
    return [row]


async def _matches(workbench) -> None:
    for number in range(20):
        await workbench.find_contact(f"+1415555{number:04d}")
        await asyncio.sleep(0)
