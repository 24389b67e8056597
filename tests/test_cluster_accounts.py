"""Tables of many accounts: an account's one after the other, each told with what came of it. Without a cluster."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from types import ModuleType, SimpleNamespace
from typing import Any, Self

import pytest

from appconnect import cluster
from appconnect.cluster import AccountResult, AccountTable, run_account, run_all
from appconnect.errors import ConfigurationError, SessionExpired

ANN, ANN_TOO = (
    AccountTable("acme", "1-acme", "ann.csv"),
    AccountTable("acme", "1-acme", "more.csv", log=False),
)
BEN = AccountTable("acme", "2-acme", "ben.csv", "out.csv")
ZOE = AccountTable("zeta", "1-zeta", "gone.csv")


@dataclass
class Workbench:
    """What was asked of a workbench, in `asked`."""

    job: AccountTable
    asked: list[Any]

    async def __aenter__(self) -> Self:
        self.asked.append(("begin", self.job.account))
        return self

    async def __aexit__(self, *_: object) -> None:
        self.asked.append(("end", self.job.account))

    @property
    def batch(self) -> Any:
        return SimpleNamespace(log=self.does("log"), match=self.does("match"))

    def does(self, what: str) -> Any:
        async def work(table: str, *, output: str | None) -> Any:
            self.asked.append((what, table, output))
            if table == "gone.csv":
                raise SessionExpired("Sign in again.")
            return SimpleNamespace(
                table=f"{table}.out",
                counts={"logged": 2},
                problems=[7, "row 8"],
                stopped="",
                message="2 rows: 2 logged.",
            )

        return work


def done(job: AccountTable) -> AccountResult:
    return AccountResult(job, f"{job.table}.out", {"logged": 2}, ("7", "row 8"), "", "2 rows: 2 logged.")


def test_tables_of_an_account_are_worked_on_one_after_the_other() -> None:
    asked: list[Any] = []
    found = run_account([ANN, ANN_TOO, BEN], lambda job: Workbench(job, asked))  # type: ignore[arg-type,return-value]
    assert [done(ANN), done(ANN_TOO), done(BEN)] == found
    assert [
        ("begin", "acme/1-acme"), ("log", "ann.csv", None), ("end", "acme/1-acme"),
        ("begin", "acme/1-acme"), ("match", "more.csv", None), ("end", "acme/1-acme"),
        ("begin", "acme/2-acme"), ("log", "ben.csv", "out.csv"), ("end", "acme/2-acme"),
    ] == asked  # fmt: skip


def test_an_error_of_one_table_is_told_and_the_next_is_worked_on() -> None:
    one, other = run_account([ZOE, BEN], lambda job: Workbench(job, []))  # type: ignore[arg-type,return-value]
    assert AccountResult(ZOE, "", None, (), "Sign in again.", "") == one
    assert done(BEN) == other
    assert "zeta/1-zeta, gone.csv: Sign in again." == str(one)
    assert "acme/2-acme, ben.csv: 2 rows: 2 logged." == str(other)


class KilledWorker(Exception):
    """Of the stand-in for Dask."""


class Future:
    def __init__(self, result: Any) -> None:
        self.made = result

    def result(self) -> Any:
        return self.made()


class Client:
    """Works at once; on the accounts of zeta its workers die."""

    def __init__(self) -> None:
        self.options: list[Any] = []

    def submit(self, work: Any, tables: list[AccountTable], connect: Any, **options: Any) -> Future:
        self.options.append((work, [each.table for each in tables], connect, options))

        def made() -> Any:
            if tables[0].crm == "zeta":
                raise KilledWorker("three times")
            return work(tables, connect)

        return Future(made)


def test_accounts_are_tasks_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    dask = ModuleType("distributed")
    dask.KilledWorker, dask.as_completed = KilledWorker, reversed  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "distributed", dask)
    client, zoe_too = Client(), AccountTable("zeta", "1-zeta", "more.csv")

    def connect(job: AccountTable) -> Any:
        return Workbench(job, [])

    found = list(run_all(client, [ANN, ZOE, ANN_TOO, zoe_too], connect=connect))  # type: ignore[arg-type]
    assert [
        (run_account, ["ann.csv", "more.csv"], connect, {"pure": False}),
        (run_account, ["gone.csv", "more.csv"], connect, {"pure": False}),
    ] == client.options
    died = "Its workers died: three times"
    assert [
        AccountResult(ZOE, stopped=died), AccountResult(zoe_too, stopped=died), done(ANN), done(ANN_TOO),
    ] == found  # fmt: skip


def test_without_dask_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ConfigurationError) as caught:
        list(run_all(None, [ANN]))  # type: ignore[arg-type]
    told = "Work on a cluster needs Dask, which is not installed: pip install 'appconnect[dask]'"
    assert told == caught.value.message


def test_unless_told_otherwise_live_accounts_are_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "connect", lambda *given, **more: (given, more))
    assert (("acme",), {"mode": "live", "user_id": "2-acme"}) == cluster.connect_live(BEN)
    assert run_all.__kwdefaults__ == {"connect": cluster.connect_live}
    assert AccountTable("acme", "1-acme", "ann.csv", "", True) == ANN
