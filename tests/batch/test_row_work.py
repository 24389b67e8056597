"""One row of batch work: tried again where that is all it takes, composed in a dry run, asked for once."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from exports import FIRST, OURS, calls, people
from platforms import OAUTH
from workbench_steps import sandbox_of, sent, signed_in

from appconnect import phone
from appconnect.batch import lookup
from appconnect.batch.day_budget import DayBudget
from appconnect.batch.plan import READ_ALL
from appconnect.batch.tables import Table, table_of
from appconnect.directory import Directory
from appconnect.errors import BeingLogged, ConfigurationError, InputError, RateLimited, Rejected, StoreError
from appconnect.models import Call, Contact, Logged, Message
from appconnect.store import Journal, Store
from appconnect.workbench import Workbench

BUSY = BeingLogged("Another process writes this log now.")


@pytest.mark.parametrize(("refusals", "found"), [(1, {"logged": 1}), (9, {"logged": 1}), (10, {"failed": 1})])
async def test_a_row_that_another_process_writes_is_tried_every_twenty_seconds_and_ten_times(
    monkeypatch: pytest.MonkeyPatch, refusals: int, found: dict[str, int]
) -> None:
    workbench = await signed_in(OAUTH)
    frame = pd.DataFrame(list(calls(1, people(sandbox_of(workbench), 1))))
    write, times = Workbench.log_call, list[datetime]()

    async def log_call(self: Workbench, call: Call, contact: Contact) -> Logged:
        times.append(self.now())
        if len(times) <= refusals:
            raise BUSY
        return await write(self, call, contact)

    monkeypatch.setattr(Workbench, "log_call", log_call)
    result = await workbench.batch.log(frame)
    assert (found, min(refusals + 1, 10)) == (result.counts, len(times))
    assert {20.0} == {(after - before).total_seconds() for before, after in pairwise(times)}


def a_message(number: str) -> dict[str, object]:
    return {
        "id": "1", "type": "SMS", "direction": "Inbound", "subject": "Hello.", "conversation": {"id": "7"},
        "creationTime": FIRST.isoformat(), "from": {"phoneNumber": number}, "to": [OURS],
    }  # fmt: skip


@pytest.mark.parametrize(("method", "kind"), [("compose_message", Message), ("compose_call_body", Call)])
async def test_a_dry_run_composes_each_row_and_tells_what_could_not_be_logged(
    monkeypatch: pytest.MonkeyPatch, method: str, kind: type[Call | Message]
) -> None:
    workbench = await signed_in(OAUTH)
    [number] = people(sandbox_of(workbench), 1)
    rows = [a_message(number)] if kind is Message else list(calls(1, [number]))
    assert {"to be logged": 1} == (await workbench.batch.log(pd.DataFrame(rows), dry_run=True)).counts
    [contact] = (await workbench.find_contact(number)).contacts

    def refuse(self: Workbench, what: Call | Message, at: Contact) -> None:
        assert (kind, contact.id) == (type(what), at.id)
        raise InputError("It cannot be composed.")

    monkeypatch.setattr(Workbench, method, refuse)
    result = await workbench.batch.log(pd.DataFrame(rows), dry_run=True, again=True)
    assert ["refused: row 1: It cannot be composed."] == [str(each) for each in result.problems]
    assert isinstance(result.table, pd.DataFrame)
    assert [contact.id] == list(result.table["crm_contact_id"])


async def test_of_the_carriers_of_many_numbers_the_latest_are_at_hand_and_others_in_the_journal(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lookup, "MAX_RECENT", 2)
    looked_up, carriers = list[str](), Journal.carriers

    def counted(self: Journal, number: str) -> str:
        looked_up.append(number)
        return carriers(self, number)

    monkeypatch.setattr(Journal, "carriers", counted)
    workbench = await signed_in(OAUTH)
    one, two, three = map(phone.parse, people(sandbox_of(workbench), 3))
    environment = workbench.environment
    journal, day = Journal(environment.store, "a table"), DayBudget(lambda: workbench.limits)
    search = lookup.BySearch(workbench, journal, environment.vault, day)
    for number in (one, two, one, three, one, two):
        assert [number] == [phone.parse(each.phone) for each in await search.find(number)]
    keys = [lookup.digest_of(number) for number in (one, two, three, two)]
    assert keys == looked_up  # the second one was asked for longest ago when the third one came


async def test_a_days_budget_that_ends_while_all_contacts_are_read_ends_the_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    workbench = await signed_in(OAUTH)
    frame = pd.DataFrame(list(calls(2, people(sandbox_of(workbench), 2))))
    work = await workbench.batch.prepare(frame, way=READ_ALL)
    used_up = RateLimited("Today's budget is used up.", daily=True)
    directory = workbench.connector.directory()
    assert isinstance(directory, Directory)

    def contacts(_: object) -> None:
        raise used_up

    monkeypatch.setattr(type(directory), "contacts", contacts)
    seen = sent(workbench)
    result = await work.run()
    assert ("Today's budget is used up.", (), {"waiting": 2}) == (result.stopped, result.notes, result.counts)
    assert seen == sent(workbench)


def test_two_columns_of_one_name_are_refused() -> None:
    frame = pd.DataFrame([["a", "b"]], columns=["from", "from"])
    with pytest.raises(InputError) as caught:
        table_of(frame)
    assert "The table has two columns of one name; rename one of them." == caught.value.message


def test_a_data_frame_of_something_else_is_called_the_table() -> None:
    with pytest.raises(InputError) as caught:
        table_of(pd.DataFrame({"colour": ["red"]})).check()
    assert caught.value.message.startswith("the table is no table of calls or messages: ")
    with pytest.raises(InputError) as refused:
        table_of([1])  # type: ignore[arg-type]
    assert "A table is a pandas DataFrame or a file, not a list." == refused.value.message


def _digest(table: Table) -> None:
    table.digest()


def _read(table: Table) -> None:
    list(table.chunks())


@pytest.mark.parametrize("use", [_digest, _read])
@pytest.mark.parametrize("name", ["calls.csv", "calls.jsonl"])
def test_a_file_that_is_gone_meanwhile_is_told(
    tmp_path: Path, name: str, use: Callable[[Table], None]
) -> None:
    path = tmp_path / name
    path.write_text(json.dumps({"from": "1"}), "utf-8")
    table = table_of(path)
    path.unlink()
    with pytest.raises(InputError) as caught:
        use(table)
    assert f"{name} cannot be read: No such file or directory." == caught.value.message


@pytest.mark.parametrize("error", [ConfigurationError("No CRM."), StoreError("The disk is full.")])
async def test_what_would_befall_every_row_ends_the_run_and_what_would_not_does_not(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    workbench = await signed_in(OAUTH)
    frame = pd.DataFrame(list(calls(2, people(sandbox_of(workbench), 2))))

    async def fails(*_: object) -> Logged:
        raise error

    monkeypatch.setattr(Workbench, "log_call", fails)
    result = await workbench.batch.log(frame)
    assert (str(error), {"waiting": 2}) == (result.stopped, result.counts)
    error = Rejected("Not this one.")
    again = await workbench.batch.log(frame)
    assert ("", {"refused": 2}) == (again.stopped, again.counts)


async def test_who_waits_for_a_run_of_the_same_account_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    workbench = await signed_in(OAUTH)
    assert workbench.user is not None
    frame = pd.DataFrame(list(calls(1, people(sandbox_of(workbench), 1))))
    held: list[tuple[str, float, str]] = []
    lease = Store.lease

    def noted(self: Store, name: str, seconds: float, clock: Any, *, work: str = "") -> Any:
        held.append((name, seconds, work))
        return lease(self, name, seconds, clock, work=work)

    monkeypatch.setattr(Store, "lease", noted)
    await workbench.batch.match(frame)
    account = f"batch {OAUTH}/{workbench.user.id}"
    assert (account, 40.0, "does batch work for this account") in held
