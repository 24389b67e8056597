"""The limits of an account are kept by all workbenches and processes that work with it, in one place: the store."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import virtual_time
from answers import NIA, call
from platforms import needs
from pydantic import SecretStr
from virtual_time import FarSandbox, LoopClock

from appconnect.auth.vault import Vault
from appconnect.connectors import registry
from appconnect.errors import StoreError
from appconnect.http.ratelimit import Pacer
from appconnect.http.rules import Pace
from appconnect.store import Store, StoreBook
from appconnect.workbench import Workbench
from appconnect.workbench.environment import environment
from appconnect.workbench.lazy_store import LazyStore
from appconnect.workbench.sandboxes import sandbox_kinds

NOW = datetime(2026, 1, 2, 9, 30, tzinfo=UTC)
TEN = Pace(10, 1.0)
RESERVE = """
import json, os, sys
from datetime import datetime
from pathlib import Path
from pydantic import SecretStr
from appconnect.http.ratelimit import Pacer
from appconnect.http.rules import Pace
from appconnect.store import Store, StoreBook
children = []
while len(children) < 3:
    children.append(os.fork())
    if not children[-1]:
        now, pacer = datetime.fromisoformat(sys.argv[2]), Pacer((Pace(10, 1.0),))
        pacer.share(StoreBook(Store.at(Path(sys.argv[1]), SecretStr(sys.argv[3])), "acme/31"), now)
        arrivals = [pacer.reserve("/x", now).taken[0][1] for _ in range(30)]
        os.write(1, json.dumps(arrivals).encode() + b"\\n")
        os._exit(0)
for child in children:
    os.waitpid(child, 0)
