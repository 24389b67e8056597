"""Many accounts on a Dask cluster: each row done once, the same results as on one computer, whatever worker dies."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from clustered import Connected
from exports import calls, people
from other_process import Place, open_to_processes, workbench_of
from platforms import CRMS, OAUTH, answers_of
from pydantic import SecretStr

from appconnect.cluster import AccountResult, AccountTable, run_account, run_all
from appconnect.errors import ConfigurationError
from appconnect.sandbox.clock import RealClock
from appconnect.sandbox.server import Sandbox
from appconnect.store import Store
from appconnect.workbench import connect
from appconnect.workbench.sandboxes import make_sandbox

distributed = pytest.importorskip("distributed", reason="Dask (distributed) is not installed")
ROWS = 40
DONE = [*["logged"] * 7, "no contact", "refused", "refused"]
"""What becomes of each ten rows, on one computer as on many."""


@pytest.fixture
def cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A scheduler and two workers on this computer, each a process of its own."""
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(each for each in sys.path if each))
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None, local_directory=str(tmp_path / "dask")
    ) as local:
        yield local


class Accounts:
    """An account of each CRM, with a table of calls; they share a store in PostgreSQL."""

    def __init__(self, home: Path, url: SecretStr) -> None:
        self.home, self.url = home, url
        self.sandboxes: dict[str, Sandbox] = {}
        self.places: dict[str, dict[str, Any]] = {}
        self.jobs: list[AccountTable] = []
        self.before: dict[str, int] = {}

    async def open(self, crm: str, stack: AsyncExitStack) -> None:
        sandbox = self.sandboxes[crm] = make_sandbox(crm, clock=RealClock())
        port = await stack.enter_async_context(open_to_processes(sandbox))
        place = Place(crm, str(self.home), self.url.get_secret_value(), port)
        self.places[crm] = vars(place)
        store = Store.at(self.home, self.url)
        workbench = workbench_of(
            place, store, transport=sandbox.transport(), sandbox=sandbox, clock=sandbox.clock
        )
        user = (await workbench.sign_in()).raise_for_error().user
        store.close()
        assert user is not None
        table = self.home / f"{crm}.jsonl"
        numbers = people(sandbox[crm], 20)
        table.write_text("".join(f"{json.dumps(row)}\n" for row in calls(ROWS, numbers)))
        self.jobs.append(AccountTable(crm, user.id, str(table)))
        self.before[crm] = self.logs(crm)

    def logs(self, crm: str) -> int:
        return answers_of(crm).count(self.sandboxes[crm][crm])

    def worker_at_work(self, connected: Connected) -> int | None:
        """The process of a worker that has begun with an account's rows, and is far from their end."""
        begun = [crm for crm, count in self.written().items() if 0 < count < ROWS // 4]
        return next((pids[-1] for crm in begun if (pids := connected.started(crm))), None)

    def written(self) -> dict[str, int]:
        return {crm: self.logs(crm) - self.before[crm] for crm in self.sandboxes}


async def test_accounts_are_spread_over_workers_and_a_dead_worker_loses_and_doubles_nothing(
    cluster: Any, postgresql: SecretStr, tmp_path: Path
) -> None:
    accounts = Accounts(tmp_path, postgresql)
    async with AsyncExitStack() as stack:
        for crm in CRMS:
            await accounts.open(crm, stack)
        client = await asyncio.to_thread(distributed.Client, cluster)
        starts = tmp_path / "starts"
        starts.mkdir()
        connected = Connected(accounts.places, starts)
        running = asyncio.create_task(
            asyncio.to_thread(lambda: list(run_all(client, accounts.jobs, connect=connected)))
        )
        while (victim := accounts.worker_at_work(connected)) is None:
            assert not running.done(), "nobody was seen at work"
            await asyncio.sleep(0.005)
        os.kill(victim, signal.SIGKILL)
        results = await running
        while any("failed" in (each.counts or {}) for each in results):  # a busy machine answered too late
            results = await asyncio.to_thread(lambda: list(run_all(client, accounts.jobs, connect=connected)))
        await asyncio.to_thread(client.close)
    assert dict.fromkeys(CRMS, 28) == accounts.written()
    assert sorted(CRMS) == sorted(each.job.crm for each in results)
    assert any(len(connected.started(crm)) > 1 for crm in CRMS)
    for each in results:
        assert "" == each.stopped
        assert DONE * (ROWS // 10) == statuses(each.table)


def statuses(table: str) -> list[str]:
    """What became of each row; of what was lost with a worker, its successor says that it was logged before."""
    rows = [json.loads(line) for line in Path(table).read_text().splitlines()]
    ids = [row["crm_log_id"] for row in rows if row["crm_log_id"]]
    assert len(ids) == len(set(ids))
    return [row["crm_status"].removesuffix(" before") for row in rows]


def test_an_error_of_an_account_is_told_in_its_result(tmp_path: Path) -> None:
    path = tmp_path / "calls.csv"
    path.write_text("From,To\n")
    job = AccountTable(OAUTH, "1-nobody", str(path))
    [result] = run_account([job], lambda job: connect(job.crm, mode="sandbox"))
    assert isinstance(result, AccountResult)
    assert (None, True) == (result.counts, "sign in first" in result.stopped)
    assert str(result).startswith(f"{OAUTH}/1-nobody, ")


def test_without_dask_a_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ConfigurationError, match=r"pip install 'appconnect\[dask\]'"):
        list(run_all(None, []))  # type: ignore[arg-type]


async def test_a_workbench_takes_up_the_sign_in_that_is_wanted() -> None:
    anybody = connect(OAUTH, mode="sandbox")
    user = (await anybody.sign_in()).raise_for_error().user
    assert user is not None
    for wanted, is_kept in ((user.id, True), ("7-nobody", False)):
        workbench = connect(OAUTH, mode="sandbox", user_id=wanted)
        assert (await workbench.sign_in()).successful
        assert is_kept == (workbench.kept_sign_in is not None)
