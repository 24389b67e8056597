"""Many accounts on a Dask cluster, where one computer is not enough.

::

    from dask.distributed import Client
    from appconnect.cluster import AccountTable, run_all

    jobs = [AccountTable("pipedrive", "9001-pipedrive", "/shared/ann.jsonl"), …]
    for done in run_all(Client("tcp://scheduler:8786"), jobs):
        print(done)

An account's tables are one task after the other in one place, so that its limits are kept there; accounts are
spread over the workers. They share a store in PostgreSQL (``DATABASE_URL``), a vault key
(``APPCONNECT_VAULT_KEY``) and the folder of the tables. Dask begins a task again whose worker has died (as
often as its ``allowed-failures`` say), which goes on where that one was: the journal knows what was done.
https://distributed.dask.org
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from appconnect.errors import AppConnectError, ConfigurationError
from appconnect.workbench import Workbench, connect

if TYPE_CHECKING:
    from distributed import Client


@dataclass(frozen=True)
class AccountTable:
    """A table of one account: the CRM, whose sign-in (``"<crm id>-<platform>"``), and a file."""

    crm: str
    user_id: str
    table: str
    output: str = ""
    log: bool = True
    """Whether its rows are logged, or only matched."""

    @property
    def account(self) -> str:
        """The account, whose limits are one."""
        return f"{self.crm}/{self.user_id}"


@dataclass(frozen=True)
class AccountResult:
    """What came of a table; ``stopped`` is why it ended before its end, "" else."""

    job: AccountTable
    table: str = ""
    counts: Mapping[str, int] | None = None
    problems: tuple[str, ...] = ()
    stopped: str = ""
    message: str = ""

    def __str__(self) -> str:
        return f"{self.job.account}, {self.job.table}: {self.message or self.stopped}"


Connect = Callable[[AccountTable], Workbench]


def connect_live(job: AccountTable) -> Workbench:
    """Return the workbench of an account on the live CRM."""
    return connect(job.crm, mode="live", user_id=job.user_id)


def run_all(
    client: Client, jobs: Sequence[AccountTable], *, connect: Connect = connect_live
) -> Iterator[AccountResult]:
    """Work on the tables, and yield what came of each as it ends.

    ``connect`` makes the workbench of an account; it is called in the workers. ConfigurationError without the
    package ``distributed``.
    """
    try:
        from distributed import KilledWorker, as_completed
    except ImportError:
        raise ConfigurationError(
            "Work on a cluster needs Dask, which is not installed: pip install 'appconnect[dask]'"
        ) from None
    accounts: dict[str, list[AccountTable]] = {}
    for job in jobs:
        accounts.setdefault(job.account, []).append(job)
    futures = {
        client.submit(run_account, tables, connect, pure=False): tables for tables in accounts.values()
    }
    for future in as_completed(list(futures)):
        try:
            yield from future.result()
        except KilledWorker as error:
            yield from (AccountResult(job, stopped=f"Its workers died: {error}") for job in futures[future])


def run_account(jobs: Sequence[AccountTable], connect: Connect) -> list[AccountResult]:
    """Work on the tables of one account, one after the other; an error of one is told in its result."""
    return [asyncio.run(_run(job, connect)) for job in jobs]


async def _run(job: AccountTable, connect: Connect) -> AccountResult:
    try:
        async with connect(job) as workbench:
            work = workbench.batch.log if job.log else workbench.batch.match
            result = await work(job.table, output=job.output or None)
    except AppConnectError as error:
        return AccountResult(job, stopped=error.message)
    problems = tuple(str(each) for each in result.problems)
    return AccountResult(
        job, str(result.table), dict(result.counts), problems, result.stopped, result.message
    )