"""


def pacer_at(store: Store) -> Pacer:
    pacer = Pacer((TEN,))
    pacer.share(StoreBook(store, "acme/31"), NOW)
    return pacer


def waits(pacer: Pacer, number: int, now: datetime = NOW) -> list[float]:
    return [pacer.reserve("/x", now).wait for _ in range(number)]


def in_tens(number: int) -> list[float]:
    return [float(each // 10) for each in range(number)]


def test_how_the_limits_stand_is_told_with_what_others_have_taken(tmp_path: Path) -> None:
    one, other = (pacer_at(Store.at(tmp_path)) for _ in range(2))
    waits(one, 3)
    other.quiet_for(2.0, NOW)
    assert (2.0, ((TEN, 3),)) == (one.standing(NOW).pause, one.standing(NOW).taken)
    later = NOW + timedelta(seconds=5)
    assert (0.0, ((TEN, 0),)) == (one.standing(later).pause, one.standing(later).taken)


def test_who_comes_later_waits_for_what_others_have_reserved(tmp_path: Path) -> None:
    one, other = (pacer_at(Store.at(tmp_path)) for _ in range(2))
    together = [*waits(one, 7), *waits(other, 7), *waits(one, 7)]
    assert in_tens(21) == pytest.approx(together)


def test_other_accounts_have_limits_of_their_own(tmp_path: Path) -> None:
    store, other = Store.at(tmp_path), Pacer((TEN,))
    other.share(StoreBook(store, "acme/32"), NOW)
    assert in_tens(10) * 2 == pytest.approx([*waits(pacer_at(store), 10), *waits(other, 10)])


def test_what_was_sent_before_the_limits_were_shared_counts(tmp_path: Path) -> None:
    pacer = Pacer((TEN,))
    assert [0.0] * 6 == waits(pacer, 6)
    store = Store.at(tmp_path)
    other = pacer_at(store)
    pacer.share(StoreBook(store, "acme/31"), NOW)
    assert [0.0] * 4 + [1.0] * 4 == pytest.approx(waits(other, 8))


def test_a_pause_that_one_is_asked_for_is_kept_by_all(tmp_path: Path) -> None:
    store = Store.at(tmp_path)
    one, other = pacer_at(store), pacer_at(store)
    one.quiet_for(5.0, NOW)
    assert [5.0] == pytest.approx(waits(other, 1))


def test_a_clock_that_was_set_back_makes_nobody_wait_for_hours(tmp_path: Path) -> None:
    store = Store.at(tmp_path)
    waits(pacer_at(store), 25, NOW + timedelta(hours=9))
    pacer_at(store).quiet_for(60.0, NOW + timedelta(hours=9))
    assert in_tens(20) == pytest.approx(waits(pacer_at(store), 20))


def test_a_store_that_fails_stops_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store.at(tmp_path)
    pacer = pacer_at(store)
    waits(pacer, 7)
    unable(store, monkeypatch)
    assert [0.0] * 3 + [1.0] * 2 == pytest.approx(waits(pacer, 5))


def test_a_store_that_fails_from_the_beginning_stops_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store.at(tmp_path)
    unable(store, monkeypatch)
    assert in_tens(20) == pytest.approx(waits(pacer_at(store), 20))


def unable(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(work: object) -> None:
        raise StoreError("The disk is full.")

    monkeypatch.setattr(store, "quick_transaction", fails)


def test_a_store_that_fails_from_the_start_stops_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    store = Store.at(tmp_path)

    def fails(work: object) -> None:
        raise StoreError("The disk is full.")

    monkeypatch.setattr(store, "quick_transaction", fails)
    assert in_tens(15) == pytest.approx(waits(pacer_at(store), 15))
    assert "Rate limits are not shared for a moment: The disk is full." in caplog.messages


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_processes_reserve_together_no_more_than_the_limit(
    tmp_path: Path, database: str, request: pytest.FixtureRequest
) -> None:
    url: SecretStr = request.getfixturevalue("postgresql") if database == "postgresql" else SecretStr("")
    command = [sys.executable, "-c", RESERVE, str(tmp_path), NOW.isoformat(), url.get_secret_value()]
    told = subprocess.check_output(command, text=True, timeout=120).splitlines()
    arrivals = sorted(at for line in told for at in json.loads(line))
    assert 90 == len(arrivals)
    assert 1.0 - 1e-3 <= min(end - start for start, end in zip(arrivals, arrivals[10:], strict=False))
    # a database tells its own time, which goes on between two reservations
    assert database == "postgresql" or in_tens(90) == pytest.approx([at - NOW.timestamp() for at in arrivals])


# -- at work, in virtual time --


async def workbenches(crm: str, home: Path, number: int) -> tuple[list[Workbench], FarSandbox]:
    clock, platform, vault = LoopClock(), registry.platform(crm), Vault.in_memory()
    sandbox = FarSandbox(clock, [kind(clock) for kind in sandbox_kinds(crm).values()]).at(0.05)

    def start() -> Workbench:
        around = environment(platform, "sandbox", scenario="shared", record=None, sandbox=sandbox)
        around = replace(around, lazy_store=LazyStore(lambda: Store.at(home)), vault=vault)
        return Workbench(platform, around, settings={}, options={})

    made = [start() for _ in range(number)]
    await made[0].sign_in()
    for each in made[1:]:
        await each.find_contact(NIA)  # which takes up the connection that is stored
    await asyncio.sleep(60)
    sandbox.network.requests.clear()
    return made, sandbox


async def measured(sandbox: FarSandbox, work: list[Callable[[], Awaitable[object]]]) -> float:
    began = asyncio.get_running_loop().time()
    await asyncio.gather(*(each() for each in work))
    assert 0 == sandbox.network.refused
    return len(sandbox.network.requests) / (asyncio.get_running_loop().time() - began)


@needs("pipedrive")
def test_searches_of_several_workbenches_use_the_limit_of_their_account(tmp_path: Path) -> None:
    async def case() -> None:
        made, sandbox = await workbenches("pipedrive", tmp_path, 4)
        work = [lambda at=at: made[at % 4].find_contact(f"+1415555{at:04d}") for at in range(41)]
        assert 0.95 * 10 / 2.0 <= await measured(sandbox, work)

    virtual_time.run(case())


@pytest.mark.parametrize("crm", ["pipedrive", "insightly"])
def test_logs_of_several_workbenches_are_never_refused(crm: str, tmp_path: Path) -> None:
    async def case() -> None:
        made, sandbox = await workbenches(crm, tmp_path, 3)
        contact = (await made[0].find_contact(NIA)).contacts[0]
        work = [lambda at=at: made[at % 3].log_call(call(f"s-{at}"), contact) for at in range(60)]
        assert 0 < await measured(sandbox, work)

    virtual_time.run(case())
