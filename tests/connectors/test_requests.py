"""How many requests each operation takes of each CRM: nothing is read that is not used, and nothing twice.

Counted from the trace, against the sandbox. "first" is what an operation takes before anything is remembered.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

import pytest
from platforms import CRMS
from workbench_steps import options_of

from appconnect.models import Contact, Result
from appconnect.testing import cast, samples
from appconnect.workbench import Workbench, connect

NOBODY, NEW = "+12025550100", "+13035550199"
TABLE: Final = """
                        pipedrive  bullhorn  insightly  redtail
    sign in                     2         5          1        2
    check sign-in               1         2          1        1
    first match                 4         7          6        2
    match                       4         3          7        1
    match of nobody             1         3          2        1
    match by name               4         3         10        1
    new contact                 2         4          3        2
    first log                   2         1          2        2
    log                         1         1          2        2
    log again                   2         2          2        2
    update log                  2         2          2        2
    read log                    2         1          2        1
    choose                      1         1          2        1
    choose another              1         1          3        1
    message                     1         1          2        2
    second message              2         2          2        2
    users                       1         1          1        1
    users again                 1         1          1        1
    sign out                    1         1          0        0
"""


def table() -> Mapping[tuple[str, str], int]:
    """Return the requests by operation and platform."""
    head, *lines = TABLE.strip("\n").split("\n")
    rows = [(line[:28].strip(), line[28:].split()) for line in lines if line.strip()]
    return {
        (operation, crm): int(count)
        for operation, counts in rows
        for crm, count in zip(head.split(), counts, strict=True)
    }


EXPECTED: Final = table()


class Steps:
    """One user's work at a sandbox, each step with what the ones before it have left."""

    def __init__(self, workbench: Workbench) -> None:
        self.workbench = workbench
        self.contact = Contact(id="", name="")
        self.log_id = ""

    async def run(self) -> Mapping[str, int]:
        """Do every step; return how many requests each has sent."""
        counts: dict[str, int] = {}
        for name in dict.fromkeys(operation for operation, _ in EXPECTED):
            before = len(self.workbench.trace)
            result: Result = await self._step(name)
            assert result.error is None, f"{name}: {result.error}"
            counts[name] = len(self.workbench.trace) - before
        return counts

    async def _step(self, name: str) -> Result:
        workbench, call = self.workbench, samples.call()
        steps: Mapping[str, Callable[[], Awaitable[Result]]] = {
            "sign in": workbench.sign_in,
            "check sign-in": workbench.check_sign_in,
            "first match": self._match,
            "match": self._match,
            "match of nobody": lambda: workbench.find_contact(NOBODY),
            "match by name": lambda: workbench.find_contact_with_name(cast.NIA.name),
            "new contact": lambda: workbench.create_contact(NEW, "Uma New"),
            "first log": lambda: self._log("s-1"),
            "log": lambda: self._log("s-2"),
            "log again": lambda: workbench.log_call(call, self.contact, note="Again"),
            "update log": lambda: workbench.update_call_log(self.log_id, call, note="More"),
            "read log": lambda: workbench.get_call_log(self.log_id),
            "choose": lambda: self._choose(0),
            "choose another": lambda: self._choose(1),
            "message": lambda: workbench.log_message(samples.sms("m-1", "Hello"), self.contact),
            "second message": lambda: workbench.log_message(samples.sms("m-2", "Bye"), self.contact),
            "users": workbench.list_users,
            "users again": workbench.list_users,
            "sign out": workbench.sign_out,
        }
        return await steps[name]()

    async def _match(self) -> Result:
        matches = await self.workbench.find_contact(cast.NIA.number)
        (self.contact,) = matches.contacts
        return matches

    async def _log(self, session_id: str) -> Result:
        logged = await self.workbench.log_call(samples.call(session_id), self.contact)
        self.log_id = logged.log_id or ""
        return logged

    async def _choose(self, place: int) -> Result:
        fields = self.workbench.connector.disposition_fields
        field = next(each for each in fields if len(self.contact.choices[each]) > 1)
        chosen = self.contact.choices[field][place].const
        return await self.workbench.set_disposition(self.log_id, {field: chosen})


@pytest.mark.parametrize("crm", CRMS)
async def test_an_operation_takes_these_requests_and_no_more(crm: str) -> None:
    async with connect(crm, mode="sandbox", options=options_of(crm)) as workbench:
        counts = await Steps(workbench).run()
    assert {operation: count for (operation, each), count in EXPECTED.items() if each == crm} == counts
